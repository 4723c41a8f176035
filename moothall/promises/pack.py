"""The `calendars` and `standards` sections of a council pack. The format is told in docs/howto/calendars-and-standards.md."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Any, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from moothall.promises.bank_holidays import bank_holidays, together
from moothall.promises.rules.calendar import END_OF_DAY, Calendar, Closure, Holiday, Hours, Opening
from moothall.promises.rules.standards import Standard, Starts, Warn
from moothall.promises.rules.units import Unit

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class _Spec(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


# --- reading what people write ----------------------------------------------------------------------------------------


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


# --- calendars ----------------------------------------------------------------------------------------------------------


class CalendarSpec(_Spec):
    """One calendar as written in a pack: usual hours by weekday, then what changes them."""

    name: str = ""
    zone: str = "Europe/London"
    days: dict[str, str] = Field(description="`mon-fri: 08:30-12:30, 13:30-17:00`; the entry naming fewer days wins")
    bank_holidays: tuple[str, ...] = ()
    more_bank_holidays: dict[date, str] = {}
    not_bank_holidays: tuple[date, ...] = ()
    closed: dict[str, str] = Field(default={}, description="date, run of dates or date and hours: reason")
    closed_each_year: dict[str, str] = Field(default={}, description="`12-25: Christmas Day`, whatever the weekday")
    open: dict[str, str] = Field(default={}, description="date: hours, in place of the usual ones, even on a holiday")
    source: str = ""
    estimate: bool = False
    doubt: str = ""

    @field_validator("bank_holidays", mode="before")
    @classmethod
    def _one_or_more(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("closed", "open", "closed_each_year", mode="before")
    @classmethod
    def _text_keys(cls, value: Any) -> Any:
        return {str(k): v for k, v in value.items()} if isinstance(value, dict) else value

    @model_validator(mode="after")
    def _sense(self) -> Self:
        try:
            ZoneInfo(self.zone)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"“{self.zone}” is not a time zone. Write one like Europe/London.") from None
        for place in self.bank_holidays:
            bank_holidays(place)
        self.calendar("checked")
        return self

    def calendar(self, code: str) -> Calendar:
        """Return this calendar ready to count with."""
        week: list[tuple[Hours, ...]] = [()] * 7
        entries = [(read_days(days), read_hours(hours)) for days, hours in self.days.items()]
        for days, hours in sorted(entries, key=lambda e: -len(e[0])):
            for day in days:
                week[day] = hours
        sizes = [(len(days), day) for days, _ in entries for day in days]
        for size, day in sizes:
            if sizes.count((size, day)) > 1:
                raise ValueError(f"The hours of {DAY_NAMES[day]} are given twice.")
        holidays = {h.day: h.name for h in together(list(self.bank_holidays))} | self.more_bank_holidays
        closures = [
            Closure(day, reason, interval)
            for dates, reason in self.closed.items()
            for day in read_dates(dates)[0]
            for interval in (read_hours(read_dates(dates)[1]) or (Hours(0, END_OF_DAY),))
        ]
        openings = [
            Opening(day, read_hours(hours)) for dates, hours in self.open.items() for day in read_dates(dates)[0]
        ]
        return Calendar(
            code=code,
            name=self.name or code,
            zone=self.zone,
            week=tuple(week),
            holidays=tuple(Holiday(d, n) for d, n in sorted(holidays.items()) if d not in self.not_bank_holidays),
            closures=tuple(closures),
            openings=tuple(openings),
            closed_each_year=tuple((*_month_day(k), v) for k, v in self.closed_each_year.items()),
        )


def _month_day(text: str) -> tuple[int, int]:
    try:
        day = date.fromisoformat(f"2024-{text}")
    except ValueError:
        raise ValueError(f"“{text}” is not a day of the year. Write month and day, like 12-25.") from None
    return day.month, day.day


# --- standards ----------------------------------------------------------------------------------------------------------


class WarnSpec(_Spec):
    """When to warn before a break: a share of the time gone, or a lead before the due time."""

    after: str | None = Field(default=None, description="a share of the time, like 75%")
    before: str | None = Field(default=None, description="a lead, like 1 working day")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.after is None) == (self.before is None):
            raise ValueError("A warning is either `after` a share of the time or `before` the due time.")
        self.warn()
        return self

    def warn(self) -> Warn:
        """Return the warning ready to count with."""
        if self.before is not None:
            lead, unit = read_within(self.before)
            return Warn(None, lead, unit)
        match = re.fullmatch(r"\s*(\d{1,2})\s*%\s*", self.after or "")
        if match is None:
            raise ValueError(f"“{self.after}” is not a share. Write one like 75%.")
        return Warn(int(match.group(1)) / 100)


class AppliesTo(_Spec):
    """What a standard is a promise about; anything left out means any."""

    kinds: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()


class ExtensionSpec(_Spec):
    """How far the promise may be stretched, in its own unit, with a reason which the customer is told."""

    max: int = Field(ge=1)
    reasons: tuple[str, ...] = ()
    tell: str = Field(default="", description="what must be told with it, such as the Ombudsman's details")


class StandardSpec(_Spec):
    """One promise as written in a pack, for as long as it is valid."""

    name: str = ""
    applies: AppliesTo = AppliesTo()
    amount: int = Field(ge=0)
    unit: Unit
    calendar: str
    statutory: bool = False
    roll_to_working_day: bool = False
    warn: WarnSpec | None = None
    pauses: tuple[str, ...] = ()
    restarts: tuple[str, ...] = ()
    extension: ExtensionSpec | None = None
    chained_to: str = ""
    starts: Starts = Starts.RECEIPT
    redress: str = ""
    escalate_to: str = ""
    words: str = Field(default="", description="the promise as the customer reads it, where the plain one will not do")
    source: str = ""
    estimate: bool = False
    doubt: str = ""
    valid_from: date | None = None
    valid_to: date | None = None

    @model_validator(mode="before")
    @classmethod
    def _within(cls, data: Any) -> Any:
        if isinstance(data, dict) and "within" in data:
            data = dict(data)
            within = data.pop("within")
            if "amount" in data or "unit" in data:
                raise ValueError("Write either `within` or `amount` and `unit`, not both.")
            data["amount"], data["unit"] = read_within(within)
        return data

    @model_validator(mode="after")
    def _sense(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("A standard cannot end before it begins.")
        if self.starts is not Starts.RECEIPT and not self.chained_to:
            raise ValueError(f"A clock that starts at “{self.starts.value}” must name the standard it is chained to.")
        return self

    def valid_on(self, day: date) -> bool:
        """Whether this wording of the standard is in force on a date, its first and last days included."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    def standard(self, code: str) -> Standard:
        """Return this standard ready to count with."""
        return Standard(
            code=code,
            amount=self.amount,
            unit=self.unit,
            calendar=self.calendar,
            name=self.name,
            statutory=self.statutory,
            roll_to_working_day=self.roll_to_working_day,
            warn=self.warn.warn() if self.warn else Warn(),
            pauses=self.pauses,
            restarts=self.restarts,
            extension_max=self.extension.max if self.extension else 0,
            chained_to=self.chained_to,
            starts=self.starts,
            redress=self.redress,
            escalate_to=self.escalate_to,
        )


class PromisesSection(_Spec):
    """The two sections together, checked against each other: calendars and chains that exist, no dates doubly ruled."""

    calendars: dict[str, CalendarSpec] = {}
    standards: dict[str, tuple[StandardSpec, ...]] = {}

    @field_validator("standards", mode="before")
    @classmethod
    def _one_or_dated(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {code: spec if isinstance(spec, list | tuple) else (spec,) for code, spec in value.items()}

    @model_validator(mode="after")
    def _sense(self) -> Self:
        for code, dated in self.standards.items():
            for spec in dated:
                if spec.calendar not in self.calendars:
                    raise ValueError(
                        f"The standard {code} counts on the calendar “{spec.calendar}”, which is not among: "
                        f"{', '.join(self.calendars)}."
                    )
                if spec.chained_to and spec.chained_to not in self.standards:
                    raise ValueError(f"The standard {code} is chained to “{spec.chained_to}”, which does not exist.")
            ordered = sorted(dated, key=lambda s: s.valid_from or date.min)
            for first, second in pairwise(ordered):
                if (first.valid_to or date.max) >= (second.valid_from or date.min):
                    raise ValueError(f"The standard {code} has two wordings in force on the same day.")
            self._chain(code)
        return self

    def _chain(self, code: str) -> None:
        seen = [code]
        while (dated := self.standards.get(seen[-1])) and (nxt := dated[0].chained_to):
            if nxt in seen:
                raise ValueError(f"The standards {' → '.join([*seen, nxt])} are chained in a ring.")
            seen.append(nxt)

    @cached_property
    def built(self) -> dict[str, Calendar]:
        """Every calendar, ready to count with; built once so that its index of years is shared."""
        return {code: spec.calendar(code) for code, spec in self.calendars.items()}

    def calendar(self, code: str) -> Calendar:
        """Return a calendar by its code; raises `LookupError` naming those there are."""
        try:
            return self.built[code]
        except KeyError:
            raise LookupError(
                f"There is no calendar “{code}”. There are: {', '.join(sorted(self.calendars))}."
            ) from None

    def standard(self, code: str, on: date) -> Standard:
        """Return a standard as it stands on a date; raises `LookupError` when there is none."""
        for spec in self.standards.get(code, ()):
            if spec.valid_on(on):
                return spec.standard(code)
        raise LookupError(f"No standard “{code}” is in force on {on.isoformat()}.")
