"""The `calendars` and `standards` sections of a council pack. The format is told in docs/howto/calendars-and-standards.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any, Self
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from moothall.core.packs import Pack, PackModel, Problem, register_check, register_section
from moothall.core.packs.sections import Code
from moothall.promises.bank_holidays import check_place, together
from moothall.promises.reading import DAY_NAMES, read_dates, read_days, read_hours, read_within, take_within
from moothall.promises.rules.calendar import END_OF_DAY, Calendar, Closure, Holiday, Hours, Opening
from moothall.promises.rules.standards import Standard, Starts, Warn
from moothall.promises.rules.units import Unit
from moothall.services.pack import Promise

# --- calendars ----------------------------------------------------------------------------------------------------------


class CalendarSpec(PackModel):
    """One calendar as written in a pack: usual hours by weekday, then what changes them."""

    code: Code
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
            check_place(place)
        self._without_holidays()
        return self

    def calendar(self) -> Calendar:
        """Return this calendar ready to count with."""
        holidays = {h.day: h.name for h in together(list(self.bank_holidays))} | self.more_bank_holidays
        kept = tuple(Holiday(d, n) for d, n in sorted(holidays.items()) if d not in self.not_bank_holidays)
        return replace(self._without_holidays(), holidays=kept)

    def _without_holidays(self) -> Calendar:
        """The calendar but for its bank holidays, which take a moment to gather; enough to see that the rest is right."""
        week: list[tuple[Hours, ...]] = [()] * 7
        entries = [(read_days(days), read_hours(hours)) for days, hours in self.days.items()]
        for days, hours in sorted(entries, key=lambda e: -len(e[0])):
            for day in days:
                week[day] = hours
        sizes = [(len(days), day) for days, _ in entries for day in days]
        for size, day in sizes:
            if sizes.count((size, day)) > 1:
                raise ValueError(f"The hours of {DAY_NAMES[day]} are given twice.")
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
            code=self.code,
            name=self.name or self.code,
            zone=self.zone,
            week=tuple(week),
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


class WarnSpec(PackModel):
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


class AppliesTo(PackModel):
    """What a standard is a promise about; anything left out means any."""

    kinds: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()


class ExtensionSpec(PackModel):
    """How far the promise may be stretched, in its own unit, with a reason which the customer is told."""

    max: int = Field(ge=1)
    reasons: tuple[str, ...] = ()
    tell: str = Field(default="", description="what must be told with it, such as the Ombudsman's details")


class EarlierSpec(PackModel):
    """What a standard was before, up to a date: only the length, the rest being as it is now."""

    amount: int = Field(ge=0)
    unit: Unit
    valid_to: date
    source: str = ""

    _within = model_validator(mode="before")(take_within)


class StandardSpec(PackModel):
    """One promise as written in a pack, for as long as it is valid."""

    code: Code
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

    earlier: tuple[EarlierSpec, ...] = ()

    _within = model_validator(mode="before")(take_within)

    @model_validator(mode="after")
    def _sense(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("A standard cannot end before it begins.")
        if set(self.pauses) & set(self.restarts):
            raise ValueError("A reason either pauses the clock or starts it afresh, not both.")
        if self.starts is not Starts.RECEIPT and not self.chained_to:
            raise ValueError(f"A clock that starts at “{self.starts.value}” must name the standard it is chained to.")
        return self

    def valid_on(self, day: date) -> bool:
        """Whether this wording of the standard is in force on a date, its first and last days included."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    def standard(self, on: date | None = None) -> Standard | None:
        """Return this standard as it stood on a date (or stands), ready to count with; None when not in force."""
        if on is not None and not self.valid_on(on):
            return None
        before = sorted((e for e in self.earlier if on is not None and on <= e.valid_to), key=lambda e: e.valid_to)
        length: EarlierSpec | StandardSpec = before[0] if before else self
        return Standard(
            code=self.code,
            amount=length.amount,
            unit=length.unit,
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


CALENDARS = register_section("calendars", CalendarSpec)
STANDARDS = register_section("standards", StandardSpec)


MOST_KEPT = 2_000
"""Calendars kept built, all pack versions together, before they are forgotten and built again."""

_built: dict[tuple[str, str], Calendar] = {}
_shared: dict[str, Calendar] = {}


def calendar_of(pack: Pack, code: str) -> Calendar:
    """Return a pack's calendar ready to count with; raises `LookupError` naming those there are.

    Equal calendars are built once in a process, so the index of years behind them is shared by every version and case.
    """
    found = _built.get((pack.sha256, code))
    if found is not None:
        return found
    spec = pack.of(CALENDARS).get(code)
    if spec is None:
        raise LookupError(f"There is no calendar “{code}”. There are: {', '.join(sorted(pack.of(CALENDARS)))}.")
    if len(_built) > MOST_KEPT:
        _built.clear()
        _shared.clear()
    written = spec.model_dump_json()
    _built[pack.sha256, code] = _shared.setdefault(written, spec.calendar())
    return _built[pack.sha256, code]


def standard_of(pack: Pack, code: str, on: date) -> Standard:
    """Return a pack's own standard as it stood on a date; raises `LookupError` when there is none."""
    spec = pack.of(STANDARDS).get(code)
    found = spec.standard(on) if spec else None
    if found is None:
        raise LookupError(f"No standard “{code}” is in force on {on.isoformat()}.")
    return found


def standards_of_service(service: str, promise: Promise, kind: str) -> Standard | None:
    """Return a service's promise as the clock needs it: `kind` is "acknowledge" or "complete"; None where not made.

    An acknowledgement may never pause or be extended: it only says that we have heard.
    """
    length = promise.acknowledge if kind == "acknowledge" else promise.complete
    if length is None:
        return None
    unit = Unit(length.unit)
    completes = kind == "complete"
    extend = promise.extend if completes and promise.extend and Unit(promise.extend.unit) is unit else None
    return Standard(
        code=f"{service}.{promise.code}.{kind}",
        name=promise.applies,
        amount=length.amount,
        unit=unit,
        calendar=promise.calendar,
        statutory=promise.statutory and unit.counts_dates,
        roll_to_working_day=unit is Unit.CALENDAR_MONTHS,
        pauses=promise.pauses if completes else (),
        restarts=promise.restarts if completes else (),
        extension_max=extend.amount if extend else 0,
        redress=promise.redress or "",
        escalate_to=promise.escalate_to,
    )


def _check(pack: Pack) -> Iterator[Problem]:
    """What must agree across sections: calendars that exist, chains that end, pauses with words."""
    calendars, standards = pack.of(CALENDARS), pack.of(STANDARDS)
    pauses, redress = pack.section("pauses"), pack.section("redress")
    for code, spec in standards.items():
        if spec.calendar not in calendars:
            yield pack.problem("there is no such calendar", "standards", code, "calendar", value=spec.calendar)
        if spec.chained_to and spec.chained_to not in standards:
            yield pack.problem("there is no such standard", "standards", code, "chained_to", value=spec.chained_to)
        if spec.redress and spec.redress not in redress:
            yield pack.problem("there is no such redress", "standards", code, "redress", value=spec.redress)
        for n, reason in enumerate(spec.pauses):
            if reason not in pauses:
                yield pack.problem("there is no such pause", "standards", code, "pauses", n, value=reason)
        yield from _ring(pack, code)
    for section in ("teams", "channels"):
        for code, entry in pack.section(section).items():
            if entry.calendar and entry.calendar not in calendars:
                yield pack.problem("there is no such calendar", section, code, "calendar", value=entry.calendar)


def _ring(pack: Pack, code: str) -> Iterator[Problem]:
    seen, standards = [code], pack.of(STANDARDS)
    while (spec := standards.get(seen[-1])) and (following := spec.chained_to):
        if following in seen:
            if following == code:
                ring = " → ".join([*seen, following])
                yield pack.problem(f"these standards wait for each other: {ring}", "standards", code, "chained_to")
            return
        seen.append(following)


register_check("promises", _check)
