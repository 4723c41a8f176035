"""What people looked for and we had nothing for, read for those who keep the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max
from django.db.models.functions import Lower

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.packs import Pack, current_pack
from moothall.intake.models import UnmetSearch
from moothall.services.knowledge import find_articles
from moothall.services.search import search


@dataclass(frozen=True, slots=True)
class UnmetLine:
    """Words that found nothing: how often, on which channels, when last; ``now`` is what they find since the pack changed."""

    words: str
    times: int
    channels: tuple[str, ...]
    last: datetime
    now: str = ""


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
    pack = current_pack()
    return [
        UnmetLine(row["said"], row["times"], tuple(row["channels"]), row["last"], _answered_by(pack, row["said"]))
        for row in rows
    ]


def _answered_by(pack: Pack, words: str) -> str:
    """Return what whoever looks for these words would find today: a service, or an article; nothing: still unmet."""
    found = search(pack, words, limit=1)
    if found.good:
        return found.hits[0].name
    return next((article.title for article in find_articles(pack, words, limit=1)), "")
