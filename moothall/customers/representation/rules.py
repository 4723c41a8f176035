"""What a representation covers. Pure."""

from __future__ import annotations

import calendar
from collections.abc import Collection
from datetime import date


def stands(since: date, until: date | None, *, ended: bool, on: date) -> bool:
    """Say whether a representation counts on a day: begun, not over, not ended."""
    return not ended and since <= on and (until is None or on <= until)


def covers(areas: Collection[str], services: Collection[str], *, area: str, service: str) -> bool:
    """Say whether a scope takes in one service of an area. Neither areas nor services: everything."""
    if not areas and not services:
        return True
    return service in services or area in areas


def months_later(day: date, months: int) -> date:
    """Return the day so many months on; the last of the month where there is no such day."""
    whole = day.year * 12 + day.month - 1 + months
    year, month = divmod(whole, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
