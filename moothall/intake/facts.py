"""What is not asked but known when the tables decide. A fact is found by the finder of its name; one without is not known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from moothall.cases.queries import last_raised_at_address, raised_at_address
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

    ``facts`` are told by whoever calls and count before what is found. One query for each fact of the service; one more where
    a fact that decided has a date to tell.
    """
    found = facts_for(service, where, known, at=at) | dict(facts or {})
    course = work_out(service, answers, found, today=council_date(at))
    if not any(fact.id in _SAID for fact in service.facts):
        return course
    said = tuple(_with_date(one, service, where, found, at) for one in course.decisions)
    return replace(course, decisions=said)


def _with_date(one: Decision, service: Service, where: Where, found: Mapping[str, Any], at: datetime) -> Decision:
    """The decision, its reason with when what decided it happened."""
    rows = (row for name, table in service.tables.items() if name == one.table for row in table.rows)
    row = next((row for row in rows if row.id == one.row), None)
    named = [fact for fact in _SAID if row is not None and fact in row.when and found.get(fact) == "yes"]
    more = " ".join(filter(None, (_SAID[fact](service, where, at) for fact in named)))
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


def _when_used(service: Service, where: Where, at: datetime) -> str:
    """Say when the address last asked for this since the first of April, and from when it may again. Of no person."""
    since = _year_begins(at)
    last = last_raised_at_address(service.code, where.uprn, since=since) if where.uprn is not None else None
    if last is None:
        return ""
    again = date(since.year + 1, *FINANCIAL_YEAR)
    return f"This address asked for one on {say_day(council_date(last))}. The next free one is from {say_day(again)}."


def _helped(service: Service, where: Where, known: Known, at: datetime) -> str | None:
    """Say whether the crew fetches the bins from this door: agreed once, and not for her to remember."""
    if where.uprn is None:
        return None
    return "yes" if has_help(where.uprn, on=council_date(at)) else "no"


_FINDERS: dict[str, Finder] = {"repeat": _repeat, "free_used": _used_this_year, "helped": _helped}
_SAID: dict[str, Callable[[Service, Where, datetime], str]] = {"free_used": _when_used}
