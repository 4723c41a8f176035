"""Dates, times, money and counts said the way a person would say them.

Every function is pure: it takes the moment it needs and reads no clock. Aware datetimes are shown in
Europe/London; a naive datetime is refused, because nobody can say which hour it means. Style: GOV.UK
content style guide, "Dates and times" and "Money" (5pm, 5:30pm written 5.30pm as councils do).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from moothall.core.money import pounds
from moothall.core.zone import LONDON

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HALF_A_YEAR = 183
"""Days from which on a date is said with its year."""
SMALL_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def local(value: datetime) -> datetime:
    """Give the same moment in Europe/London. Raises ValueError for a naive datetime."""
    if value.tzinfo is None:
        raise ValueError("A time without a zone cannot be shown: pass an aware datetime.")
    return value.astimezone(LONDON)


def _day_of(value: date | datetime) -> date:
    return local(value).date() if isinstance(value, datetime) else value


def day(value: date | datetime) -> str:
    """Say a date with its weekday: "Thursday 26 November"."""
    d = _day_of(value)
    return f"{WEEKDAYS[d.weekday()]} {d.day} {MONTHS[d.month - 1]}"


def day_year(value: date | datetime) -> str:
    """Say a date with its year: "26 November 2026"."""
    d = _day_of(value)
    return f"{d.day} {MONTHS[d.month - 1]} {d.year}"


def day_short(value: date | datetime) -> str:
    """Say a date in the least room, for tables: "26 Nov"."""
    d = _day_of(value)
    return f"{d.day} {MONTHS[d.month - 1][:3]}"


def weekday_short(value: date | datetime) -> str:
    """Say a date with a short weekday, for the desk: "Thu 26 Nov"."""
    d = _day_of(value)
    return f"{WEEKDAYS[d.weekday()][:3]} {day_short(d)}"


def month(value: date | datetime) -> str:
    """Say a month with its year: "October 2026"."""
    d = _day_of(value)
    return f"{MONTHS[d.month - 1]} {d.year}"


def clock_time(value: datetime | time) -> str:
    """Say a time of day: "5pm", "5.30pm", "midday", "midnight". A time without its day is the council's own."""
    t = value if isinstance(value, time) else local(value)
    if (t.hour, t.minute) == (0, 0):
        return "midnight"
    if (t.hour, t.minute) == (12, 0):
        return "midday"
    hour = t.hour % 12 or 12
    suffix = "am" if t.hour < 12 else "pm"
    return f"{hour}{suffix}" if t.minute == 0 else f"{hour}.{t.minute:02d}{suffix}"


def clock_24(value: datetime) -> str:
    """Say a time where it stands in a column of them or as a clock: time lines, "Saved 10:42", the room's clock: "10:42".

    In a sentence or a cell a time is `clock_time`: "10.42am".
    """
    return f"{local(value):%H:%M}"


def day_time(value: datetime) -> str:
    """Say a date and a time: "26 November, 5pm"."""
    d = local(value)
    return f"{d.day} {MONTHS[d.month - 1]}, {clock_time(value)}"


def by_when(value: datetime) -> str:
    """Say a promise's end: "Thursday 26 November, 5pm". Midnight is said as the end of the day before it.

    A statutory clock falls due at the last second of its day, so 23:59 is said as that day without a time.
    """
    t = local(value)
    if (t.hour, t.minute) == (23, 59):
        return f"the end of {day(value)}"
    if (t.hour, t.minute, t.second) == (0, 0, 0):
        return f"the end of {day(t.date() - timedelta(days=1))}"
    return f"{day(value)}, {clock_time(value)}"


def due_in_words(value: datetime, now: datetime) -> str:
    """Say a due time for a queue, nearest words first: "today, 5pm", "tomorrow, 9am", "Thu 26 Nov, 5pm", "3 days late".

    What is due at the end of a day is said as that day: "Thu 26 Nov"; what is half a year off or more, with its year:
    without it a date of next year reads as the one that is gone.
    """
    due, here = local(value), local(now)
    if value < now:
        late = now - value
        return f"{span(late)} late"
    gap = (due.date() - here.date()).days
    said = {0: "today", 1: "tomorrow"}.get(gap) or weekday_short(value)
    if gap >= HALF_A_YEAR:
        said = f"{said} {due.year}"
    return said if (due.hour, due.minute) == (23, 59) else f"{said}, {clock_time(value)}"


def span(value: timedelta) -> str:
    """Say a length of time in its largest whole unit: "2 minutes", "3 hours", "1 day"; "less than a minute"."""
    seconds = abs(int(value.total_seconds()))
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            return count(seconds // size, word)
    return "less than a minute"


def ago(value: datetime, now: datetime) -> str:
    """Say how long since: "just now", "2 minutes ago", "3 hours ago", "yesterday, 5pm", then the date.

    A moment in the future (clocks differ by a little) is "just now".
    """
    gap = now - value
    then, here = local(value), local(now)
    days = (here.date() - then.date()).days
    if gap < timedelta(minutes=1):
        return "just now"
    if gap < timedelta(hours=1) or (days == 0 and gap < timedelta(hours=24)):
        return f"{span(gap)} ago"
    if days == 1:
        return f"yesterday, {clock_time(value)}"
    if then.year == here.year:
        return day_time(value)
    return day_year(value)


def duration_clock(value: timedelta) -> str:
    """Say a running call as a clock face: "0:42", "12:05", "1:03:09"."""
    seconds = max(0, int(value.total_seconds()))
    hours, rest = divmod(seconds, 3600)
    minutes, secs = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{secs:02d}" if hours else f"{minutes}:{secs:02d}"


def pence(value: int) -> str:
    """Say an amount held in pence: 1450 is £14.50, -500 is −£5."""
    return pounds(value)


def number(value: int) -> str:
    """Say a whole number with commas: "405,565"."""
    return f"{value:,}"


def plural(value: int, one: str, many: str | None = None) -> str:
    """Choose the word for a count: plural(2, "day") is "days"; plural(2, "person", "people") is "people"."""
    return one if value == 1 else (many or f"{one}s")


def count(value: int, one: str, many: str | None = None) -> str:
    """Say a count with its word: "1 day", "3 days", "405,565 homes"."""
    return f"{number(value)} {plural(value, one, many)}"


def in_words(value: int) -> str:
    """Say a small count as a word at the start of a sentence: "no", "one" … "nine", then figures."""
    return SMALL_NUMBERS[value] if 0 <= value < len(SMALL_NUMBERS) else number(value)


def listed(items: Sequence[str], last: str = "and") -> str:
    """Join words as speech does: "a", "a and b", "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def file_size(value: int) -> str:
    """Say the size of a file or download, given in bytes: "below 1 KB", "12 KB", "1.4 MB"."""
    if value < 1000:
        return "below 1 KB"
    if value < 1_000_000:
        return f"{round(value / 1000)} KB"
    return f"{value / 1_000_000:.1f} MB"


def spoken_reference(value: str) -> str:
    """Space a reference so that it can be read out: "MB7K 2PQ4" stays, "MB7K2PQ4" becomes "MB7K 2PQ4"."""
    plain = value.replace(" ", "")
    if "-" in plain:
        return plain
    return " ".join(plain[i : i + 4] for i in range(0, len(plain), 4))
