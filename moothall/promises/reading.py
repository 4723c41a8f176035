"""Hours, days and lengths of time as a council pack writes them. Pure."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from moothall.promises.rules.calendar import END_OF_DAY, Hours
from moothall.promises.rules.units import Unit

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def read_hours(text: str) -> tuple[Hours, ...]:
    """Read "08:30-12:30, 13:30-17:00", "all day" or "closed"; raises `ValueError` with what to write instead."""
    text = str(text).strip().lower()
    if text in ("closed", ""):
        return ()
    if text == "all day":
        return (Hours(0, END_OF_DAY),)
    found = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,2}):(\d{2})\s*(?:-|–|to)\s*(\d{1,2}):(\d{2})\s*", part)
        if not match:
            raise ValueError(f"“{part.strip()}” is not opening hours. Write them like 08:30-12:30, 13:30-17:00.")
        a, b, c, d = map(int, match.groups())
        opens, closes = a * 60 + b, c * 60 + d
        if b > 59 or d > 59 or closes > END_OF_DAY or opens >= closes:
            raise ValueError(
                f"“{part.strip()}” does not run forward within one day. Hours past midnight go on the next day: "
                "22:00-24:00 and 00:00-02:00."
            )
        found.append(Hours(opens, closes))
    found.sort()
    for first, second in pairwise(found):
        if second.opens < first.closes:
            raise ValueError(f"The hours “{text}” overlap.")
    return tuple(found)


def read_days(text: str) -> tuple[int, ...]:
    """Read "mon-fri", "sat", "mon, wed" or "every day" as weekdays, Monday 0."""
    text = str(text).strip().lower()
    if text in ("every day", "daily", "mon-sun"):
        return tuple(range(7))
    days: list[int] = []
    for part in text.split(","):
        first, _, last = (p.strip()[:3] for p in part.partition("-"))
        if first not in DAY_NAMES or (last and last not in DAY_NAMES):
            raise ValueError(f"“{part.strip()}” is not a day. Write mon, tue … or a run like mon-fri.")
        a = DAY_NAMES.index(first)
        b = DAY_NAMES.index(last) if last else a
        days.extend(range(a, b + 1) if a <= b else (*range(a, 7), *range(b + 1)))
    return tuple(dict.fromkeys(days))


def read_dates(text: Any) -> tuple[tuple[date, ...], str]:
    """Read "2026-12-24", "2026-12-24 13:00-17:00" or "2026-12-29 to 2026-12-31" as its dates and the rest (hours)."""
    words = str(text).strip()
    match = re.fullmatch(r"(\d{4}-\d{2}-\d{2})(?:\s+to\s+(\d{4}-\d{2}-\d{2}))?(?:\s+(.+))?", words)
    try:
        first = date.fromisoformat(match.group(1)) if match else None
        last = date.fromisoformat(match.group(2)) if match and match.group(2) else first
    except ValueError:
        first = None
    if match is None or first is None or last is None or last < first or (last - first).days > 366:
        raise ValueError(f"“{words}” is not a date or a run of dates. Write 2026-12-29 or 2026-12-29 to 2026-12-31.")
    return tuple(first + timedelta(days=n) for n in range((last - first).days + 1)), match.group(3) or ""


def read_within(text: str) -> tuple[int, Unit]:
    """Read "2 working days", "4 working hours", "1 calendar month", "10 minutes" or "12 seconds"."""
    match = re.fullmatch(r"\s*(\d+)\s+(working|calendar)?\s*(second|minute|hour|day|month)s?\s*", str(text).lower())
    units: dict[tuple[str | None, str], tuple[int, Unit]] = {
        (None, "second"): (1, Unit.SECONDS),
        (None, "minute"): (60, Unit.SECONDS),
        (None, "hour"): (3600, Unit.SECONDS),
        ("working", "minute"): (1, Unit.WORKING_MINUTES),
        ("working", "hour"): (60, Unit.WORKING_MINUTES),
        ("working", "day"): (1, Unit.WORKING_DAYS),
        ("calendar", "day"): (1, Unit.CALENDAR_DAYS),
        ("calendar", "month"): (1, Unit.CALENDAR_MONTHS),
    }
    found = units.get((match.group(2), match.group(3))) if match else None
    if match is None or found is None:
        raise ValueError(
            f"“{text}” is not a length of time. Write 2 working days, 4 working hours, 3 calendar days, "
            "1 calendar month, 10 minutes or 12 seconds."
        )
    return int(match.group(1)) * found[0], found[1]


def take_within(data: Any) -> Any:
    """Let a model say `within: 2 working days` for its amount and unit."""
    if isinstance(data, dict) and "within" in data:
        data = dict(data)
        within = data.pop("within")
        if "amount" in data or "unit" in data:
            raise ValueError("Write either `within` or `amount` and `unit`, not both.")
        data["amount"], data["unit"] = read_within(within)
    return data
