"""Dates, times and counts in the words the desk, the site and the command line all use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from moothall.promises.rules.counting import Counted, Counting
from moothall.promises.rules.instants import elapsed, to_us
from moothall.promises.rules.units import Unit

if TYPE_CHECKING:
    from moothall.promises.rules.clock import ClockState

SHORT_COUNT = 5
"""Up to this many counted days each is named; beyond, only the first and the last."""

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)  # named here, not by the machine's locale


def say_day(day: date, near: date | None = None) -> str:
    """Return "Thursday 19 November", with the year when it is not that of `near`."""
    words = f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"
    return words if near is not None and near.year == day.year else f"{words} {day.year}"


def say_time(at: datetime, *, to_the_second: bool = False) -> str:
    """Return "5pm", "6.10pm", "midday" or "midnight" by the clock of the datetime's own zone.

    Nobody says the seconds, save where a promise is counted in them: ``to_the_second``.
    """
    second = at.second if to_the_second else 0
    if (at.hour, at.minute, second) in ((0, 0, 0), (12, 0, 0)):
        return "midday" if at.hour else "midnight"
    hour, half = at.hour % 12 or 12, "am" if at.hour < 12 else "pm"
    seconds = f".{second:02}" if second else ""
    minutes = f".{at.minute:02}" if at.minute or seconds else ""
    return f"{hour}{minutes}{seconds}{half}"


def say_moment(at: datetime, near: date | None = None, *, to_the_second: bool = False) -> str:
    """Return "Monday 23 November, 5pm", or its start or end in words at midnight and its last second."""
    if (at.hour, at.minute, at.second) == (23, 59, 59):
        return f"the end of {say_day(at.date(), near)}"
    if (at.hour, at.minute, at.second) == (0, 0, 0):
        return f"midnight at the start of {say_day(at.date(), near)}"
    return f"{say_day(at.date(), near)}, {say_time(at, to_the_second=to_the_second)}"


def say_amount(amount: float, unit: Unit) -> str:
    """Return "2 working days", "4 working hours", "1 calendar month", "12 seconds"."""
    noun = {
        Unit.SECONDS: "second",
        Unit.WORKING_MINUTES: "working minute",
        Unit.WORKING_DAYS: "working day",
        Unit.CALENDAR_DAYS: "day",
        Unit.CALENDAR_MONTHS: "calendar month",
    }[unit]
    if unit is Unit.WORKING_MINUTES and amount and amount % 60 == 0:
        amount, noun = amount // 60, "working hour"
    if unit is Unit.SECONDS and amount >= 60 and amount % 60 == 0:
        amount, noun = amount // 60, "minute"
        if amount % 60 == 0:
            amount, noun = amount // 60, "hour"
    number = f"{amount:g}" if amount == round(amount) else f"{amount:.1f}"
    return f"{number} {noun}{'' if amount == 1 else 's'}"


def is_at_once(amount: float, unit: Unit) -> bool:
    """Whether a promise is short enough to be called straight away: no wait at all, or a minute of opening hours."""
    return amount == 0 or (unit is Unit.WORKING_MINUTES and amount <= 1)


def say_span(span: timedelta) -> str:
    """Return a length of plain time: "3 days 4 hours", "45 minutes", "20 seconds"."""
    seconds = int(span.total_seconds())
    parts = [(seconds // 86400, "day"), (seconds // 3600 % 24, "hour"), (seconds // 60 % 60, "minute")]
    said = [f"{n} {noun}{'' if n == 1 else 's'}" for n, noun in parts if n][:2]
    return " ".join(said) or f"{seconds} second{'' if seconds == 1 else 's'}"


def explain_count(counting: Counting) -> str:
    """Return how a due time was counted, sentence by sentence, ending with the due time."""
    near = counting.calendar.date_of(counting.start)
    if counting.agreed is not None and not counting.stood_still:
        return f"The day that was booked. Due by {say_moment(counting.due, near)}."
    body = _dates(counting, near) if counting.unit.counts_dates else _watch(counting, near)
    ends = say_moment(counting.due, near, to_the_second=counting.unit is Unit.SECONDS)
    by = "by " if ends.startswith("the end") else ""
    length = say_amount(counting.amount, counting.unit)
    if counting.amount == 0 and counting.unit.counts_dates:
        length = "The same working day" if counting.unit is Unit.WORKING_DAYS else "The same day"
    return f"{length}. {' '.join(body)} Due {by}{ends}."


def explain_state(state: ClockState, reasons: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return how the due time was counted and where the promise stands, as told at the desk, on the site and by the CLI."""
    if state.counting is None or state.due_at is None:
        return f"{say_amount(state.standard.amount, state.standard.unit)}. The clock has not started."
    near = state.counting.calendar.date_of(state.counting.start)
    said = [explain_count(state.counting)]
    if state.extended_by:
        said.append(f"This includes {say_amount(state.extended_by, state.standard.unit)} more, as we told you.")
    if state.due_at != state.counting.due:
        said.append(f"It was due {say_moment(state.due_at, near)}.")
    match state.state.value:
        case "paused" if state.paused_since is not None:
            because = "; ".join(reasons.get(r, r.replace("_", " ")).rstrip(".") for r in state.paused_for)
            said.append(f"Paused since {say_moment(state.paused_since, near)}: {because}.")
            said.append("If the clock started again now, that is when it would be due.")
        case "overdue":
            said.append(f"It is late: the promise was broken {say_moment(state.due_at, near)}.")
        case "met" if state.closed_at is not None:
            said.append(f"Kept: done {say_moment(state.closed_at, near)}.")
        case "met_late" if state.closed_at is not None:
            late = elapsed(state.due_at, state.closed_at)
            done = say_moment(state.closed_at, near, to_the_second=late < timedelta(minutes=1))
            said.append(f"Done {done}, {say_span(late)} late.")
        case "withdrawn" if state.closed_at is not None:
            said.append(f"Stopped {say_moment(state.closed_at, near)}.")
    if state.expected_at is not None and state.expected_at != state.due_at and state.state.is_open:
        said.append(f"New date: {say_moment(state.expected_at, near)}.")
    return " ".join(said)


# --- inside -----------------------------------------------------------------------------------------------------------


def _received(counting: Counting, near: date) -> str:
    """Say when it was received, and whether that was out of hours."""
    calendar, at = counting.calendar, counting.start.astimezone(counting.calendar.tz)
    said = f"Received {say_moment(at, near, to_the_second=counting.unit is Unit.SECONDS)}"
    if calendar.is_open(at) or counting.unit is Unit.SECONDS:
        return said
    if not calendar.is_working_day(at.date()):
        why = calendar.why_shut(at.date())
        return f"{said}, when we are closed ({why})" if why else f"{said}, when we are closed"
    closing = calendar.closing(at.date())
    if closing is not None and counting.start >= closing:
        return f"{said}, after closing"
    hours = calendar.open_intervals(calendar.last_second(at.date()) - timedelta(hours=26), at)
    opened = any(calendar.date_of(a) == at.date() for a, _ in hours)
    return f"{said}, during a break" if opened else f"{said}, before opening"


def _dates(counting: Counting, near: date) -> list[str]:
    said = []
    days = counting.days
    counted = [d for d in days if d.place]
    if counting.after is None:
        said.append(f"{_received(counting, near)}; that day does not count.")
    else:
        said.append(f"Carried on from {say_moment(counting.start.astimezone(counting.calendar.tz), near)}.")
    if counting.unit is Unit.CALENDAR_MONTHS:
        said.append(_months(counting, days, near))
    elif counting.amount == 0:
        said = [f"{_received(counting, near)}."]
    elif len(counted) <= SHORT_COUNT:
        parts, month = [], near.month
        for d in counted:
            words = say_day(d.day, near) if d.day.month != month or d.day.year != near.year else _short(d.day)
            month = d.day.month
            parts.append(f"{words} counts {d.place}")
        said.append(f"{', '.join(parts)}.")
    else:
        first, last = counted[0], counted[-1]
        said.append(f"{say_day(first.day, near)} counts 1 and {say_day(last.day, near)} counts {last.place}.")
    said.extend(_passed_over(counting, days, near))
    end = days[-1].day
    if counting.roll and not counting.calendar.is_working_day(end):
        said.append(f"{say_day(end, near)} is not a working day, so the next one.")
    return said


def _months(counting: Counting, days: Sequence[Counted], near: date) -> str:
    end = days[-1].day
    paused = sum(1 for d in days if d.place is None)
    months = "next month" if counting.amount == 1 else f"{counting.amount:g} months later"
    plain = end - timedelta(days=paused)
    short = plain.day != counting.first_date.day
    said = f"{'The last day' if short else 'The same date'} {'of next month' if short and counting.amount == 1 else months}"
    if short and counting.amount != 1:
        said = f"The last day of the month {counting.amount:g} months later"
    added = f" {paused} paused {'day is' if paused == 1 else 'days are'} added." if paused else ""
    return f"{said} is {say_day(plain, near)}.{added}"


def _passed_over(counting: Counting, days: Sequence[Counted], near: date) -> list[str]:
    """Name holidays and closures on days usually open, and paused days; weekends go without saying."""
    calendar, left_out = counting.calendar, [d for d in days if d.place is None]
    if counting.unit is Unit.WORKING_DAYS:
        shut = [d for d in left_out if not calendar.is_working_day(d.day) and calendar.usually_open(d.day)]
        paused = [d for d in left_out if calendar.is_working_day(d.day)]
    else:
        shut, paused = [], left_out
    said = []
    if shut:
        names = ", ".join(say_day(d.day, near) + (f" ({d.why})" if d.why else "") for d in shut)
        said.append(f"Not counted: {names}.")
    if paused:
        names = _runs([d.day for d in paused], near)
        verb = "does" if len(paused) == 1 else "do"
        said.append(f"Paused, so {verb} not count: {names}.")
    return said


def _runs(days: Sequence[date], near: date) -> str:
    """Say dates, those that follow one another as "Monday 1 December to Wednesday 3 December"."""
    runs: list[tuple[date, date]] = []
    for day in days:
        if runs and day - runs[-1][1] <= timedelta(days=1):
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return ", ".join(say_day(a, near) if a == b else f"{say_day(a, near)} to {say_day(b, near)}" for a, b in runs)


def _watch(counting: Counting, near: date) -> list[str]:
    calendar = counting.calendar
    said = [_received(counting, near)]
    begins = counting.runs_from
    if to_us(begins) != to_us(counting.start):
        said[0] += f"; the clock starts {say_moment(begins, near)}."
    else:
        said[0] += "."
    for p in sorted(counting.pauses, key=lambda p: p.start):
        if p.end > begins and p.start < counting.due and p.start < p.end:
            a, b = p.start.astimezone(calendar.tz), p.end.astimezone(calendar.tz)
            until = say_time(b) if a.date() == b.date() else say_moment(b, near)
            said.append(f"Paused from {say_moment(a, near)} to {until}.")
    if counting.unit is Unit.WORKING_MINUTES and not counting.pauses:
        said.extend(_by_day(counting, begins, near))
    return said


def _by_day(counting: Counting, begins: datetime, near: date) -> list[str]:
    """Say how much of a count in working time falls on each day, when that is more than one and few."""
    calendar, spent = counting.calendar, dict[date, timedelta]()
    if elapsed(begins, counting.due) > timedelta(days=14):
        return []
    for a, b in calendar.open_intervals(begins, counting.due):
        spent[a.date()] = spent.get(a.date(), timedelta()) + elapsed(a, b)
    if not 1 < len(spent) <= SHORT_COUNT:
        return []
    parts = [f"{say_span(s)} on {say_day(d, near)}" for d, s in spent.items()]
    return [f"{', '.join(parts)}."]


def _short(day: date) -> str:
    return f"{_DAYS[day.weekday()]} {day.day}"
