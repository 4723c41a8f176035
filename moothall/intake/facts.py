"""What is not asked but known when the tables decide. A fact is found by the finder of its name; one without is not known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from moothall.cases.queries import raised_at_address
from moothall.core.zone import LONDON, council_date
from moothall.intake.dialogue.known import Known
from moothall.intake.place import Where
from moothall.rounds.queries import has_help
from moothall.services.pack import Service

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


def _repeat(service: Service, where: Where, known: Known, at: datetime) -> str | None:
    """Say whether the same was asked at this address in the last 12 weeks."""
    if where.uprn is None:
        return None
    return "yes" if raised_at_address(service.code, where.uprn, since=at - REPEAT_WITHIN) else "no"


def _used_this_year(service: Service, where: Where, known: Known, at: datetime) -> str | None:
    """Say whether the address had this service since the first of April."""
    if where.uprn is None:
        return None
    today = council_date(at)
    begins = date(today.year if (today.month, today.day) >= FINANCIAL_YEAR else today.year - 1, *FINANCIAL_YEAR)
    since = datetime(begins.year, begins.month, begins.day, tzinfo=LONDON)
    return "yes" if raised_at_address(service.code, where.uprn, since=since) else "no"


def _helped(service: Service, where: Where, known: Known, at: datetime) -> str | None:
    """Say whether the crew fetches the bins from this door: agreed once, and not for her to remember."""
    if where.uprn is None:
        return None
    return "yes" if has_help(where.uprn, on=council_date(at)) else "no"


_FINDERS: dict[str, Finder] = {"repeat": _repeat, "free_used": _used_this_year, "helped": _helped}
