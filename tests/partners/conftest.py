"""A town with streets, land and lamps of others."""

from __future__ import annotations

from typing import Any

import pytest

from moothall.core.actors import SYSTEM
from moothall.places.actions import AreaShape, StreetLine, import_assets, import_shapes, import_streets
from tests.reports.conftest import report, town

__all__ = ["report", "theirs", "town"]

OURS = (53.8000, -1.5500)
TRUNK = (53.8500, -1.5500)
ESTATE = (53.7800, -1.5500)
LAMP = (53.80005, -1.5495)


@pytest.fixture
def theirs(town: None, council: Any) -> None:
    """A trunk road, an estate of a landlord with a hole of our own in it, and a lamp of the parish in our street."""
    trunk = StreetLine(
        90, "Great North Road", "", "", [(-1.5600, 53.8500), (-1.5400, 53.8500)], "trunk", "national-highways"
    )
    import_streets([trunk], by=SYSTEM)
    outline = [[-1.552, 53.779], [-1.548, 53.779], [-1.548, 53.781], [-1.552, 53.781], [-1.552, 53.779]]
    hole = [[-1.5512, 53.7794], [-1.5508, 53.7794], [-1.5508, 53.7798], [-1.5512, 53.7798], [-1.5512, 53.7794]]
    land = {"type": "Polygon", "coordinates": [outline, hole]}
    import_shapes([AreaShape("estate-1", "Mill Estate", land, "estate", "housing-association")], by=SYSTEM)
    import_assets(
        [
            ("lamp-1", "lamp", "Lamp 1", "parish-council", *LAMP),
            ("lamp-2", "lamp", "Lamp 2", "", 53.8500, -1.5501),
        ],
        by=SYSTEM,
    )
