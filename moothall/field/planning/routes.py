"""What a route takes, and where one more job fits with the least upset. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from moothall.field.protocols import Planned, Shift, Stop

Square = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Timed:
    """A route as it would run: when work on each stop begins, all travel, when the crew is back, stops begun too late."""

    begins: tuple[int, ...]
    travel: int
    back: int
    late: int


def time_route(
    route: Sequence[int], crew: int, stops: Sequence[Stop], shifts: Sequence[Shift], travel: Square
) -> Timed:
    """Run a route: the break is taken before the first stop that would begin after the middle of the day."""
    shift, base = shifts[crew], len(shifts)
    now, where, gone, late = shift.starts, crew, 0, 0
    middle, pause, begins = (shift.starts + shift.ends) // 2, shift.pause, []
    for one in route:
        step = travel[where][base + one]
        if pause and now + step >= middle:
            now, pause = now + pause, 0
        now, gone, where = now + step, gone + step, base + one
        begins.append(now)
        until = stops[one].until
        late += until is not None and now > until
        now += stops[one].seconds
    home = travel[where][crew]
    return Timed(tuple(begins), gone + home, now + pause + home, late)


def insert(
    one: int, routes: Sequence[Sequence[int]], stops: Sequence[Stop], shifts: Sequence[Shift], travel: Square, *,
    behind: Sequence[int] = (),
) -> tuple[int, int] | None:  # fmt: skip
    """Return (crew, place) where one more stop costs the least travel, nobody's day gets too long and no promise more is
    missed; ``None`` where it fits nowhere. ``behind`` says for each crew how many of its stops are over or under way."""
    best: tuple[int, int, int] | None = None
    for crew in sorted(stops[one].crews):
        route = list(routes[crew])
        now = time_route(route, crew, stops, shifts, travel)
        for place in range(behind[crew] if behind else 0, len(route) + 1):
            longer = time_route([*route[:place], one, *route[place:]], crew, stops, shifts, travel)
            if longer.back > shifts[crew].ends or longer.late > now.late:
                continue
            cost = longer.travel - now.travel
            if best is None or cost < best[0]:
                best = (cost, crew, place)
    return (best[1], best[2]) if best else None


def nearest_first(stops: Sequence[Stop], shifts: Sequence[Shift], travel: Square) -> Planned:
    """Plan as crews without a plan work: whoever is free next goes to the nearest job he can do and still get home."""
    base, left = len(shifts), set(range(len(stops)))
    routes: list[list[int]] = [[] for _ in shifts]
    free, where = [shift.starts for shift in shifts], list(range(base))
    active = set(range(base))
    while left and active:
        crew = min(active, key=lambda one: (free[one], one))
        near = sorted((travel[where[crew]][base + one], one) for one in left if crew in stops[one].crews)
        for _, one in near:
            run = time_route([*routes[crew], one], crew, stops, shifts, travel)
            if run.back <= shifts[crew].ends:
                routes[crew].append(one)
                left.discard(one)
                free[crew], where[crew] = run.begins[-1] + stops[one].seconds, base + one
                break
        else:
            active.discard(crew)
    timed = [time_route(route, crew, stops, shifts, travel) for crew, route in enumerate(routes)]
    return Planned(
        tuple(tuple(zip(route, run.begins, strict=True)) for route, run in zip(routes, timed, strict=True)),
        tuple(sorted(left)),
    )
