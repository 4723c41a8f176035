"""What people looked for and we had nothing for, read for those who keep the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max
from django.db.models.functions import Lower

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.intake.models import UnmetSearch


@dataclass(frozen=True, slots=True)
class UnmetLine:
    """Words that found nothing: how often, on which channels, when last."""

    words: str
    times: int
    channels: tuple[str, ...]
    last: datetime


def unmet_searches(visible_to: Actor, *, since: datetime, limit: int = 100) -> list[UnmetLine]:
    """Return the searches since a moment that found nothing, most frequent first. One query over an index by time.

    Raises:
        Refused: the actor may not see the console.
    """
    require(visible_to, "console.view")
    from django.contrib.postgres.aggregates import ArrayAgg

    rows = (
        UnmetSearch.objects.filter(at__gte=since)
        .values(said=Lower("words"))
        .annotate(times=Count("id"), last=Max("at"), channels=ArrayAgg("channel", distinct=True, order_by="channel"))
        .order_by("-times", "said")[:limit]
    )
    return [UnmetLine(row["said"], row["times"], tuple(row["channels"]), row["last"]) for row in rows]
