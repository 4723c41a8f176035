"""Finding a free time: any site, any evening, indoors, step-free, in one search with the distance to each."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection

from moothall.bookings import capacity
from moothall.bookings.models import Tally
from moothall.bookings.pack import BOOKABLES, SITES, Bookable, Unit, units_of
from moothall.bookings.queries.views import BookingView, where_of
from moothall.bookings.rules import (
    DIMENSIONS,
    Spot,
    access_in,
    fits,
    free_starts,
    kilometres,
    minute_of,
    moment_of,
    say_slot,
    starts_on,
    weekday_of,
    window_of,
)
from moothall.core.packs import Pack, current_pack
from moothall.core.zone import LONDON
from moothall.promises.pack import calendar_of

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for. ``from_minute``/``to_minute`` are minutes of the day by the wall clock, for the start."""

    bookable: str
    since: datetime | None = None
    until: datetime | None = None
    sites: frozenset[str] = frozenset()
    near: tuple[float, float] | None = None
    within_km: float | None = None
    indoor: bool | None = None
    access: frozenset[str] = frozenset()
    way: str = ""
    needs: tuple[str, ...] = ()
    places: int = 1
    load: Mapping[str, int] = field(default_factory=dict)
    from_minute: int = 0
    to_minute: int = 24 * 60
    card: bool = False


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """One free time at one site: how many of what is wished for are free, and how far it is (kilometres)."""

    key: str
    site: str
    site_name: str
    where: str
    starts_at: datetime
    ends_at: datetime
    when: str
    free: int
    km: float | None
    access: tuple[str, ...]

    @property
    def day(self) -> date:
        """The day by our clocks."""
        return self.starts_at.astimezone(LONDON).date()


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: the first free times, how many there are in all, and how many on each day."""

    slots: tuple[FreeSlot, ...]
    total: int
    by_day: tuple[tuple[date, int], ...]
    drop_in: str = ""


def find(wish: Wish, *, at: datetime, limit: int = MOST_SHOWN) -> Found:
    """Return the free times for a wish, soonest first and then nearest. Two queries at most, whatever the number of sites.

    Raises:
        KeyError: the pack has no such bookable.
    """
    pack = current_pack()
    bookable = pack.of(BOOKABLES)[wish.bookable]
    first, last = window_of(bookable, now=at, card=wish.card)
    since = max(first, wish.since) if wish.since else first
    until = min(last, wish.until) if wish.until else last
    if since >= until:
        return Found((), 0, ())
    return _found(pack, bookable, wish, since, until, at, limit)


def _found(
    pack: Pack, bookable: Bookable, wish: Wish, since: datetime, until: datetime, at: datetime, limit: int
) -> Found:
    length = bookable.length(wish.needs)
    away = distances(pack, wish.near)
    units = [one for one in units_of(pack, bookable.code) if suits(pack, one, wish, away)]
    rooms = _rooms(pack, bookable, wish, units)
    busy = busy_times([*units, *rooms], since, until, at=at)
    taken = tallies([one for one in units if one.resource.capacity], since, until)
    bounds = (minute_of(since), minute_of(until))
    span = _Span(pack, bookable, length, since.astimezone(LONDON).date(), until.astimezone(LONDON).date())
    free: dict[str, Counter[int]] = {}
    for unit in units:
        starts = _within(span.starts(unit), bounds)
        if unit.resource.capacity:
            left = [s for s in starts if _fits(bookable, unit, s, taken.get(unit.code, {}), wish)]
        else:
            left = list(
                free_starts(starts, busy.get(unit.code, ()), before=bookable.set_up, after=length + bookable.clear)
            )
        free.setdefault(unit.resource.site or "", Counter()).update(left)
    if bookable.room and rooms:
        _with_rooms(free, rooms, busy, length)
    return _answer(pack, bookable, free, away, wish, length, limit)


def _answer(
    pack: Pack, bookable: Bookable, free: Mapping[str, Counter[int]], away: Mapping[str, float], wish: Wish,
    length: int, limit: int,
) -> Found:  # fmt: skip
    wall = _walls(wish)
    lines = sorted(
        (start, away.get(site, 0.0), site, count)
        for site, counts in free.items()
        for start, count in counts.items()
        if count > 0 and (wall is None or wall(start))
    )
    days = Counter(_day_of(start) for start, *_ in lines)
    sites = pack.of(SITES)
    slots = []
    for start, km, code, count in lines[:limit]:
        site, starts_at = sites.get(code), moment_of(start)
        ends_at = starts_at + timedelta(minutes=length)
        slots.append(
            FreeSlot(
                key=Spot(code, starts_at).key, site=code, site_name=site.name if site else "",
                where=where_of(site, wish.way), starts_at=starts_at, ends_at=ends_at,
                when=say_slot(bookable, starts_at, ends_at), free=count, km=km if code in away else None,
                access=site.access if site else (),
            )
        )  # fmt: skip
    drop_in = calendar_of(pack, bookable.drop_in).name if bookable.drop_in else ""
    return Found(tuple(slots), len(lines), tuple(sorted(days.items())), drop_in)


def _walls(wish: Wish) -> Any:
    """A test of a start by the hour of the day; None when any hour will do."""
    if wish.from_minute <= 0 and wish.to_minute >= 24 * 60:
        return None

    def within(start: int) -> bool:
        wall = _wall_of(start)
        return wish.from_minute <= wall < wish.to_minute

    return within


@lru_cache(maxsize=100_000)
def _wall_of(start: int) -> int:
    local = moment_of(start).astimezone(LONDON)
    return local.hour * 60 + local.minute


@lru_cache(maxsize=100_000)
def _day_of(start: int) -> date:
    return moment_of(start).astimezone(LONDON).date()


def distances(pack: Pack, near: tuple[float, float] | None) -> dict[str, float]:
    """Return the kilometres to every site; empty when nobody said where she sets out."""
    if near is None:
        return {}
    return {code: kilometres(near, (site.latitude, site.longitude)) for code, site in pack.of(SITES).items()}


def suits(pack: Pack, unit: Unit, wish: Wish, away: Mapping[str, float]) -> bool:
    """Say whether a unit is what is wished for: site, distance, indoors, access, and the way we would meet."""
    resource = unit.resource
    site = resource.site or ""
    if wish.sites and site not in wish.sites:
        return False
    if wish.within_km is not None and away.get(site, 0.0) > wish.within_km:
        return False
    if wish.indoor is not None and resource.indoor is not wish.indoor:
        return False
    if wish.way and wish.way not in resource.ways:
        return False
    if wish.access and wish.way in {"", "in_person"}:
        here = pack.of(SITES).get(site)
        return wish.access <= {*(here.access if here else ()), *resource.access}
    return True


def _rooms(pack: Pack, bookable: Bookable, wish: Wish, units: Sequence[Unit]) -> list[Unit]:
    """Return the rooms that are needed besides; none where we do not meet at a site."""
    if not bookable.room or wish.way not in {"", "in_person"}:
        return []
    sites = {unit.resource.site for unit in units}
    return [room for room in units_of(pack, bookable.room) if room.resource.site in sites]


def _with_rooms(
    free: dict[str, Counter[int]], rooms: Sequence[Unit], busy: Mapping[str, Sequence[tuple[int, int]]], length: int
) -> None:
    """Take away the times at which the site has no room for it."""
    for site, counts in free.items():
        starts = sorted(counts)
        held: Counter[int] = Counter()
        for room in rooms:
            if (room.resource.site or "") == site:
                held.update(free_starts(starts, busy.get(room.code, ()), before=0, after=length))
        free[site] = Counter({start: min(count, held[start]) for start, count in counts.items() if held[start]})


class _Span:
    """The starts of units over a run of days, made once for those that keep the same hours."""

    def __init__(self, pack: Pack, bookable: Bookable, length: int, first: date, last: date) -> None:
        self.pack, self.bookable, self.length, self.first, self.last = pack, bookable, length, first, last

    def starts(self, unit: Unit) -> Sequence[int]:
        times = tuple((day, tuple(hours)) for day, hours in unit.resource.times.items())
        whole = _starts_between(
            self.pack,
            unit.calendar,
            self.length,
            self.bookable.step,
            self.bookable.whole_day,
            times,
            self.first,
            self.last,
        )
        if not unit.closed:
            return whole
        return [start for start in whole if _day_of(start) not in unit.closed]


@lru_cache(maxsize=512)
def _starts_between(
    pack: Pack, calendar: str, length: int, step: int, whole_day: bool, times: tuple[Any, ...], first: date, last: date
) -> tuple[int, ...]:
    """The starts of every day from the first to the last, in order."""
    hours, by_day = calendar_of(pack, calendar), dict(times)
    found: list[int] = []
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        own = by_day.get(weekday_of(day), ())
        if by_day and not own:
            continue
        found.extend(starts_on(hours, day, minutes=length, step=step, whole_day=whole_day, times=own))
    return tuple(found)


def offers_start(pack: Pack, bookable: Bookable, unit: Unit, starts_at: datetime, length: int) -> bool:
    """Say whether this start is one that the unit has at all, taken or not."""
    day = starts_at.astimezone(LONDON).date()
    return day not in unit.closed and minute_of(starts_at) in _Span(pack, bookable, length, day, day).starts(unit)


def _within(starts: Sequence[int], bounds: tuple[int, int]) -> Sequence[int]:
    return starts[bisect_left(starts, bounds[0]) : bisect_left(starts, bounds[1])]


_BUSY = """
SELECT resource, array_agg((extract(epoch FROM lower(during)) / 60)::int),
 array_agg((extract(epoch FROM upper(during)) / 60)::int)
FROM bookings_claim
WHERE live AND resource = ANY(%s) AND during && tstzrange(%s, %s) AND (expires_at IS NULL OR expires_at > %s)
GROUP BY resource
"""


def busy_times(
    units: Iterable[Unit], since: datetime, until: datetime, *, at: datetime
) -> dict[str, list[tuple[int, int]]]:
    """Return when each unit is taken, in minutes since 1970. One query. A hold that has run out takes nothing."""
    codes = [unit.code for unit in units if not unit.resource.capacity]
    if not codes:
        return {}
    around = timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute(_BUSY, [codes, since - around, until + around, at])
        return {code: list(zip(begins, ends, strict=True)) for code, begins, ends in cursor.fetchall()}


def tallies(units: Iterable[Unit], since: datetime, until: datetime) -> dict[str, dict[int, dict[str, int]]]:
    """Return what is taken of each counted unit by start. One query; none where nothing is counted."""
    codes = [unit.code for unit in units]
    if not codes:
        return {}
    found: dict[str, dict[int, dict[str, int]]] = {}
    rows = Tally.objects.filter(resource__in=codes, starts_at__gte=since - timedelta(days=1), starts_at__lt=until)
    for row in rows:
        taken = {what: int(getattr(row, what)) for what in DIMENSIONS}
        found.setdefault(row.resource, {})[minute_of(row.starts_at)] = taken
    return found


def _fits(bookable: Bookable, unit: Unit, start: int, taken: Mapping[int, Mapping[str, int]], wish: Wish) -> bool:
    most = capacity.most_of(bookable.code, unit, _day_of(start))
    load = wish.load or {"units": wish.places}
    return fits(taken.get(start, {}), most, load)


def like(view: BookingView) -> Wish:
    """Return the search for another time for a booking: the same thing, met in the same way, at any site."""
    return Wish(
        view.bookable, way=view.way, needs=view.needs, places=view.places, load=view.load, card=bool(view.card),
        access=access_in(view.needs),
    )  # fmt: skip


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return when a day begins and ends by our clocks."""
    return datetime.combine(day, time(), tzinfo=LONDON), datetime.combine(
        day + timedelta(days=1), time(), tzinfo=LONDON
    )
