"""What goes when its years are over: each room says which of its records are due, and how they are forgotten.

``customers.privacy`` runs it by the pack's `retention`. Lower rooms cannot know higher ones, so each registers here at start.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from moothall.core.actors import Actor
from moothall.core.months import after_months
from moothall.core.zone import LONDON, council_date

M = TypeVar("M", bound=Model)

Place = tuple[datetime, UUID]
"""A place in a list of what is due: the moment its time counts from, and its id."""


@dataclass(frozen=True, slots=True)
class DueRecord:
    """One record whose time is over on ``due``; it counts from ``since``. ``says`` names nobody and nothing sealed."""

    id: UUID
    since: datetime
    due: date
    says: str
    customer_id: UUID | None = None
    reference: str = ""

    @property
    def place(self) -> Place:
        """Where it stands in the list."""
        return self.since, self.id


@dataclass(frozen=True, slots=True)
class Forgot:
    """How many records were forgotten, and why others were left, with their number."""

    count: int
    left: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecordClass:
    """One class of record of the pack's retention.

    ``due(until, after, limit)`` returns those whose time is over at ``until`` and that still say something of somebody, the
    oldest first, in a fixed number of queries; fewer than ``limit`` means there are no more. ``forget(ids, by, at)`` takes
    what they say of anybody away in the caller's transaction and keeps what the figures need; once done, a second time does
    nothing. Those with a higher ``rank`` go later. ``ahead``: the day each goes is known before it comes.
    """

    code: str
    name: str
    due: Callable[[datetime, Place | None, int], list[DueRecord]]
    forget: Callable[[Sequence[UUID], Actor, datetime], Forgot]
    rank: int = 0
    ahead: bool = True


InTouch = Callable[[datetime], list[tuple[QuerySet[Any], str]]]
Companion = Callable[[Sequence[UUID], Actor, datetime], int]
Needed = Callable[[Sequence[UUID], datetime], dict[UUID, str]]

_classes: dict[str, RecordClass] = {}
_companions: dict[str, dict[str, Companion]] = {}
_needed: dict[str, dict[str, Needed]] = {}
_in_touch: dict[str, InTouch] = {}


def register_record_class(kept: RecordClass) -> None:
    """Fill the registry at start."""
    _classes[kept.code] = kept


def register_companion(code: str, room: str, forget: Companion) -> None:
    """Let a higher room forget what it holds of a class of a lower one (files of a case). ``forget(ids, by, at)`` counts."""
    _companions.setdefault(code, {})[room] = forget


def register_needed(code: str, room: str, ask: Needed) -> None:
    """Let a higher room say which of some records it still works by, and why; those are left for now."""
    _needed.setdefault(code, {})[room] = ask


def register_in_touch(room: str, ask: InTouch) -> None:
    """Let a room say with whom it still deals, or dealt since a moment: its rows, each with the column of the customer."""
    _in_touch[room] = ask


def record_classes() -> list[RecordClass]:
    """Return every class in the order they go."""
    return sorted(_classes.values(), key=lambda one: (one.rank, one.code))


def record_class(code: str) -> RecordClass | None:
    """Return a class, or ``None``."""
    return _classes.get(code)


def companions_of(code: str) -> frozenset[str]:
    """Return the rooms that forget with a class of another."""
    return frozenset(_companions.get(code, {}))


def forget_companions(code: str, ids: Sequence[UUID], by: Actor, at: datetime) -> int:
    """Forget what other rooms hold of these records; before the records themselves. Returns how many rows."""
    return sum(forget(ids, by, at) for _, forget in sorted(_companions.get(code, {}).items()))


def still_needed(code: str, ids: Sequence[UUID], at: datetime) -> dict[UUID, str]:
    """Return which of these records another room still works by, and why."""
    found: dict[UUID, str] = {}
    for _, ask in sorted(_needed.get(code, {}).items()):
        found |= ask(ids, at)
    return found


def out_of_touch(rows: QuerySet[M], since: datetime) -> QuerySet[M]:
    """Return those of some customers with whom no room deals any more, or dealt since then. Part of the same query."""
    for _, ask in sorted(_in_touch.items()):
        for held, column in ask(since):
            rows = rows.exclude(Exists(held.filter(**{column: OuterRef("pk")})))
    return rows


def in_touch_of(ids: Sequence[UUID], since: datetime) -> set[UUID]:
    """Return with which of these customers a room still deals, or dealt since then. A fixed number of queries."""
    found: set[UUID] = set()
    for _, ask in sorted(_in_touch.items()):
        for held, column in ask(since):
            found |= set(held.filter(**{f"{column}__in": list(ids)}).values_list(column, flat=True))
    return found


def oldest(rows: QuerySet[M], moment: str, after: Place | None, limit: int) -> list[M]:
    """Return up to ``limit`` rows from a place on, those first whose moment is the oldest. One query."""
    if after is not None:
        rows = rows.filter(Q(**{f"{moment}__gt": after[0]}) | Q(**{moment: after[0], "id__gt": after[1]}))
    return list(rows.order_by(moment, "id")[:limit])


def over_before(until: datetime, months: int) -> datetime:
    """Return the moment before which something must have ended for its months to be over on the day of ``until``."""
    today = council_date(until)
    day = after_months(today, -months)
    if (today + timedelta(days=1)).day == 1:  # the last of a month: what has no such day later is over too
        day = day.replace(day=monthrange(day.year, day.month)[1])
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=LONDON)


def due_on(since: datetime, months: int) -> date:
    """Return the day on which the months of what ended then are over."""
    return after_months(council_date(since), months)
