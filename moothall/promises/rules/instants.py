"""Instants as whole microseconds since 1970 UTC, and how the wall clock of a zone runs over one date."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_MICROSECOND = timedelta(microseconds=1)


def utc(at: datetime) -> datetime:
    """Return an aware datetime in UTC; a naive one raises `ValueError`.

    Python compares and subtracts two datetimes of one zone by the wall, an hour out when the clocks have changed
    between them; so what comes in is kept in UTC.
    """
    if at.tzinfo is None:
        raise ValueError(f"A time needs its zone: {at.isoformat()} has none.")
    return at.astimezone(UTC)


def elapsed(start: datetime, end: datetime) -> timedelta:
    """Return the true time from one aware datetime to another, whatever their zones."""
    return timedelta(microseconds=to_us(end) - to_us(start))


def to_us(at: datetime) -> int:
    """Return an aware datetime as microseconds since 1970 UTC."""
    d = at - _EPOCH
    return (d.days * 86400 + d.seconds) * SECOND_US + d.microseconds


def from_us(us: int, tz: ZoneInfo) -> datetime:
    """Return microseconds since 1970 UTC as a datetime of a zone."""
    return (_EPOCH + timedelta(microseconds=us)).astimezone(tz)


def midnight_us(ordinal: int) -> int:
    """Return midnight of a date as if its zone were UTC."""
    return (ordinal - _EPOCH_ORDINAL) * DAY_US


def offset_us(us: int, tz: ZoneInfo) -> int:
    """Return a zone's offset from UTC at an instant, in microseconds."""
    offset = from_us(us, tz).utcoffset()
    return offset // _MICROSECOND if offset is not None else 0


@lru_cache(maxsize=65536)
def stretches(ordinal: int, zone: str) -> tuple[tuple[int, int, int], ...]:
    """Return a date as (start, end, offset) stretches of unchanging offset, in microseconds.

    Together they are exactly the instants at which the wall clock of the zone shows this date: 23 hours in two
    stretches when the clocks go forward, 25 when they go back.
    """
    tz = ZoneInfo(zone)
    midnight = midnight_us(ordinal)
    lo, hi = midnight - 26 * HOUR_US, midnight + 50 * HOUR_US
    marks = [(lo, offset_us(lo, tz))]
    for us in range(lo + HOUR_US, hi + 1, HOUR_US):
        offset = offset_us(us, tz)
        if offset != marks[-1][1]:
            marks.append((_change(us - HOUR_US, us, tz), offset))
    found = []
    for i, (start, offset) in enumerate(marks):
        end = marks[i + 1][0] if i + 1 < len(marks) else hi
        a, b = max(start, midnight - offset), min(end, midnight - offset + DAY_US)
        if a < b:
            found.append((a, b, offset))
    return tuple(found)


def _change(lo: int, hi: int, tz: ZoneInfo) -> int:
    """Return the first instant in (lo, hi] with the offset of `hi`, to the second."""
    new = offset_us(hi, tz)
    while hi - lo > SECOND_US:
        middle = (lo + hi) // 2 // SECOND_US * SECOND_US
        lo, hi = (lo, middle) if offset_us(middle, tz) == new else (middle, hi)
    return hi
