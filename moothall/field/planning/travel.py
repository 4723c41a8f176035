"""How long it takes from one place to another, where no road network is held. Pure.

An approximation, and an honest one: the straight line, times how much roads wind, at the speed of town streets for the
first three kilometres and of open roads beyond, and a minute to stop and get away again. It knows no river, no one-way
street and no traffic; its figures are each council's own (`field.yaml`). A matrix from a road network would take its
place behind the same function.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from moothall.field.protocols import Point

IN_TOWN_KM: Final = 3.0
EARTH_KM: Final = 6371.0


@dataclass(frozen=True, slots=True)
class Roads:
    """What is assumed of roads: see `FieldRules` in the pack."""

    winding: float = 1.3
    town_kmh: float = 24
    open_kmh: float = 40
    park_minutes: float = 1


def kilometres(a: Point, b: Point) -> float:
    """Return the straight line between two points, good to a part in a thousand over a district."""
    x = math.radians(b[1] - a[1]) * math.cos(math.radians((a[0] + b[0]) / 2))
    return EARTH_KM * math.hypot(x, math.radians(b[0] - a[0]))


def seconds_between(a: Point, b: Point, roads: Roads) -> int:
    """Return the seconds from one place to another; none between a place and itself."""
    far = kilometres(a, b) * roads.winding
    if far < 0.02:
        return 0
    hours = min(far, IN_TOWN_KM) / roads.town_kmh + max(0.0, far - IN_TOWN_KM) / roads.open_kmh
    return round(hours * 3600 + roads.park_minutes * 60)


def travel_square(points: Sequence[Point], roads: Roads) -> list[list[int]]:
    """Return the seconds from every point to every other."""
    return [[seconds_between(a, b, roads) for b in points] for a in points]
