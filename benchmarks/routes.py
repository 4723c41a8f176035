"""A generated day of 12 crews and SIZE jobs, planned, against crews that each go to the nearest job they can do.

Jobs lie in clusters over a district 20 km across; a quarter need one of three skills that four crews each have, the rest any
crew; a fifth are promised by noon, two or four o'clock. Crews start from three depots, work eight hours and take half an hour's
break. Roads are reckoned as `field.yaml` says (a straight line, times 1.3; see docs/adr/0025); both plans are timed by the same
function, breaks included. `less_travel_percent` and `promises_missed_…` (begun too late, or left for another day) are the
measure; figures are the mean of three days, seeds 1 to 3. No database.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
SIZE = 400
CREWS = 12
SEEDS = (1, 2, 3)
HOUR = 3600


def day(size: int, seed: int) -> tuple[Any, Any, Any]:
    """Make a day: stops, shifts and travel."""
    from moothall.field.planning.travel import Roads, travel_square
    from moothall.field.protocols import Shift, Stop

    rng = random.Random(f"routes:{seed}")
    depots = [(53.79, -1.57), (53.83, -1.50), (53.76, -1.48)]
    shifts = [Shift(depots[n % 3], 8 * HOUR, 16 * HOUR, HOUR // 2) for n in range(CREWS)]
    centres = [(53.80 + rng.uniform(-0.08, 0.08), -1.54 + rng.uniform(-0.14, 0.14)) for _ in range(14)]
    everyone = frozenset(range(CREWS))
    skilled = [frozenset(crew for crew in range(CREWS) if crew % 3 == skill) for skill in range(3)]
    stops = []
    for _ in range(size):
        centre = rng.choice(centres)
        place = (centre[0] + rng.gauss(0, 0.012), centre[1] + rng.gauss(0, 0.02))
        crews = rng.choice(skilled) if rng.random() < 0.25 else everyone
        promised = rng.random() < 0.2
        until = rng.choice((12, 14, 16)) * HOUR if promised else None
        stops.append(Stop(place, rng.choice((4, 5, 6, 8)) * 60, crews, 90 if promised else 10, until))
    return stops, shifts, travel_square([*(one.at for one in shifts), *(one.at for one in stops)], Roads())


def measure(plan: Any, stops: Any, shifts: Any, travel: Any) -> dict[str, float]:
    """What a plan comes to."""
    from moothall.field.planning.routes import time_route

    runs = [
        time_route([one for one, _ in route], crew, stops, shifts, travel) for crew, route in enumerate(plan.routes)
    ]
    missed = sum(run.late for run in runs) + sum(stops[one].until is not None for one in plan.left)
    return {"hours": sum(run.travel for run in runs) / HOUR, "done": len(stops) - len(plan.left), "missed": missed}


def run(size: int = SIZE) -> dict[str, Any]:
    """Plan three days both ways and return the figures."""
    from moothall.field.adapters.vroom import optimise
    from moothall.field.planning.routes import nearest_first

    found: dict[str, list[float]] = {}
    for seed in SEEDS:
        stops, shifts, travel = day(size, seed)
        near = measure(nearest_first(stops, shifts, travel), stops, shifts, travel)
        began = time.perf_counter()
        planned = optimise(stops, shifts, travel, seconds=20)
        took = time.perf_counter() - began
        ours = measure(planned, stops, shifts, travel)
        each = {
            "plan_seconds": took, "travel_hours_planned": ours["hours"], "travel_hours_nearest_first": near["hours"],
            "less_travel_percent": 100 * (1 - ours["hours"] / near["hours"]), "done_planned": ours["done"],
            "done_nearest_first": near["done"], "promises_missed_planned": ours["missed"],
            "promises_missed_nearest_first": near["missed"],
        }  # fmt: skip
        for name, value in each.items():
            found.setdefault(name, []).append(value)
    figures: dict[str, Any] = {name: round(sum(values) / len(values), 1) for name, values in found.items()}
    figures["plan_seconds_most"] = round(max(found["plan_seconds"]), 1)
    figures["less_travel_percent_least"] = round(min(found["less_travel_percent"]), 1)
    return {"crews": CREWS, "days": len(SEEDS), **figures}


if __name__ == "__main__":
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE))
