"""What may be known of the cases of an area without knowing anybody: how many of each kind, and how they stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q

from moothall.cases.models import Case, CaseState
from moothall.core.access import require
from moothall.core.actors import Actor

FEW: Final = 5
"""A count below this is not given: in a small ward it may point at somebody."""


@dataclass(frozen=True, slots=True)
class AreaCount:
    """How many open cases of one service an area has, how many wait and how many are late; ``None``: fewer than ``FEW``."""

    service: str
    open: int | None
    waiting: int | None
    late: int | None


def open_in_area(area: str, *, exact: Iterable[str] = (), visible_to: Actor) -> list[AreaCount]:
    """Return the open cases of an area by service, most first. Restricted kinds are left out, whoever asks. One query.

    ``exact`` are services whose cases anybody may see one by one (reports from the street): their small counts are given.
    """
    require(visible_to, "ward.view")
    told = set(exact)
    rows = (
        Case.objects.filter(area=area, restricted="", state__in=[CaseState.OPEN, CaseState.WAITING])
        .values("service")
        .annotate(
            open=Count("id"), waiting=Count("id", filter=Q(state=CaseState.WAITING)), late=Count("id", filter=Q(late=True))
        )
        .order_by("-open", "service")
    )  # fmt: skip
    return [_count(row["service"], row["open"], row["waiting"], row["late"], row["service"] in told) for row in rows]


def _count(service: str, open_: int, waiting: int, late: int, exact: bool) -> AreaCount:
    if exact:
        return AreaCount(service, open_, waiting, late)
    if open_ < FEW:
        return AreaCount(service, None, None, None)

    def hidden(count: int) -> int | None:
        """A part is given where neither it nor the rest is so small as to point at somebody."""
        return count if count == 0 or (FEW <= count <= open_ - FEW) or count == open_ else None

    return AreaCount(service, open_, hidden(waiting), hidden(late))
