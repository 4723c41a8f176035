"""What is not asked but known when the tables decide. A fact is found by the finder of its name; one without is not known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from moothall.cases.queries import raised_at_address
from moothall.core.zone import LONDON, council_date
from moothall.intake.dialogue.known import Known
from moothall.intake.place import Where
from moothall.promises.rules import say_day
from moothall.rounds.queries import has_help
from moothall.services.pack import Service
from moothall.services.rules import Course, Decision, work_out

REPEAT_WITHIN = timedelta(weeks=12)
FINANCIAL_YEAR = (4, 1)

Finder = Callable[[Service, Where, Known, datetime], Any]


def facts_for(service: Service, where: Where, known: Known, *, at: datetime) -> dict[str, Any]:
    """Return the facts a service's tables name, as far as they are known. One query for each."""
    found: dict[str, Any] = {}
    for fact in service.facts:
        finder = _FINDERS.get(fact.id)
        value = finder(service, where, known, at) if finder else None
        if value is not None:
            found[fact.id] = value
    return found


def course_now(
    service: Service, answers: Mapping[str, Any], where: Where, known: Known, *, at: datetime,
    facts: Mapping[str, Any] | None = None,
) -> Course:  # fmt: skip
    """Return what a service makes of the answers and of what is known: the same before sending as when it is sent.

    ``facts`` are told by whoever calls and count before what is found. One query for each fact of the service.
    """
    found = facts_for(service, where, known, at=at) | dict(facts or {})
    course = work_out(service, answers, found, today=council_date(at))
    if not any(fact.id in _SAID for fact in service.facts):
        return course
    said = tuple(_with_date(one, service, found, at) for one in course.decisions)
    return replace(course, decisions=said)


def _with_date(one: Decision, service: Service, found: Mapping[str, Any], at: datetime) -> Decision:
    """The decision, its reason with the date that what decided it has to tell."""
    rows = (row for name, table in service.tables.items() if name == one.table for row in table.rows)
    row = next((row for row in rows if row.id == one.row), None)
    named = [fact for fact in _SAID if row is not None and fact in row.when and found.get(fact) == "yes"]
    more = " ".join(_SAID[fact](at) for fact in named)
    return replace(one, because=f"{one.because} {more}") if more else one


def _repeat(service: Service, where: Where, known: Known, at: datetime) -> str | None:
    """Say whether the same was asked at this address in the last 12 weeks."""
    if where.uprn is None:
        return None
    return "yes" if raised_at_address(service.code, where.uprn, since=at - REPEAT_WITHIN) else "no"


def _used_this_year(service: Service, where: Where, known: Known, at: datetime) -> str | None:
    """Say whether the address had this service since the first of April."""
    if where.uprn is None:
        return None
    return "yes" if raised_at_address(service.code, where.uprn, since=_year_begins(at)) else "no"


def _year_begins(at: datetime) -> datetime:
    """The first of April before a moment."""
    today = council_date(at)
    begins = date(today.year if (today.month, today.day) >= FINANCIAL_YEAR else today.year - 1, *FINANCIAL_YEAR)
    return datetime(begins.year, begins.month, begins.day, tzinfo=LONDON)


def _when_again(at: datetime) -> str:
    """Say from when the next is free. Not when the last was: whoever types an address would learn it of their neighbours."""
    return f"The next free one is from {say_day(date(_year_begins(at).year + 1, *FINANCIAL_YEAR))}."


def _helped(service: Service, where: Where, known: Known, at: datetime) -> str | None:
    """Say whether the crew fetches the bins from this door: agreed once, and not for her to remember."""
    if where.uprn is None:
        return None
    return "yes" if has_help(where.uprn, on=council_date(at)) else "no"


_FINDERS: dict[str, Finder] = {"repeat": _repeat, "free_used": _used_this_year, "helped": _helped}
_SAID: dict[str, Callable[[datetime], str]] = {"free_used": _when_again}
