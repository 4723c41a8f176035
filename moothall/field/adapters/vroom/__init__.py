"""VROOM (BSD-2-Clause) through pyvroom: why this one is said in docs/adr/0025."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from moothall.field.protocols import Planned, Shift, Stop

HARD = 50
"""How hard VROOM looks is a level, not a time; a bigger day gets the quick one. The time is a limit on top of it."""


def optimise(
    stops: Sequence[Stop], shifts: Sequence[Shift], travel: Sequence[Sequence[int]], *, seconds: int
) -> Planned:
    """Plan with VROOM: first with every promise as a limit, then what could not be placed so once more without it."""
    first = _solve(stops, shifts, travel, seconds, promises=True)
    late = [one for one in first.left if stops[one].until is not None]
    if not late:
        return first
    return _solve(stops, shifts, travel, seconds, promises=True, but=frozenset(late))


def _solve(
    stops: Sequence[Stop], shifts: Sequence[Shift], travel: Sequence[Sequence[int]], seconds: int, *, promises: bool,
    but: frozenset[int] = frozenset(),
) -> Planned:  # fmt: skip
    # Here, for it brings pandas, which a process that plans nothing need not hold.
    import numpy as np
    import vroom

    able = [one for one, stop in enumerate(stops) if stop.crews]
    if not able or not shifts:
        return Planned(tuple(() for _ in shifts), tuple(range(len(stops))))
    problem = vroom.Input()
    problem.set_durations_matrix("car", np.array(travel, dtype=np.uint32))
    # Who can do a job is a skill of its own for each set of crews, so that areas, teams and pins are all told the same way.
    kinds = {crews: number for number, crews in enumerate({stops[one].crews for one in able})}
    for crew, shift in enumerate(shifts):
        middle = (shift.starts + shift.ends) // 2
        breaks = (
            [vroom.Break(1, time_windows=[vroom.TimeWindow(middle - 5400, middle + 5400)], service=shift.pause)]
            if shift.pause
            else []
        )
        problem.add_vehicle(
            vroom.Vehicle(
                crew + 1, start=crew, end=crew, time_window=vroom.TimeWindow(shift.starts, shift.ends), breaks=breaks,
                skills={number for crews, number in kinds.items() if crew in crews},
            )
        )  # fmt: skip
    for one in able:
        stop = stops[one]
        until = stop.until if promises and one not in but and stop.until is not None else 86_400
        problem.add_job(
            vroom.Job(
                one + 1, location=len(shifts) + one, default_service=stop.seconds, skills={kinds[stop.crews]},
                priority=max(0, min(100, stop.weight)), time_windows=[vroom.TimeWindow(0, max(until, 1))],
            )
        )  # fmt: skip
    level = 2 if len(able) <= HARD else 0
    frame = problem.solve(exploration_level=level, nb_threads=2, timeout=timedelta(seconds=seconds)).routes
    routes: list[list[tuple[int, int]]] = [[] for _ in shifts]
    if frame.empty:  # nobody can take anything: then it has no columns either
        return Planned(tuple(() for _ in shifts), tuple(range(len(stops))))
    for vehicle, kind, arrival, wait, number in zip(
        frame["vehicle_id"], frame["type"], frame["arrival"], frame["waiting_time"], frame["id"], strict=True
    ):
        if kind == "job":
            routes[int(vehicle) - 1].append((int(number) - 1, int(arrival) + int(wait)))
    placed = {one for route in routes for one, _ in route}
    return Planned(
        tuple(tuple(route) for route in routes), tuple(one for one in range(len(stops)) if one not in placed)
    )
