"""What a round's plan and the crew's events come to for one door. Pure: no database, no clock.

The events of a day may come in any order and more than once: what counts is when they happened, not when we heard.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

AT_THE_DOOR: Final = frozenset({"not_out", "contaminated", "too_heavy"})
"""What a crew records of one door: the bin was left for a reason."""
MOST_DELAY: Final = timedelta(hours=4)
NOT_OUT: Final = "not_out"
NOT_FETCHED: Final = "not_fetched"
"""What “not out” is at a door from which the crew itself fetches the bins: nobody there was to put it out."""


@dataclass(frozen=True, slots=True)
class Cab:
    """One event from the cab: ``kind`` as in `CabKind`; of a street (``usrn``), a door (``uprn``) or the whole round."""

    kind: str
    at: datetime
    usrn: int | None = None
    uprn: int | None = None


@dataclass(frozen=True, slots=True)
class Door:
    """One door on one day of a round: its street and when the plan passes it."""

    uprn: int
    usrn: int | None
    planned: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands at one door. ``code``: not_yet, stopped, blocked, passed, unknown, or what the crew recorded there.

    ``at`` is when that was recorded; ``expected`` when the round should pass, where it has not.
    """

    code: str
    at: datetime | None = None
    expected: datetime | None = None
    late: bool = False


def standing_of(
    door: Door, events: Iterable[Cab], planned: dict[int, datetime], ends: datetime, now: datetime
) -> Standing:
    """Return how a day's round stands at one door.

    ``planned`` says when the plan passes each street; ``ends`` is the end of the round's working day. A door's own record
    wins over its street's; a street passed is passed even if the round stopped afterwards. Without any event the round is
    believed to keep its plan until its day is over; after that nothing is known and the customer is believed.
    """
    known = sorted({event for event in events if event.at <= now}, key=lambda event: (event.at, event.kind))
    mine = [event for event in known if event.kind in AT_THE_DOOR and event.uprn == door.uprn]
    if mine:
        return Standing(mine[-1].kind, at=mine[-1].at)
    street = [event for event in known if door.usrn is not None and event.usrn == door.usrn and event.uprn is None]
    passed = [event for event in street if event.kind == "passed_street"]
    if passed:
        return Standing("passed", at=passed[-1].at)
    blocked = [event for event in street if event.kind == "blocked"]
    if blocked:
        return Standing("blocked", at=blocked[-1].at)
    if any(event.kind == "finished" for event in known):
        return Standing("unknown")
    stopped = _stopped(known)
    if stopped is not None:
        return Standing("stopped", at=stopped)
    delay = _delay(known, planned)
    expected = ends if door.planned is None else door.planned + delay
    if now >= max(ends, expected):
        return Standing("unknown")
    if now >= expected:  # later than planned, and nothing heard of it: soon, by the end of the day at the latest
        expected = min(now + timedelta(minutes=30), ends)
    return Standing("not_yet", expected=_to_quarter(expected), late=delay >= timedelta(minutes=30))


def not_fetched(standing: Standing) -> Standing:
    """Return how a round stands at a door from which the crew fetches the bins: “not out” is never what it says."""
    return replace(standing, code=NOT_FETCHED) if standing.code == NOT_OUT else standing


def _stopped(events: Sequence[Cab]) -> datetime | None:
    """When the lorry stopped for good, as far as is known: broken down and nothing heard of it since."""
    since: datetime | None = None
    for event in events:
        if event.kind == "broken_down":
            since = event.at
        elif since is not None and event.at > since:
            since = None
    return since


def _delay(events: Sequence[Cab], planned: dict[int, datetime]) -> timedelta:
    """How late the round runs by the last street it passed; never early, never by more than four hours."""
    for event in reversed(events):
        if event.kind == "passed_street" and event.usrn in planned:
            return min(max(event.at - planned[event.usrn], timedelta()), MOST_DELAY)
    return timedelta()


def _to_quarter(moment: datetime) -> datetime:
    """Up to the next quarter of an hour: a time people would say."""
    over = timedelta(minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond)
    return moment if not over else moment - over + timedelta(minutes=15)


def collection_meant(days: Sequence[date], today: date, look_back: int) -> date | None:
    """Return which collection a report is about: today's, else the last within ``look_back`` days; none if neither."""
    past = [day for day in days if day <= today]
    latest = max(past, default=None)
    return latest if latest is not None and (today - latest).days <= look_back else None


LOOKED_BACK: Final = timedelta(days=14)
"""How long after its last day help is still kept: a missed bin of those days may be reported and is read by it."""


@dataclass(frozen=True, slots=True)
class Help:
    """That the crew fetches the bins from a door, as a list says it (days it leaves open are None) or as it is held."""

    begins: date | None
    ends: date | None
    note: str = ""
    ended_here: bool = False


def beside_list(told: Help, held: Help | None, *, after: date | None, today: date) -> tuple[str, Help | None]:
    """Return what a row of a list is beside what is held of its home, and what to write: nothing where it is None.

    ``held`` is the last time of help that list gave, ``after`` the last day of any before it. Answers ``new`` (a time of
    its own), ``changed`` (of the one held), ``same``, ``over`` (it ended too long ago to keep) or ``ended_here``: it was
    ended here at request and the list does not name a later day. Days the list leaves open begin today, and end never.
    """
    over = told.ends is not None and told.ends < today - LOOKED_BACK
    if held is None:
        return ("over", None) if over else ("new", _begun(told, today))
    later = told.begins is not None and held.ends is not None and told.begins > held.ends
    if held.ended_here and not later:
        agrees = told.ends is not None and held.ends is not None and told.ends <= held.ends
        return "same" if agrees else "ended_here", None
    again = told.begins is None and (told.ends is None or told.ends >= today)
    if held.ends is not None and (held.ends < today or held.ended_here) and (later or again):
        return ("over", None) if over else ("new", _begun(told, today))
    begins = told.begins if told.begins and (after is None or told.begins > after) else held.begins
    now = Help(begins, told.ends, told.note)
    return ("same", None) if now == held else ("changed", now)


def _begun(told: Help, today: date) -> Help:
    """With a first day: the list's own, else today, and never after its last."""
    return told if told.begins else replace(told, begins=min(today, told.ends or today))
