"""Distances, shapes and grids on the ground. Pure: degrees in, metres out; good to a part in a thousand within a county.

Points of shapes and lines are `[longitude, latitude]`, as in GeoJSON (RFC 7946); arguments are latitude first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import asin, cos, floor, hypot, log, pi, radians, sin, sqrt, tan
from typing import Any, Final

EARTH: Final = 6_371_008.8
"""Mean radius in metres (IUGG)."""
METRES_A_DEGREE: Final = EARTH * pi / 180
Point = Sequence[float]
Ring = Sequence[Point]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of latitude and longitude."""

    south: float
    west: float
    north: float
    east: float

    def holds(self, latitude: float, longitude: float) -> bool:
        """Say whether a point lies in it, its edges included."""
        return self.south <= latitude <= self.north and self.west <= longitude <= self.east


class NotAShape(ValueError):
    """The GeoJSON is not one we can keep; the message says what is wrong."""


def on_earth(latitude: float, longitude: float) -> bool:
    """Say whether these are a latitude and a longitude."""
    return -90 <= latitude <= 90 and -180 <= longitude <= 180


def metres_between(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Return the way over the ground between two points (haversine)."""
    north = radians(other_latitude - latitude)
    east = radians(other_longitude - longitude)
    part = sin(north / 2) ** 2 + cos(radians(latitude)) * cos(radians(other_latitude)) * sin(east / 2) ** 2
    return 2 * EARTH * asin(min(1.0, sqrt(part)))


def box_around(latitude: float, longitude: float, metres: float) -> Box:
    """Return the box that holds everything within so many metres."""
    north = metres / METRES_A_DEGREE
    east = north / max(cos(radians(latitude)), 0.01)
    return Box(latitude - north, longitude - east, latitude + north, longitude + east)


def metres_to_line(latitude: float, longitude: float, line: Sequence[Point]) -> float:
    """Return the distance to the nearest part of a line; infinite for a line without points."""
    flat = [_flat(latitude, longitude, point) for point in line]
    if not flat:
        return float("inf")
    if len(flat) == 1:
        return hypot(*flat[0])
    return min(_to_piece(start, end) for start, end in pairwise(flat))


def _flat(latitude: float, longitude: float, point: Point) -> tuple[float, float]:
    east = (point[0] - longitude) * METRES_A_DEGREE * cos(radians(latitude))
    return east, (point[1] - latitude) * METRES_A_DEGREE


def _to_piece(start: tuple[float, float], end: tuple[float, float]) -> float:
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = dx * dx + dy * dy
    along = 0.0 if length == 0 else max(0.0, min(1.0, -(start[0] * dx + start[1] * dy) / length))
    return hypot(start[0] + along * dx, start[1] + along * dy)


def within(latitude: float, longitude: float, rings: Sequence[Ring]) -> bool:
    """Say whether a point lies in a polygon (the outline, then holes). A point on an edge may fall either way."""
    return bool(rings) and _in_ring(latitude, longitude, rings[0]) and not any(
        _in_ring(latitude, longitude, hole) for hole in rings[1:]
    )  # fmt: skip


def _in_ring(latitude: float, longitude: float, ring: Ring) -> bool:
    inside = False
    for (east, north), (other_east, other_north) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (north > latitude) != (other_north > latitude):
            crossing = east + (latitude - north) * (other_east - east) / (other_north - north)
            inside ^= longitude < crossing
    return inside


def box_of(rings: Sequence[Ring]) -> Box:
    """Return the box of a polygon."""
    easts = [point[0] for point in rings[0]]
    norths = [point[1] for point in rings[0]]
    return Box(min(norths), min(easts), max(norths), max(easts))


def polygons_of(geometry: Any) -> list[list[Ring]]:
    """Return the polygons of a GeoJSON geometry.

    Raises:
        NotAShape: it is no Polygon or MultiPolygon, has a ring of fewer than four points, or points that are not on Earth.
    """
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in {"Polygon", "MultiPolygon"}:
        raise NotAShape(f"A shape is a Polygon or MultiPolygon; this is “{kind}”.")
    found = [geometry.get("coordinates")] if kind == "Polygon" else geometry.get("coordinates")
    try:
        polygons = [[[(float(p[0]), float(p[1])) for p in ring] for ring in rings] for rings in found or []]
    except (TypeError, ValueError, IndexError) as wrong:
        raise NotAShape("The shape has points that are not numbers.") from wrong
    for rings in polygons:
        if not rings or any(len(ring) < 4 for ring in rings):
            raise NotAShape("A ring of the shape has fewer than four points.")
        if not all(on_earth(north, east) for ring in rings for east, north in ring):
            raise NotAShape("A point of the shape is not on Earth. GeoJSON says longitude first, in degrees.")
    return [list(rings) for rings in polygons]


def cell_of(latitude: float, longitude: float, level: int) -> tuple[int, int]:
    """Return the column and row of the map grid (Web Mercator, 2^level each way) that holds a point."""
    most = 2**level
    bounded = max(-85.0511, min(85.0511, latitude))
    column = floor((longitude + 180) / 360 * most)
    up = log(tan(radians(bounded)) + 1 / cos(radians(bounded)))
    row = floor((1 - up / pi) / 2 * most)
    return max(0, min(most - 1, column)), max(0, min(most - 1, row))


def cells_in(box: Box, level: int) -> tuple[int, int, int, int]:
    """Return the first and last column and the first and last row of the grid that a box touches."""
    west, north = cell_of(box.north, box.west, level)
    east, south = cell_of(box.south, box.east, level)
    return west, east, north, south


def points_along(line: Sequence[Point], count: int) -> Iterator[tuple[float, float]]:
    """Yield so many (latitude, longitude) at equal steps from one end of a straight line to the other."""
    (west, south), (east, north) = line[0], line[-1]
    for n in range(count):
        share = (n + 0.5) / count
        yield south + (north - south) * share, west + (east - west) * share


def middle_of(points: Iterable[Point]) -> tuple[float, float]:
    """Return the mean point as (latitude, longitude)."""
    held = list(points)
    return sum(p[1] for p in held) / len(held), sum(p[0] for p in held) / len(held)
