"""What somebody writes or says of the time she looks for: “tonight”, “Sat morning”, “28 Nov”, “LS9 7AA”, “indoors”. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from moothall.customers.rules.writing import postcode_in

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAY = re.compile(r"(mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?s?")
_NAMED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?(?:\s+of)?\s+(" + "|".join(_MONTHS) + r")[a-z]*")
_FIGURES = re.compile(r"(\d{1,2})[/.\-](\d{1,2})(?:[/.\-]\d{2,4})?")
_PARTS = {
    "morning": "morning", "am": "morning", "afternoon": "afternoon", "evening": "evening", "night": "evening",
    "tonight": "evening",
}  # fmt: skip
_NEAR_DAYS = {"today": 0, "tonight": 0, "tomorrow": 1, "tmrw": 1}
_INDOORS = frozenset({"indoor", "indoors", "inside", "covered"})
ANY = frozenset({"any", "anytime", "anywhere", "soonest", "all"})
_SMALL = frozenset(
    {"on", "in", "at", "the", "this", "next", "near", "me", "please", "and", "a", "with", "time", "times", "day", "for", "to",
     "centre", "center", "leisure", "sports", "close", "from", "by", "only"}
)  # fmt: skip


def read_wish(
    words: str, today: date, *, places: Sequence[tuple[str, str]] = (), offers: Sequence[tuple[str, str]] = ()
) -> dict[str, str] | None:
    """Return what these words look for, by the fields of a search (day, part, near, site, access, indoor); None where they
    say anything else. ``any`` alone is an empty wish. ``places`` and ``offers`` are codes with their words.

    Whatever is not understood makes the whole not understood: nobody is shown times for half of what she said.
    """
    wish: dict[str, str] = {}
    text = f" {words.lower().replace('’', chr(39))} "
    written = postcode_in(words)
    if written:
        wish["near"] = " ".join(written).upper()
        text = re.sub(r"\s*".join(re.escape(c) for c in "".join(written).lower()), " ", text)
    text = _take_day(text, today, wish)
    for code, name in offers:
        text = _take(text, name.lower(), wish, "access", code)
    for code, name in places:
        text = _take(text, name.lower(), wish, "site", code)
        text = _take(text, _first_word(name, places), wish, "site", code)
    left = []
    for word in re.findall(r"[a-z0-9']+", text.replace("-", " ")):
        if word in _PARTS or word in _NEAR_DAYS:
            if word in _NEAR_DAYS:
                wish["day"] = (today + timedelta(days=_NEAR_DAYS[word])).isoformat()
            if word in _PARTS:
                wish["part"] = _PARTS[word]
        elif word in _INDOORS:
            wish["indoor"] = "yes"
        elif word not in ANY and word not in _SMALL:
            left.append(word)
    if left or not (wish or ANY & set(text.split())):
        return None
    return wish


def _take(text: str, name: str, wish: dict[str, str], field: str, code: str) -> str:
    for said in {name, name.replace("-", " ")}:
        if said and re.search(rf"\b{re.escape(said)}\b", text):
            wish[field] = code
            text = re.sub(rf"\b{re.escape(said)}\b", " ", text)
    return text


def _first_word(name: str, places: Sequence[tuple[str, str]]) -> str:
    """The word one calls a place by, where no other begins with it."""
    first = name.lower().split()[0]
    return first if len(first) > 3 and sum(other.lower().split()[0] == first for _, other in places) == 1 else ""


def _take_day(text: str, today: date, wish: dict[str, str]) -> str:
    """Take the day out of the words: a date with its month, a date in figures, a weekday."""
    for pattern in (_NAMED, _FIGURES):
        found = pattern.search(text)
        if found:
            month = _MONTHS.index(found[2]) + 1 if found[2].isalpha() else int(found[2])
            day = _next(today, int(found[1]), month)
            if day is not None:
                wish["day"] = day.isoformat()
                return _without_weekday(text[: found.start()] + " " + text[found.end() :])
    for found in re.finditer(r"[a-z]+", text):
        weekday = _WEEKDAY.fullmatch(found[0])
        if weekday:
            ahead = (_DAYS.index(weekday[1][:3]) - today.weekday()) % 7
            wish["day"] = (today + timedelta(days=ahead)).isoformat()
            return text[: found.start()] + " " + text[found.end() :]
    return text


def _without_weekday(text: str) -> str:
    return f" {' '.join(word for word in text.split() if not _WEEKDAY.fullmatch(word.strip(',.')))} "


def _next(today: date, day: int, month: int) -> date | None:
    """The next such day, today among them; None where the calendar has none."""
    for year in (today.year, today.year + 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    return None
