"""Finding a free time: any site, any evening, indoors, step-free, in one search with the distance to each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection

from moothall.bookings import capacity
from moothall.bookings.models import Tally
from moothall.bookings.pack import BOOKABLES, MOST_MINUTES, SITES, Bookable, Unit, units_of
from moothall.bookings.queries.grid import FreeAt, Grid, bits, grid_of, minutes_of
from moothall.bookings.queries.views import BookingView, where_of
from moothall.bookings.rules import (
    DIMENSIONS,
    Spot,
    access_in,
    fits,
    kilometres,
    minute_of,
    moment_of,
    say_slot,
    window_of,
)
from moothall.core.packs import Pack, current_pack
from moothall.core.zone import LONDON, council_date
from moothall.promises.pack import calendar_of

MOST_SHOWN = 200
LONGEST = 2 * MOST_MINUTES
"""Minutes that no claim is longer than, set-up and clearing included."""


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
    """One free time at one site: how many of what is wished for are free (of a session: places), and how far it is
    (kilometres)."""

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
    left: int | None = None
    """Places left in a session; None where places are not what is booked."""

    @property
    def left_words(self) -> str:
        """How many places are left, in words; nothing where places are not what is booked."""
        if self.left is None:
            return ""
        return "1 place left" if self.left == 1 else f"{self.left} places left"

    @property
    def day(self) -> date:
        """The day by our clocks."""
        return council_date(self.starts_at)


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: the first free times, how many there are in all, and how many on each day."""

    slots: tuple[FreeSlot, ...]
    total: int
    by_day: tuple[tuple[date, int], ...]
    drop_in: str = ""


def find(wish: Wish, *, at: datetime, limit: int = MOST_SHOWN, enough: int = 0, by_place: bool = False) -> Found:
    """Return the free times for a wish, soonest first and then nearest. Two queries at most, whatever the number of sites.

    ``enough`` shows the soonest days only that have so many times between them; ``by_place`` keeps the times of a day at one
    site together, the nearest site first. `total` and `by_day` count all there are.

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
    away = distances(pack, wish.near)
    free = _free_at(pack, bookable, wish, away, since, until, at)
    days: Counter[date] = Counter()
    for site in free.values():
        mask = site.any
        for day, its in site.grid.days():
            if count := (mask & its).bit_count():
                days[day] += count
    by_day = tuple(sorted(days.items()))
    shown = _first_of(free, pack, away, limit, by_place, _last_shown(by_day, enough or limit))
    drop_in = calendar_of(pack, bookable.drop_in).name if bookable.drop_in else ""
    slots = tuple(_slot(pack, bookable, wish, away, *line) for line in shown)
    return Found(slots, sum(days.values()), by_day, drop_in)


def _free_at(
    pack: Pack, bookable: Bookable, wish: Wish, away: Mapping[str, float], since: datetime, until: datetime, at: datetime
) -> dict[str, FreeAt]:  # fmt: skip
    """Return what is free at each site that suits, between two moments and at the hours wished for."""
    length = bookable.length(wish.needs)
    units = [one for one in units_of(pack, bookable.code) if suits(pack, one, wish, away)]
    rooms = _rooms(pack, bookable, wish, units)
    low, high = minutes_of(since, until)
    busy = busy_times([*units, *rooms], low - bookable.set_up, high + length + bookable.clear, at=at)
    taken = tallies([one for one in units if one.resource.capacity], since, until)
    days = (council_date(since), council_date(until))
    found: dict[str, FreeAt] = {}
    for unit in units:
        grid = _grid(pack, bookable, unit, length, *days)
        mask = grid.free(busy.get(unit.code, ())) & grid.without(unit.closed)
        mask &= grid.within(low, high) & grid.hours(wish.from_minute, wish.to_minute)
        code = unit.resource.site or ""
        if unit.resource.capacity:
            has = taken.get(unit.code, {})
            mask = grid.only(n for n in bits(mask) if _fits(bookable, unit, grid.starts[n], has, wish))
        here = FreeAt(grid, [mask])
        if bookable.kind == "session":
            here.left = _places_left(unit, [grid.starts[n] for n in bits(mask)], taken.get(unit.code, {}))
        if (known := found.get(code)) is None:
            found[code] = here
        elif known.grid is grid:
            known.add(here)
        else:
            found[code] = known.joined(here)
    if bookable.room and rooms:
        for code, site in found.items():
            grid = site.grid.rooms(length)
            site.rooms = [grid.free(busy.get(one.code, ())) for one in rooms if (one.resource.site or "") == code]
    return found


def _last_shown(by_day: Sequence[tuple[date, int]], enough: int) -> date:
    """The day by which the soonest days have enough between them; the last one where they never have."""
    so_far = 0
    for day, count in by_day:
        so_far += count
        if so_far >= enough:
            return day
    return date.max


Line = tuple[int, str, int, int | None]
"""A start, a site, how many can be had there, and how many places a session has left."""


def _first_of(
    free: Mapping[str, FreeAt], pack: Pack, away: Mapping[str, float], limit: int, by_place: bool, last: date
) -> list[Line]:
    """Return the first of what is free, in the order it is shown."""
    sites = pack.of(SITES)
    lines: list[tuple[Any, ...]] = []
    for code, site in free.items():
        km, mask, name = away.get(code, 0.0), site.any, sites[code].name if code in sites else ""
        left = limit
        for day, its in site.grid.days():
            if left <= 0 or day > last:
                break
            for n in bits(mask & its):
                start = site.grid.starts[n]
                lines.append((day, km, name, start, code, n) if by_place else (start, km, name, start, code, n))
                left -= 1
    lines.sort()
    return [(start, code, free[code].count(n), free[code].left.get(start)) for *_, start, code, n in lines[:limit]]


def _slot(
    pack: Pack, bookable: Bookable, wish: Wish, away: Mapping[str, float], start: int, code: str, count: int,
    left: int | None,
) -> FreeSlot:  # fmt: skip
    site, starts_at = pack.of(SITES).get(code), moment_of(start)
    ends_at = starts_at + timedelta(minutes=bookable.length(wish.needs))
    return FreeSlot(
        key=Spot(code, starts_at).key, site=code, site_name=site.name if site else "", where=where_of(site, wish.way),
        starts_at=starts_at, ends_at=ends_at, when=say_slot(bookable, starts_at, ends_at),
        free=count if left is None else left, km=away.get(code), access=site.access if site else (), left=left,
    )  # fmt: skip


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


def _grid(pack: Pack, bookable: Bookable, unit: Unit, length: int, first: date, last: date) -> Grid:
    times = tuple((day, tuple(hours)) for day, hours in unit.resource.times.items())
    return grid_of(
        pack, unit.calendar, length, bookable.step, bookable.whole_day, times, first, last, bookable.set_up,
        length + bookable.clear,
    )  # fmt: skip


def offers_start(pack: Pack, bookable: Bookable, unit: Unit, starts_at: datetime, length: int) -> bool:
    """Say whether this start is one that the unit has at all, taken or not."""
    day = council_date(starts_at)
    return day not in unit.closed and minute_of(starts_at) in _grid(pack, bookable, unit, length, day, day).starts


_BUSY = """
SELECT resource, array_agg(since_minute::bigint << 16 | until_minute - since_minute)
FROM (
 SELECT resource, since_minute, until_minute FROM bookings_claim
 WHERE live AND resource = ANY(%s) AND since_minute BETWEEN %s AND %s AND until_minute > %s
  AND (expires_at IS NULL OR expires_at > %s)
 UNION ALL
 SELECT unit.code, (extract(epoch FROM closure.since) / 60)::int, ceil(extract(epoch FROM closure.until) / 60)::int
 FROM bookings_closure closure
 JOIN unnest(%s::text[], %s::text[]) AS unit (code, site) ON unit.code = closure.resource
  OR closure.resource = '' AND unit.site = closure.site
 WHERE closure.ended_at IS NULL AND closure.until > to_timestamp(%s * 60.0) AND closure.since < to_timestamp(%s * 60.0)
) AS taken
GROUP BY resource
"""


def busy_times(units: Iterable[Unit], low: int, high: int, *, at: datetime) -> dict[str, list[int]]:
    """Return when each unit is taken or closed between two minutes since 1970, each stretch packed into one number as a
    `Grid` reads it. One query. A hold that has run out takes nothing; of what is counted only when it is closed is here."""
    asked = list(units)
    codes, sites = [unit.code for unit in asked], [unit.resource.site or "" for unit in asked]
    claimed = [unit.code for unit in asked if not unit.resource.capacity]
    if not codes:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_BUSY, [claimed, low - LONGEST, high, low, at, codes, sites, low, high])
        return dict(cursor.fetchall())


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
    most = capacity.most_of(unit)
    load = wish.load or {"units": wish.places}
    return fits(taken.get(start, {}), most, load)


def _places_left(unit: Unit, starts: Iterable[int], taken: Mapping[int, Mapping[str, int]]) -> dict[int, int]:
    """Return how many places a session has left at each of these starts."""
    most = capacity.most_of(unit).get("units")
    return {} if most is None else {start: most - taken.get(start, {}).get("units", 0) for start in starts}


def like(view: BookingView) -> Wish:
    """Return the search for another time for a booking: the same thing, met in the same way, at any site; under a roof
    where it was looked for under one."""
    return Wish(
        view.bookable, way=view.way, needs=view.needs, places=view.places, load=view.load, card=bool(view.card),
        access=access_in(view.needs), indoor=view.indoor,
    )  # fmt: skip


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return when a day begins and ends by our clocks."""
    return datetime.combine(day, time(), tzinfo=LONDON), datetime.combine(
        day + timedelta(days=1), time(), tzinfo=LONDON
    )
