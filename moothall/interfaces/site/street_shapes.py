"""Reports from the street in words: what the map, the list and a report's page show."""

from __future__ import annotations

from typing import Any

from moothall.core.references import show_reference
from moothall.reports.queries import MapView


def map_json(view: MapView) -> dict[str, Any]:
    """Return what the map draws: `[longitude, latitude, reports, open]`, a single one with its reference and service."""
    points: list[list[Any]] = []
    for one in view.clusters:
        point: list[Any] = [one.longitude, one.latitude, one.reports, one.open]
        if one.reference:
            point += [show_reference(one.reference), one.service]
        points.append(point)
    return {"total": view.total, "single": view.single, "points": points}
