"""The starts of a run of days as a row of bits, so that what is free at forty places is worked out in a few operations.

A `Grid` is the row for one kind of hours: bit n stands for its n-th start. What a claim takes away is a mask of bits,
worked out once and kept, because claims lie on the same starts week after week.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from moothall.bookings.rules import minute_of, moment_of, starts_on, weekday_of
from moothall.core.packs import Pack
from moothall.core.zone import LONDON, council_date
from moothall.promises.pack import calendar_of

MOST_REMEMBERED = 20_000
LENGTH_BITS = 16


def packed(since: int, until: int) -> int:
    """Return a stretch from one minute to another as one number: the database packs them the same way."""
    return since << LENGTH_BITS | until - since


@lru_cache(maxsize=100_000)
def wall_of(start: int) -> int:
    """Return the minute of the day of a start, by our clocks."""
    local = moment_of(start).astimezone(LONDON)
    return local.hour * 60 + local.minute


@lru_cache(maxsize=100_000)
def day_of(start: int) -> date:
    """Return the day of a start, by our clocks."""
    return council_date(moment_of(start))


def bits(mask: int) -> Iterator[int]:
    """Return the places of the bits that are set, in order."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


class Grid:
    """Starts in order, in minutes since 1970, each of which needs [start − before, start + after) to be free."""

    def __init__(self, starts: Sequence[int], before: int, after: int) -> None:
        self.starts, self.before, self.after = tuple(starts), before, after
        self.whole = (1 << len(self.starts)) - 1
        self._blocked: dict[int, int] = {}
        self._hours: dict[tuple[int, int], int] = {}
        self._days: tuple[tuple[date, int], ...] | None = None
        self._rooms: Grid | None = None

    def rooms(self, length: int) -> Grid:
        """Return the same starts for a room that is needed besides: neither set up nor cleared."""
        if self._rooms is None or self._rooms.after != length:
            self._rooms = Grid(self.starts, 0, length)
        return self._rooms

    def free(self, busy: Iterable[int]) -> int:
        """Return the mask of the starts that meet nothing busy: stretches packed by `packed`."""
        known, taken = self._blocked, 0
        for stretch in busy:
            mask = known.get(stretch)
            taken |= self._block(stretch) if mask is None else mask
        return self.whole & ~taken

    def _block(self, stretch: int) -> int:
        since = stretch >> LENGTH_BITS
        until = since + (stretch & (1 << LENGTH_BITS) - 1)
        # start - before < until and start + after > since
        mask = self._between(since - self.after + 1, until + self.before)
        if len(self._blocked) >= MOST_REMEMBERED:
            self._blocked.clear()
        self._blocked[stretch] = mask
        return mask

    def _between(self, low: int, high: int) -> int:
        first, last = bisect_left(self.starts, low), bisect_left(self.starts, high)
        return ((1 << (last - first)) - 1) << first if last > first else 0

    def within(self, low: int, high: int) -> int:
        """Return the mask of the starts from one minute on and before another."""
        return self._between(low, high)

    def hours(self, from_minute: int, to_minute: int) -> int:
        """Return the mask of the starts at these hours of the day."""
        if from_minute <= 0 and to_minute >= 24 * 60:
            return self.whole
        key = (from_minute, to_minute)
        if key not in self._hours:
            self._hours[key] = self.only(n for n, s in enumerate(self.starts) if from_minute <= wall_of(s) < to_minute)
        return self._hours[key]

    def only(self, places: Iterable[int]) -> int:
        """Return the mask of these places."""
        mask = 0
        for n in places:
            mask |= 1 << n
        return mask

    def without(self, days: frozenset[date]) -> int:
        """Return the mask of all starts but those on some days."""
        mask = self.whole
        for day, its in self.days() if days else ():
            if day in days:
                mask &= ~its
        return mask

    def days(self) -> tuple[tuple[date, int], ...]:
        """Return each day that has starts, with their mask."""
        if self._days is None:
            found: dict[date, int] = {}
            for n, start in enumerate(self.starts):
                day = day_of(start)
                found[day] = found.get(day, 0) | 1 << n
            self._days = tuple(found.items())
        return self._days


@lru_cache(maxsize=256)
def grid_of(
    pack: Pack, calendar: str, length: int, step: int, whole_day: bool, times: tuple[Any, ...], first: date, last: date,
    before: int, after: int,
) -> Grid:  # fmt: skip
    """Return the row of one kind of hours from the first day to the last."""
    hours, by_day = calendar_of(pack, calendar), dict(times)
    found: list[int] = []
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        own = by_day.get(weekday_of(day), ())
        if by_day and not own:
            continue
        found.extend(starts_on(hours, day, minutes=length, step=step, whole_day=whole_day, times=own))
    return Grid(sorted(set(found)), before, after)


class FreeAt:
    """What is free at one site: a mask a unit, on one grid; and the rooms that are needed besides."""

    def __init__(self, grid: Grid, units: list[int]) -> None:
        self.grid, self.units = grid, units
        self.rooms: list[int] | None = None
        self.left: dict[int, int] = {}
        """Of sessions: the most places that one of them has left, by start."""

    def add(self, other: FreeAt) -> None:
        """Take in another unit of the same site that keeps the same hours."""
        self.units.extend(other.units)
        for start, left in other.left.items():
            self.left[start] = max(left, self.left.get(start, 0))

    @property
    def any(self) -> int:
        """The mask of the starts at which something, and a room where one is needed, is free."""
        mask = 0
        for unit in self.units:
            mask |= unit
        return mask & self._room()

    def _room(self) -> int:
        if self.rooms is None:
            return self.grid.whole
        mask = 0
        for room in self.rooms:
            mask |= room
        return mask

    def count(self, place: int) -> int:
        """Return how many can be had at a start."""
        units = sum(unit >> place & 1 for unit in self.units)
        return units if self.rooms is None else min(units, sum(room >> place & 1 for room in self.rooms))

    def joined(self, other: FreeAt) -> FreeAt:
        """Return both on one grid: units of a site that keep different hours."""
        both = FreeAt(Grid(sorted({*self.grid.starts, *other.grid.starts}), self.grid.before, self.grid.after), [])
        at = {start: n for n, start in enumerate(both.grid.starts)}
        for site in (self, other):
            moved = [both.grid.only(at[site.grid.starts[n]] for n in bits(mask)) for mask in site.units]
            there = FreeAt(both.grid, moved)
            there.left = site.left
            both.add(there)
        return both


def minutes_of(since: Any, until: Any) -> tuple[int, int]:
    """Return two moments in minutes since 1970, the first rounded up: no start before it counts."""
    return -(-int(since.timestamp()) // 60), minute_of(until) + (1 if until.second or until.microsecond else 0)
