"""One language of the pack's phrases: a text of ours said in it, whole or not at all. Pure.

The catalogue is keyed by the English as it stands on a page or in a text, as gettext's is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_MONTHS: Final = frozenset(
    {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
     "December"}
)  # fmt: skip
_CLOCK: Final = r"\d{1,2}(?:\.\d\d)?(?:am|pm)|midday|midnight"
_TIME: Final = re.compile(r"(?:(?P<hour>\d{1,2})(?:\.(?P<minute>\d\d))?(?P<half>am|pm)|(?P<named>midday|midnight))")
_DATE: Final = re.compile(
    r"(?:(?P<day>[A-Z][a-z]+day) )?(?P<n>\d{1,2}) (?P<month>[A-Z][a-z]+)(?: (?P<year>\d{4}))?"
    rf"(?:, (?P<time>{_CLOCK}))?(?P<rest>.*)"
)
_SENTENCE: Final = re.compile(r"(?:^|\s)[a-z]{2,}(?=\s|$)")
"""English words, where a name, a number or an address of email has none: a text is never half translated."""
_DATE_IN: Final = "{day} {n} {month}"
_DATE_SHORT: Final = "{n} {month}"
_YEAR_IN: Final = "{date} {year}"
_MOMENT_IN: Final = "{date}, {time}"
_TIME_IN: Final = "{hour}:{minute}"


class Phrasebook:
    """The phrases of one language."""

    def __init__(self, code: str, says: Mapping[str, str], *, right_to_left: bool) -> None:
        self.code, self.right_to_left = code, right_to_left
        self._says = dict(says)
        self._forms = [
            (re.compile("(.+?)".join(re.escape(part) for part in english.split("{}"))), own)
            for english, own in says.items()
            if "{}" in english
        ]

    def has(self, english: str) -> bool:
        """Say whether this text is in the catalogue."""
        return self.say(english) is not None

    def exact(self, english: str) -> str:
        """Return a text that the pack has word for word, with nothing filled in; empty where it has not."""
        return self._says.get(english, "")

    def say(self, english: str) -> str | None:
        """Return a text in this language; None where the pack does not have it."""
        if english in self._says:
            return self._says[english]
        if timed := self._time(english) or self._date(english) or self._lower(english):
            return timed
        for form, own in self._forms:
            if found := form.fullmatch(english):
                held = [
                    self.say(part) or ("" if _SENTENCE.search(part) else self._apart(part)) for part in found.groups()
                ]
                if all(held):
                    return own.format(*held)
        return None

    def _apart(self, part: str) -> str:
        """A name or number of ours inside a sentence; from right to left kept in its own order."""
        return f"\u2066{part}\u2069" if self.right_to_left and " " in part else part

    def _lower(self, english: str) -> str:
        """A text of the pack in the middle of a sentence, where it begins with a small letter."""
        own = self._says.get(english[:1].upper() + english[1:], "") if english[:1].islower() else ""
        return own[:1].lower()[:1] + own[1:]

    def _time(self, english: str) -> str:
        found, shape = _TIME.fullmatch(english), self._says.get(_TIME_IN, "")
        if found is None or not shape:
            return ""
        afternoon = 12 if found["half"] == "pm" or found["named"] == "midday" else 0
        return shape.format(hour=int(found["hour"] or 0) % 12 + afternoon, minute=found["minute"] or "00")

    def _date(self, english: str) -> str:
        """A date, with its weekday, year and time where it has them; one with more words behind it is no date."""
        found = _DATE.fullmatch(english)
        month = self._says.get(found["month"]) if found and found["month"] in _MONTHS else None
        day = self._says.get(found["day"] or "") if found else None
        if found is None or not month or (found["day"] and not day) or _SENTENCE.search(found["rest"]):
            return ""
        shape = self._says.get(_DATE_IN if day else _DATE_SHORT, "")
        said = shape.format(day=day, n=found["n"], month=month)
        if found["year"]:
            said = self._says.get(_YEAR_IN, _YEAR_IN).format(date=said, year=found["year"])
        if found["time"]:
            time = self._time(found["time"]) or found["time"]
            said = self._says.get(_MOMENT_IN, _MOMENT_IN).format(date=said, time=time)
        return f"{said}{found['rest']}" if shape else ""
