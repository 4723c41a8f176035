"""From receipt to due time: one count in one unit, with its pauses.

Day units do not count the day of receipt and fall due at the closing time of the day they reach, or at its last second
where the standard is statutory or the calendar is shut that day. Minute units start at the next opening when received
out of hours. A date touched by a pause does not count, however often it is touched. A pause that begins once the count
has fallen due changes nothing: a broken promise is not mended by pausing it.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cached_property

from moothall.promises.rules.calendar import Calendar
from moothall.promises.rules.instants import SECOND_US, from_us, to_us, utc
from moothall.promises.rules.units import Unit

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Pause:
    """A stretch [start, end) during which the clock stood still, and why."""

    start: datetime
    end: datetime
    reason: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", utc(self.start))
        object.__setattr__(self, "end", utc(self.end))
        if self.end < self.start:
            raise ValueError(
                f"A pause cannot end ({self.end.isoformat()}) before it begins ({self.start.isoformat()})."
            )


@dataclass(frozen=True)
class Counted:
    """One date of a count: its place in it (1, 2, …), or None with the reason it was passed over."""

    day: date
    place: int | None
    why: str = ""


@dataclass(frozen=True)
class Counting:
    """Everything one count depends on. `due` is when it runs out; `days` is how it got there."""

    calendar: Calendar
    unit: Unit
    amount: float
    """Whole for dates and months; minutes and seconds may be parts, when an earlier count is carried on."""
    start: datetime
    pauses: tuple[Pause, ...] = ()
    last_second: bool = False
    """Fall due at 23:59:59 rather than at closing (statutory clocks)."""
    roll: bool = False
    """Move a due date that is not a working day to the next one that is."""
    after: date | None = None
    """Count dates after this one, instead of after the date of `start`."""
    floor: datetime | None = None
    """Never due before this instant: when a promise was changed for one already used up."""
    agreed: datetime | None = None
    """Due at this instant in place of the count: a day the customer booked."""

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise ValueError("A promise cannot be of a negative amount.")
        if self.unit.counts_dates and self.amount != int(self.amount):
            raise ValueError(f"Days and months are counted whole, not {self.amount}.")
        object.__setattr__(self, "start", utc(self.start))
        if self.floor is not None:
            object.__setattr__(self, "floor", utc(self.floor))
        if self.agreed is not None:
            object.__setattr__(self, "agreed", utc(self.agreed))

    @cached_property
    def due(self) -> datetime:
        """The instant by which the promise is to be kept, in the calendar's zone."""
        if self.agreed is not None and not self.stood_still:
            return self.agreed.astimezone(self.calendar.tz)
        due = self._watch_due() if not self.unit.counts_dates else self._date_due()
        ends = [p.end for p in self.pauses if self.agreed is not None and p.start <= self.agreed < p.end]
        floor = max(filter(None, (self.floor, *ends)), default=due)
        return max(due, floor.astimezone(self.calendar.tz))

    @property
    def stood_still(self) -> bool:
        """Whether the clock stood still when the agreed moment came, so that it passed and nobody's word was broken."""
        agreed = self.agreed
        return agreed is not None and any(p.start <= agreed < p.end for p in self.pauses)

    @property
    def first_date(self) -> date:
        """The date which does not itself count: that of receipt, unless an earlier count was carried on."""
        return self.calendar.date_of(self.start) if self.after is None else self.after

    @property
    def runs_from(self) -> datetime:
        """The instant the watch starts: receipt, or the next opening for working minutes."""
        return self.calendar.next_opening(self.start) if self.unit is Unit.WORKING_MINUTES else self.start

    # --- watches --------------------------------------------------------------------------------------------------

    def _watch_due(self) -> datetime:
        at, working = to_us(self.start), self.unit is Unit.WORKING_MINUTES
        need = round(self.amount * SECOND_US * (60 if working else 1))
        calendar = self.calendar
        for a, b in self._stops():
            if b <= at:
                continue
            due = calendar.add_us(at, need) if working else at + need
            if due <= a:
                return from_us(due, calendar.tz)
            if a > at:
                need -= calendar.working_us(at, a) if working else a - at
            at = b
        return from_us(calendar.add_us(at, need) if working else at + need, calendar.tz)

    def _stops(self) -> list[tuple[int, int]]:
        return merged((to_us(p.start), to_us(p.end)) for p in self.pauses)

    # --- dates ----------------------------------------------------------------------------------------------------

    @property
    def _whole(self) -> int:
        return int(self.amount)

    def _date_due(self) -> datetime:
        if self.pauses or self.unit is Unit.CALENDAR_MONTHS:
            day = self._walk()[-1].day
        elif self.unit is Unit.WORKING_DAYS:
            day = (
                self._first_keepable()
                if self.amount == 0
                else self.calendar.add_working_days(self.first_date, self._whole)
            )
        else:
            day = self._zero_days() if self.amount == 0 else self.first_date + self._whole * DAY
        return self.falls_due(self._rolled(day))

    def falls_due(self, day: date) -> datetime:
        """Return the instant on a date at which a count reaching it falls due."""
        closing = None if self.last_second else self.calendar.closing(day)
        return self.calendar.last_second(day) if closing is None else closing

    def _rolled(self, day: date) -> date:
        return self.calendar.add_working_days(day, 0) if self.roll else day

    def _first_keepable(self) -> date:
        """The day a promise of 'the same working day' can be kept: the next one, when today's closing has passed."""
        day = self.calendar.add_working_days(self.first_date, 0)
        return day if self.falls_due(day) >= self.start else self.calendar.add_working_days(day, 1)

    @cached_property
    def days(self) -> tuple[Counted, ...]:
        """Every date looked at, counted or passed over with the reason; the last is where the count ended."""
        return tuple(self._walk()) if self.unit.counts_dates else ()

    def _walk(self) -> list[Counted]:
        if self.unit is Unit.CALENDAR_MONTHS:
            return self._walk_months()
        working = self.unit is Unit.WORKING_DAYS
        if self.amount == 0:
            day = self._first_keepable() if working else self._zero_days()
            return [Counted(day, 0)]
        touched = self._touched()
        seen: list[Counted] = []
        place, day = 0, self.first_date
        while True:
            day += DAY
            if working and not self.calendar.is_working_day(day):
                seen.append(Counted(day, None, self.calendar.why_shut(day) or ""))
                self.calendar.add_working_days(day, 1)  # says so if the calendar never opens again
                continue
            last = place + 1 == self._whole
            pause = self._pause_on(day, touched, last=last)
            if pause is not None:
                seen.append(Counted(day, None, pause.reason or PAUSED))
                continue
            place += 1
            seen.append(Counted(day, place))
            if last:
                return seen

    def _zero_days(self) -> date:
        """The day a promise of 'the same day' can be kept: tomorrow, when today's closing has passed."""
        day = self.first_date
        return day if self.falls_due(day) >= self.start else day + DAY

    def _walk_months(self) -> list[Counted]:
        target = add_months(self.first_date, self._whole)
        touched, seen = self._touched(), []
        day = self.first_date
        while day < target:
            day += DAY
            pause = self._pause_on(day, touched, last=day == target)
            if pause is not None:
                seen.append(Counted(day, None, pause.reason or PAUSED))
                target += DAY
        seen.append(Counted(target, self._whole))
        return seen

    def _pause_on(self, day: date, touched: list[_Touched], *, last: bool) -> _Touched | None:
        """Return the pause that takes a date out of the count; on the last, only one that began before it fell due."""
        if not last:
            return next((p for p in touched if p.first <= day <= p.last), None)
        until = self._rolled(day)
        due = self.falls_due(until)
        return next((p for p in touched if p.first <= until and p.last >= day and p.start < due), None)

    def _touched(self) -> list[_Touched]:
        date_of = self.calendar.date_of
        return [
            _Touched(date_of(p.start), date_of(p.end - timedelta(microseconds=1)), p.start, p.reason)
            for p in sorted(self.pauses, key=lambda p: p.start)
            if p.start < p.end
        ]

    # --- how far it has got -----------------------------------------------------------------------------------------

    def used(self, now: datetime) -> float:
        """Return how much of the count has been used by `now`, in its unit (days for calendar months)."""
        now = utc(now)
        if now <= self.start:
            return 0
        if not self.unit.counts_dates:
            working = self.unit is Unit.WORKING_MINUTES
            spent = self.calendar.working_us if working else _elapsed
            until = to_us(now)
            total = spent(to_us(self.start), until)
            for a, b in self._stops():
                total -= spent(max(a, to_us(self.start)), min(b, until))
            return total / (SECOND_US * (60 if working else 1))
        return sum(1 for _ in self._days_used(now))

    def _days_used(self, now: datetime) -> Iterator[date]:
        today = self.calendar.date_of(now)
        touched, day, place = self._touched(), self.first_date, 0
        counts_days = self.unit is not Unit.CALENDAR_MONTHS
        while day < today:
            day += DAY
            if self.unit is Unit.WORKING_DAYS and not self.calendar.is_working_day(day):
                continue
            last = counts_days and place + 1 == self._whole
            if self.falls_due(day) <= now and self._pause_on(day, touched, last=last) is None:
                place += 1
                yield day


PAUSED = "paused"


@dataclass(frozen=True)
class _Touched:
    first: date
    last: date
    start: datetime
    reason: str


def due_at(
    calendar: Calendar,
    unit: Unit | str,
    amount: int,
    start: datetime,
    pauses: Iterable[Pause] = (),
    *,
    statutory: bool = False,
    roll: bool = False,
) -> datetime:
    """Return when `amount` of `unit` since `start` runs out, in the calendar's zone."""
    return Counting(calendar, Unit(unit), amount, start, tuple(pauses), statutory, roll).due


def add_months(day: date, months: int) -> date:
    """Return the same date `months` later, or the last day of that month where there is no such date."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def merged(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return stretches sorted, empty ones dropped, and those that touch or overlap made one."""
    joined: list[tuple[int, int]] = []
    for a, b in sorted(stretches):
        if a >= b:
            continue
        if joined and a <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(b, joined[-1][1]))
        else:
            joined.append((a, b))
    return joined


def _elapsed(a: int, b: int) -> int:
    return max(b - a, 0)


def share_used(counting: Counting, carried: float, at: datetime) -> Fraction:
    """Return the share of a promise used by an instant, from 0 to 1."""
    used = Fraction(counting.used(at)) + Fraction(carried)
    if counting.unit is Unit.CALENDAR_MONTHS:
        whole = Fraction((counting.calendar.date_of(counting.due) - counting.first_date).days)
    else:
        whole = Fraction(counting.amount) + Fraction(carried)
    return min(used / whole, Fraction(1)) if whole else Fraction(1)
