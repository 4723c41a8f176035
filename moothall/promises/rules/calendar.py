"""When a team is open: hours, closures and holidays in one time zone, and arithmetic on them.

The rule throughout is *the clock on the wall decides*: a place that opens 00:00 to 24:00 is open for 23 or 25 hours on
the days the clocks change, and an interval from 00:30 to 01:30 on the morning when 01:00 jumps to 02:00 lasts half an
hour. Layers, the later one winning: weekly hours, holidays (shut all day), extra openings (replace the day's hours, even
on a holiday), closures (whole day or part of it).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from moothall.promises.rules.instants import (
    DAY_US,
    HOUR_US,
    MINUTE_US,
    SECOND_US,
    from_us,
    midnight_us,
    offset_us,
    stretches,
    to_us,
)

END_OF_DAY = 24 * 60
"""24:00, in minutes after midnight."""

FURTHEST_YEARS = 200
"""How far ahead a count looks before it says there is no such day."""


class NeverOpens(ValueError):
    """Raised when a count runs past every opening the calendar has."""


class Hours(NamedTuple):
    """One interval of a day in minutes after midnight by the wall clock: `opens` ≤ t < `closes` ≤ 1440."""

    opens: int
    closes: int


class Holiday(NamedTuple):
    """A day on which the calendar is shut because of a public holiday."""

    day: date
    name: str


class Closure(NamedTuple):
    """A day, or part of one (`hours`), on which the calendar is shut for a reason of its own."""

    day: date
    reason: str = ""
    hours: Hours = Hours(0, END_OF_DAY)


class Opening(NamedTuple):
    """Hours which replace the usual ones on a single date, even on a holiday."""

    day: date
    hours: tuple[Hours, ...]
    reason: str = ""


@dataclass(frozen=True)
class Calendar:
    """Open hours in one time zone; answers in aware datetimes of that zone.

    Every argument and answer is an aware `datetime` or a `date` of the calendar's own zone; a naive datetime raises
    `ValueError`. Intervals are half open: shut at the closing instant itself. A *working day* is a date with any open
    time at all. Answers are exact to the microsecond and cost about a microsecond once the years asked for are known.
    """

    code: str
    week: tuple[tuple[Hours, ...], ...]
    name: str = ""
    zone: str = "Europe/London"
    holidays: tuple[Holiday, ...] = field(default=(), repr=False)
    closures: tuple[Closure, ...] = field(default=(), repr=False)
    openings: tuple[Opening, ...] = field(default=(), repr=False)
    closed_each_year: tuple[tuple[int, int, str], ...] = ()
    """(month, day, reason) shut every year whatever the weekday, such as Christmas Day for the refuse rounds."""
    tz: ZoneInfo = field(init=False, repr=False, compare=False)
    _index: _Index | None = field(init=False, repr=False, compare=False, default=None)
    _shut: dict[date, str] = field(init=False, repr=False, compare=False)
    _cuts: dict[date, list[Hours]] = field(init=False, repr=False, compare=False)
    _replaced: dict[date, tuple[Hours, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise ValueError("A calendar needs the hours of seven days, Monday first.")
        for hours in (*self.week, *(o.hours for o in self.openings), tuple(c.hours for c in self.closures)):
            for opens, closes in hours:
                if not 0 <= opens < closes <= END_OF_DAY:
                    raise ValueError(f"An interval must run forward within one day: {opens} to {closes} minutes.")
        cuts: dict[date, list[Hours]] = {}
        for closure in self.closures:
            cuts.setdefault(closure.day, []).append(closure.hours)
        put = object.__setattr__
        put(self, "tz", ZoneInfo(self.zone))
        put(self, "_shut", {h.day: h.name for h in self.holidays})
        put(self, "_cuts", cuts)
        put(self, "_replaced", {o.day: o.hours for o in self.openings})

    # --- days -----------------------------------------------------------------------------------------------------

    def hours_of(self, day: date) -> tuple[Hours, ...]:
        """Return the open intervals of one date by the wall clock, in order and never overlapping."""
        hours = self._replaced.get(day)
        if hours is None:
            if day in self._shut or any((m, d) == (day.month, day.day) for m, d, _ in self.closed_each_year):
                return ()
            hours = self.week[day.weekday()]
        for cut in self._cuts.get(day, ()):
            hours = tuple(
                piece
                for h in hours
                for piece in (Hours(h.opens, min(h.closes, cut.opens)), Hours(max(h.opens, cut.closes), h.closes))
                if piece.opens < piece.closes
            )
        return _joined(hours)

    def why_shut(self, day: date) -> str | None:
        """Return why a date is not a working day (a holiday's name, a closure's reason, or ""), or None if it is one."""
        if self.is_working_day(day):
            return None
        if day in self._shut:
            return self._shut[day]
        for closure in self.closures:
            if closure.day == day and closure.reason:
                return closure.reason
        return next((r for m, d, r in self.closed_each_year if (m, d) == (day.month, day.day)), "")

    def usually_open(self, day: date) -> bool:
        """Return whether the weekday of this date has hours, holidays and closures apart."""
        return bool(self.week[day.weekday()])

    def date_of(self, at: datetime) -> date:
        """Return the date shown in the calendar's zone at an instant."""
        _aware(at)
        return at.astimezone(self.tz).date()

    def is_working_day(self, day: date) -> bool:
        """Return whether the calendar opens at all on a date."""
        index = self._covering(day.toordinal(), day.toordinal())
        offset = day.toordinal() - index.first
        return index.rank[offset + 1] > index.rank[offset]

    def add_working_days(self, day: date, days: int) -> date:
        """Return the `days`-th working day after `day`, which itself never counts; 0 gives `day` or the next one open."""
        if days == 0:
            return day if self.is_working_day(day) else self.add_working_days(day, 1)
        return date.fromordinal(self._working_ordinal(day.toordinal(), days))

    def working_days_between(self, after: date, until: date) -> int:
        """Return how many working days lie after `after` up to and including `until`; 0 if `until` is not later."""
        if until <= after:
            return 0
        index = self._covering(after.toordinal(), until.toordinal())
        return index.rank[until.toordinal() - index.first + 1] - index.rank[after.toordinal() - index.first + 1]

    def closing(self, day: date) -> datetime | None:
        """Return the instant a date's last interval ends, or None on a shut day.

        A day that stays open to midnight closes at its last second, 23:59:59, so that the answer lies on the day itself.
        """
        if not self.is_working_day(day):
            return None
        return self._covering(day.toordinal(), day.toordinal()).closing(day.toordinal(), self)

    def last_second(self, day: date) -> datetime:
        """Return 23:59:59 of a date in the calendar's zone."""
        return from_us(_last_second_us(day.toordinal(), self.zone), self.tz)

    # --- instants -------------------------------------------------------------------------------------------------

    def is_open(self, at: datetime) -> bool:
        """Return whether the calendar is open at an instant; it is shut at the closing instant itself."""
        index, us = self._at(at)
        i = bisect_right(index.opens, us) - 1
        return i >= 0 and us < index.closes[i]

    def next_opening(self, at: datetime) -> datetime:
        """Return `at` itself if open then, otherwise the next instant the calendar opens."""
        _aware(at)
        us = to_us(at)
        opened = self._next_open_us(us)
        return at.astimezone(self.tz) if opened == us else from_us(opened, self.tz)

    def open_intervals(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """Return the open intervals within [start, end), clipped to it, one or more for each date, in order."""
        _aware(start)
        _aware(end)
        lo, hi = to_us(start), to_us(end)
        if hi <= lo:
            return []
        index = self._covering_us(lo, hi)
        found = []
        for i in range(max(bisect_right(index.opens, lo) - 1, 0), len(index.opens)):
            if index.opens[i] >= hi:
                break
            a, b = max(index.opens[i], lo), min(index.closes[i], hi)
            if a < b:
                found.append((from_us(a, self.tz), from_us(b, self.tz)))
        return found

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """Return the open time between two instants; zero if `end` is not later."""
        _aware(start)
        _aware(end)
        return timedelta(microseconds=self.working_us(to_us(start), to_us(end)))

    def working_minutes(self, start: datetime, end: datetime) -> float:
        """Return the open minutes between two instants; zero if `end` is not later."""
        return self.working_time(start, end) / timedelta(minutes=1)

    def add_working_minutes(self, start: datetime, minutes: float) -> datetime:
        """Return when `minutes` of open time have passed since `start`.

        Time that runs out exactly at a closing is due at that closing, not at the next opening. Zero minutes give the
        next opening.
        """
        if minutes < 0:
            raise ValueError("Working minutes to add cannot be negative; use subtract_working_minutes.")
        _aware(start)
        return from_us(self.add_us(to_us(start), round(minutes * MINUTE_US)), self.tz)

    def subtract_working_minutes(self, end: datetime, minutes: float) -> datetime:
        """Return the latest instant from which `minutes` of open time remain before `end`."""
        _aware(end)
        need, us = round(minutes * MINUTE_US), to_us(end)
        for reach in _reaches(us, -1):
            index = self._covering_us(reach, us)
            target = index.passed(us) - need
            if target >= 0:
                i = bisect_right(index.before, target) - 1
                if i < 0:
                    break
                return from_us(min(index.opens[i] + target - index.before[i], us), self.tz)
        raise NeverOpens(f"The calendar {self.code} has not been open for {minutes} minutes before {end.isoformat()}.")

    # --- the same in microseconds since 1970, for the counting rules ------------------------------------------------

    def working_us(self, start: int, end: int) -> int:
        """Return open microseconds between two instants."""
        if end <= start:
            return 0
        index = self._covering_us(start, end)
        return index.passed(end) - index.passed(start)

    def add_us(self, start: int, need: int) -> int:
        """Return the instant at which `need` open microseconds have passed since `start`."""
        if need == 0:
            return self._next_open_us(start)
        for reach in _reaches(start):
            index = self._covering_us(start, reach)
            target = index.passed(start) + need
            if index.total >= target:
                i = bisect_left(index.before, target) - 1
                return index.opens[i] + target - index.before[i]
        raise NeverOpens(f"The calendar {self.code} is not open long enough in the next {FURTHEST_YEARS} years.")

    # --- inside ---------------------------------------------------------------------------------------------------

    def _next_open_us(self, us: int) -> int:
        for reach in _reaches(us):
            index = self._covering_us(us, reach)
            i = bisect_right(index.opens, us) - 1
            if i >= 0 and us < index.closes[i]:
                return us
            if i + 1 < len(index.opens):
                return index.opens[i + 1]
        raise NeverOpens(f"The calendar {self.code} does not open again in the next {FURTHEST_YEARS} years.")

    def _working_ordinal(self, ordinal: int, days: int) -> int:
        if days < 0:
            raise ValueError("Working days to add cannot be negative.")
        for reach in _reaches(ordinal, 1, 1):
            index = self._covering(ordinal, reach)
            i = index.rank[ordinal - index.first + 1] + days - 1
            if i < len(index.working):
                return index.working[i]
        raise NeverOpens(f"The calendar {self.code} has no {days} working days in the next {FURTHEST_YEARS} years.")

    def _at(self, at: datetime) -> tuple[_Index, int]:
        _aware(at)
        us = to_us(at)
        return self._covering_us(us, us), us

    def _covering_us(self, lo: int, hi: int) -> _Index:
        index = self._index
        if index is not None and index.lo <= lo and hi < index.hi:
            return index
        return self._covering(lo // DAY_US + _EPOCH - 1, hi // DAY_US + _EPOCH + 1)

    def _covering(self, lo: int, hi: int) -> _Index:
        index = self._index
        if index is not None and index.first <= lo and hi < index.last:
            return index
        first, last = date.fromordinal(max(lo, 400)).year - 1, date.fromordinal(min(hi, _LAST_ORDINAL)).year + 2
        if index is not None:
            first = min(first, date.fromordinal(index.first).year)
            last = max(last, date.fromordinal(index.last).year)
        index = _Index(self, date(max(first, 1), 1, 1).toordinal(), date(min(last, 9999), 1, 1).toordinal())
        object.__setattr__(self, "_index", index)
        return index


class _Index:
    """The open time of a run of whole years, laid out for bisection. Never changed once made, so threads may share it."""

    def __init__(self, calendar: Calendar, first: int, last: int) -> None:
        self.first, self.last = first, last
        self.lo, self.hi = (first - _EPOCH + 1) * DAY_US, (last - _EPOCH - 1) * DAY_US
        self.working: list[int] = []
        self.rank = [0]
        self.opens: list[int] = []
        self.closes: list[int] = []
        self.before: list[int] = []
        self.total = 0
        self._closings: dict[int, datetime] = {}
        for ordinal in range(first, last + 1):
            hours = calendar.hours_of(date.fromordinal(ordinal))
            pieces = _pieces(ordinal, hours, calendar.zone) if hours else ()
            if pieces:
                self.working.append(ordinal)
            self.rank.append(len(self.working))
            for a, b in pieces:
                self.opens.append(a)
                self.closes.append(b)
                self.before.append(self.total)
                self.total += b - a

    def passed(self, us: int) -> int:
        """Open microseconds from the start of the index to an instant."""
        i = bisect_right(self.opens, us) - 1
        return self.before[i] + min(us, self.closes[i]) - self.opens[i] if i >= 0 else 0

    def closing(self, ordinal: int, calendar: Calendar) -> datetime:
        """Last instant of a working day, kept once made."""
        found = self._closings.get(ordinal)
        if found is None:
            hours = calendar.hours_of(date.fromordinal(ordinal))
            if hours[-1].closes == END_OF_DAY:
                us = _last_second_us(ordinal, calendar.zone)
            else:
                us = _pieces(ordinal, hours, calendar.zone)[-1][1]
            found = self._closings[ordinal] = from_us(us, calendar.tz)
        return found


_EPOCH = date(1970, 1, 1).toordinal()
_LAST_ORDINAL = date(9990, 1, 1).toordinal()


def _joined(hours: tuple[Hours, ...]) -> tuple[Hours, ...]:
    """Sort intervals and join those that touch or overlap."""
    joined: list[Hours] = []
    for h in sorted(hours):
        if joined and h.opens <= joined[-1].closes:
            joined[-1] = Hours(joined[-1].opens, max(joined[-1].closes, h.closes))
        else:
            joined.append(h)
    return tuple(joined)


def _pieces(ordinal: int, hours: tuple[Hours, ...], zone: str) -> tuple[tuple[int, int], ...]:
    """Turn wall-clock hours of a date into instants: usually one for one, by stretches when the clocks change."""
    midnight = midnight_us(ordinal)
    tz = ZoneInfo(zone)
    offset = offset_us(midnight - 14 * HOUR_US, tz)
    if offset == offset_us(midnight + 38 * HOUR_US, tz):
        base = midnight - offset
        return tuple((base + h.opens * MINUTE_US, base + h.closes * MINUTE_US) for h in hours)
    pieces: list[tuple[int, int]] = []
    for start, end, shift in stretches(ordinal, zone):
        for h in hours:
            a = max(start, midnight - shift + h.opens * MINUTE_US)
            b = min(end, midnight - shift + h.closes * MINUTE_US)
            if a < b:
                pieces.append((a, b))
    pieces.sort()
    joined: list[tuple[int, int]] = []
    for a, b in pieces:
        if joined and a == joined[-1][1]:
            joined[-1] = (joined[-1][0], b)
        else:
            joined.append((a, b))
    return tuple(joined)


def _reaches(start: int, direction: int = 1, day: int = DAY_US) -> Iterator[int]:
    """Yield ever further instants (or ordinals, with `day=1`) up to FURTHEST_YEARS away, each step twice the last."""
    yield start
    years = 1
    while years <= FURTHEST_YEARS:
        yield start + direction * years * 366 * day
        years *= 2


@lru_cache(maxsize=65536)
def _last_second_us(ordinal: int, zone: str) -> int:
    return stretches(ordinal, zone)[-1][1] - SECOND_US


def _aware(at: datetime) -> None:
    if at.tzinfo is None:
        raise ValueError(f"A time needs its zone: {at.isoformat()} has none.")
