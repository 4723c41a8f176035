"""Bank holidays to seed calendars with: GOV.UK's list as far as it goes, the `holidays` library before and beyond.

Nothing is fetched: GOV.UK's list is the copy bundled in govuk-bank-holidays. A council edits the result in its pack
(`more_bank_holidays`, `not_bank_holidays`, `closed`), never here.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from moothall.promises.rules.calendar import Holiday

NATIONS = {"england-and-wales": "ENG", "scotland": "SCT", "northern-ireland": "NIR"}
"""GOV.UK's divisions, with the subdivision of `holidays` that continues each."""

UK = "uk"
"""Any of the three: what freedom of information counts (section 10(6) of the Act)."""

YEARS = range(1995, 2066)
"""The years a calendar is seeded with."""

SATURDAY = 5


class UnknownHolidays(ValueError):
    """Raised for a nation or country nobody keeps a list for."""


def bank_holidays(place: str) -> tuple[Holiday, ...]:
    """Return the bank holidays of `england-and-wales`, `scotland`, `northern-ireland`, `uk`, or a country ("US-MA")."""
    if place == UK:
        return together(NATIONS)
    return _of_nation(place) if place in NATIONS else _of_country(place)


def check_place(place: str) -> None:
    """Raise `UnknownHolidays` unless there is a list for a place; gathers nothing for the United Kingdom's own."""
    if place != UK and place not in NATIONS:
        _of_country(place)


def together(places: tuple[str, ...] | list[str] | dict[str, str]) -> tuple[Holiday, ...]:
    """Return the bank holidays of any of several places, each date once under its first name."""
    found: dict[date, str] = {}
    for place in places:
        for holiday in bank_holidays(place):
            found.setdefault(holiday.day, holiday.name)
    return tuple(Holiday(day, found[day]) for day in sorted(found))


@lru_cache(maxsize=8)
def _of_nation(nation: str) -> tuple[Holiday, ...]:
    from govuk_bank_holidays.bank_holidays import BankHolidays

    bundled: Any = BankHolidays  # the package carries no types
    listed = bundled(use_cached_holidays=True).get_holidays(division=nation)
    known = {h["date"]: str(h["title"]) for h in listed}
    first, last = min(known).year, max(known).year
    # GOV.UK gives only the day off in lieu when a holiday falls on a weekend; `holidays` gives both, so weekends go.
    beyond = {
        day: name
        for day, name in _library("GB", NATIONS[nation])
        if not first <= day.year <= last and day.weekday() < SATURDAY
    }
    return tuple(Holiday(day, name) for day, name in sorted({**beyond, **known}.items()))


@lru_cache(maxsize=32)
def _of_country(place: str) -> tuple[Holiday, ...]:
    country, _, part = place.partition("-")
    return tuple(Holiday(day, name) for day, name in _library(country, part or None))


def _library(country: str, part: str | None) -> list[tuple[date, str]]:
    import holidays

    try:
        found = holidays.country_holidays(
            country, subdiv=part, years=YEARS, language="en_GB" if country == "GB" else None
        )
    except NotImplementedError as unknown:
        raise UnknownHolidays(
            f"No bank holidays are known for “{country}{'-' + part if part else ''}”. "
            f"Use {', '.join(NATIONS)}, {UK}, or a country code such as US or US-MA."
        ) from unknown
    return sorted(found.items())
