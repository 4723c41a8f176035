"""Whose turn it is, how many are before somebody and how long it takes. Pure: no database, no clock.

One idea orders every queue: each visitor has a *turn*, the moment by which we mean to see them. Without an appointment
that is the arrival and what the council promises (ten minutes); with one, the appointed time; a need that the pack takes
forward brings it nearer. Whoever's turn is earliest is next; nobody is passed for ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush
from uuid import UUID

from moothall.customers.rules.writing import is_british_mobile

AT_LEAST = 60
"""Seconds that a visit which runs longer than usual is still thought to need."""


def turn_at(
    arrived: datetime, *, within: timedelta, booked: datetime | None = None, late: timedelta = timedelta(),
    ahead: timedelta = timedelta(),
) -> datetime:  # fmt: skip
    """Return when it is somebody's turn. ``late`` is how late for an appointment still counts as in time."""
    if booked is not None and arrived <= booked + late:
        return booked - ahead
    return arrived + within - ahead


@dataclass(frozen=True, slots=True)
class Waiter:
    """Somebody who waits, as far as the order is concerned."""

    id: UUID
    queue: str
    turn_at: datetime
    number: int
    calls: int = 0

    @property
    def key(self) -> tuple[datetime, int, str]:
        """What they are ordered by."""
        return self.turn_at, self.number, str(self.id)


@dataclass(frozen=True, slots=True)
class OpenDesk:
    """A desk with an officer: the queues served there, and in how many seconds it is free."""

    queues: frozenset[str]
    free_in: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands: how many of the same queue are before them, and the seconds to go; None: nobody serves it."""

    ahead: int
    seconds: int | None


def in_order(waiting: Iterable[Waiter]) -> list[Waiter]:
    """Return who is next, and who after them."""
    return sorted(waiting, key=lambda one: one.key)


def turn_after_absence(absent: Waiter, waiting: Iterable[Waiter]) -> datetime:
    """Return the new turn of somebody who was called and did not come: just after the first in line who has been called
    less often; their own turn where there is nobody like that. It never comes sooner.
    """
    first = next((one for one in in_order(waiting) if one.calls < absent.calls), None)
    return absent.turn_at if first is None else max(absent.turn_at, first.turn_at + timedelta(microseconds=1))


def remaining(usual: float, so_far: float) -> float:
    """Return how many seconds a visit under way still takes: the usual length less what has gone, never nothing."""
    return max(usual - so_far, AT_LEAST)


def places(waiting: Iterable[Waiter], desks: Sequence[OpenDesk], usual: Mapping[str, float]) -> dict[UUID, Place]:
    """Return everyone's place: each desk that comes free takes the first in order whom it serves.

    Played through once, visit by visit; what comes out is the expected wait in whole seconds.
    """
    order = in_order(waiting)
    before: dict[str, int] = {}
    ahead: dict[UUID, int] = {}
    for one in order:
        ahead[one.id] = before.get(one.queue, 0)
        before[one.queue] = ahead[one.id] + 1
    expected: dict[UUID, float] = {}
    free = [(desk.free_in, n) for n, desk in enumerate(desks)]
    free.sort()
    left = list(order)
    while free and left:
        when, n = heappop(free)
        taken = next((one for one in left if one.queue in desks[n].queues), None)
        if taken is None:
            continue
        left.remove(taken)
        expected[taken.id] = when
        heappush(free, (when + usual.get(taken.queue, 600.0), n))
    return {one.id: Place(ahead[one.id], round(expected[one.id]) if one.id in expected else None) for one in order}


@dataclass(frozen=True, slots=True)
class Told:
    """One event about a visit, as `replay` reads it."""

    name: str
    visit_id: UUID
    at: datetime
    queue: str = ""
    turn_at: datetime | None = None
    number: int = 0


def replay(told: Iterable[Told]) -> list[Waiter]:
    """Return who waits, in order, from what happened alone: the table must say the same at every moment."""
    waiting: dict[UUID, Waiter] = {}
    for one in told:
        if one.name in {"visit.arrived", "visit.handed"} and one.turn_at is not None:
            waiting[one.visit_id] = Waiter(one.visit_id, one.queue, one.turn_at, one.number)
        elif one.name in {"visit.called", "visit.seen", "visit.left", "visit.ended"}:
            waiting.pop(one.visit_id, None)
    return in_order(waiting.values())


def say_wait(seconds: int | None) -> str:
    """Return a wait in words, never less than it is."""
    if seconds is None:
        return "nobody is at a desk for this just now"
    if seconds < 60:
        return "less than a minute"
    minutes = -(-seconds // 60)
    return "about 1 minute" if minutes == 1 else f"about {minutes} minutes"


def why_no_text(phone: str) -> str:
    """Return the words for somebody who gave a number at a kiosk that is not texted."""
    if not is_british_mobile(phone):
        return "We text UK mobile numbers only, so we do not text the number you gave."
    return "We have sent several texts in the last hour, so we do not text the number you gave."


def ticket_of(letter: str, number: int) -> str:
    """Return a ticket as it is called out: A7, B112."""
    return f"{letter}{number}"


def spoken(ticket: str, shown_as: str, desk: str) -> str:
    """Return what the room hears: the letter by itself, then the number, then where to go."""
    who = shown_as or f"Ticket {ticket[0]}, {ticket[1:]}"
    return f"{who}. Please go to {desk}."
