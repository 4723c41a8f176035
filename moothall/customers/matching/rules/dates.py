"""Dates of birth as people and systems write them, brought to `YYYY-MM-DD` without throwing slips away."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

_ISO: Final = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?$")
_BRITISH: Final = re.compile(r"^(\d{1,2})[/. -](\d{1,2})[/. -](\d{4}|\d{2})(?: .*)?$")
_SLASHED_ISO: Final = re.compile(r"^(\d{4})[/. ](\d{1,2})[/. ](\d{1,2})$")
_DIGITS: Final = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_DIGITS_BRITISH: Final = re.compile(r"^(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])(1[89]\d\d|20\d\d)$")
_WORDED: Final = re.compile(
    r"^(\d{1,2})(?:st|nd|rd|th)?[ -]*([a-z]{3,9})\.?[ ,-]*(\d{4}|\d{2})(?: .*)?$", re.IGNORECASE
)
_WORDED_AMERICAN: Final = re.compile(r"^([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})$", re.IGNORECASE)
_YEAR: Final = re.compile(r"^(\d{4})(?:-(\d{2}))?$")
_MONTHS: Final = {name: at for at, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
PLACEHOLDERS: Final = frozenset(
    "1900-01-01 1901-01-01 1899-12-30 1899-12-31 1800-01-01 1753-01-01 1111-11-11 9999-12-31 9999-09-09 2999-12-31 "
    "0001-01-01 "
    "0000-00-00 1900-00-00".split()
)


@lru_cache(maxsize=200_000)
def read_birth(text: str) -> str | None:
    """Return a date of birth as `YYYY-MM-DD`, or None where nothing can be read or the date stands for "not known".

    A slip is kept (`1984-02-31`): it still agrees with the right date but for a digit. A month or day that was not given is
    `00`. Two-figure years are this century's when that is not after 2029.
    """
    text = text.strip()
    if not text:
        return None
    year = month = day = ""
    if found := _DIGITS_BRITISH.match(text):
        day, month, year = found.groups()
    elif found := _ISO.match(text) or _SLASHED_ISO.match(text) or _DIGITS.match(text):
        year, month, day = found.groups()
    elif found := _BRITISH.match(text):
        day, month, year = found.groups()
        if int(month) > 12 and int(day) <= 12:
            day, month = month, day  # the other order; no month has that number
    elif (found := _WORDED.match(text)) and found[2][:3].lower() in _MONTHS:
        day, month, year = found[1], str(_MONTHS[found[2][:3].lower()]), found[3]
    elif (found := _WORDED_AMERICAN.match(text)) and found[1][:3].lower() in _MONTHS:
        month, day, year = str(_MONTHS[found[1][:3].lower()]), found[2], found[3]
    elif found := _YEAR.match(text):
        year, month, day = found[1], found[2] or "00", "00"
    else:
        return None
    if len(year) == 2:
        year = ("20" if int(year) < 30 else "19") + year
    born = f"{year}-{int(month):02}-{int(day):02}"
    return None if born in PLACEHOLDERS else born


def read_birth_parts(whole: str, year: str, month: str, day: str) -> str | None:
    """Return a date of birth given whole or, where it is not, in parts; a month or day left out is not known."""
    if whole.strip() or not year.strip():
        return read_birth(whole)
    month, day = (part.strip() or "0" for part in (month, day))
    return read_birth(f"{year.strip()}-{month[:2]}-{day[:2]}")


def month_first(texts: Iterable[str]) -> bool:
    """Say whether dates in figures have the month first, as in America: by those that can be read in one way only."""
    day_first = month_leads = 0
    for text in texts:
        if found := _BRITISH.match(text.strip()):
            day_first += int(found[1]) > 12 >= int(found[2])
            month_leads += int(found[2]) > 12 >= int(found[1])
    return month_leads > day_first


def day_before_month(text: str) -> str:
    """Return a date in figures that has the month first with the day first; any other text as it is."""
    found = _BRITISH.match(text.strip())
    return f"{found[2]}/{found[1]}/{found[3]}" if found and int(found[1]) <= 12 else text
