"""Schedules in the five words of cron: minute, hour, day of month, month, day of week. Pure."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
_NAMES = ("minute", "hour", "day", "month", "day of the week")
_HORIZON = timedelta(days=366 * 5)


class NotASchedule(ValueError):
    """The words are not a schedule; the message says which word and why."""


def next_time(words: str, after: datetime) -> datetime:
    """Return the first minute after ``after`` (aware) that the schedule names, in UTC.

    Each word is ``*``, a number, ``a-b``, ``*/n``, ``a-b/n`` or several of these with commas; Sunday is 0. Where both
    the day of the month and the day of the week are given, both must fit.

    Raises:
        NotASchedule: a word is not understood, or no moment of the next five years fits.
    """
    minutes, hours, days, months, weekdays = _parse(words)
    start = after.astimezone(UTC).replace(second=0, microsecond=0) + timedelta(minutes=1)
    for day in _days(start, _HORIZON):
        if day.month not in months or day.day not in days or (day.weekday() + 1) % 7 not in weekdays:
            continue
        for hour in sorted(hours):
            for minute in sorted(minutes):
                moment = day.replace(hour=hour, minute=minute)
                if moment >= start:
                    return moment
    raise NotASchedule(f"No moment of the next five years fits “{words}”.")


def _days(start: datetime, horizon: timedelta) -> Iterator[datetime]:
    day = start.replace(hour=0, minute=0)
    while day < start + horizon:
        yield day
        day += timedelta(days=1)


def _parse(words: str) -> list[frozenset[int]]:
    parts = words.split()
    if len(parts) != len(_RANGES):
        raise NotASchedule(f"A schedule has five words, and “{words}” has {len(parts)}.")
    return [
        frozenset(number for piece in part.split(",") for number in _piece(piece, low, high, name))
        for part, (low, high), name in zip(parts, _RANGES, _NAMES, strict=True)
    ]


def _piece(piece: str, low: int, high: int, name: str) -> range:
    span, _, step = piece.partition("/")
    try:
        if span == "*":
            first, last = low, high
        elif "-" in span:
            first, last = (int(end) for end in span.split("-", 1))
        else:
            first = int(span)
            last = high if step else first
        stride = int(step) if step else 1
    except ValueError:
        raise NotASchedule(f"“{piece}” is not a {name}.") from None
    if not (low <= first <= last <= high) or stride < 1:
        raise NotASchedule(f"“{piece}” is not a {name}: use {low} to {high}.")
    return range(first, last + 1, stride)
