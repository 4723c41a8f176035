"""Whose land a point is on, by the real outlines of Leeds: simplified, ragged, and lying edge to edge."""

from __future__ import annotations

import json
from itertools import pairwise
from math import atan2, pi
from typing import Any

import pytest

from moothall.core.actors import SYSTEM
from moothall.intake.place import Where
from moothall.intake.whose import whose_job
from moothall.places.actions import import_shapes, shapes_of_geojson
from moothall.places.finding import area_codes_by_point
from moothall.services.pack import SERVICES
from tests.shared_data import shared_data

pytestmark = [pytest.mark.django_db]


def test_each_wards_own_point_and_every_postcode_lie_in_one_ward(council: Any) -> None:
    wards = json.loads(shared_data("uk-geography/leeds_ward.geojson").read_bytes())
    postcodes = shared_data("uk-geography/leeds_postcodes.csv").read_text().splitlines()[1::100]
    assert import_shapes(shapes_of_geojson(wards, code="WD25CD", name="WD25NM"), by=SYSTEM) == 33
    held = [feature["properties"] for feature in wards["features"]]
    assert area_codes_by_point([(one["LAT"], one["LONG"]) for one in held]) == [one["WD25CD"] for one in held]
    places = [(float(lat), float(lon)) for _, lat, lon, _ in (line.split(",") for line in postcodes)]
    assert len(places) > 300
    assert "" not in area_codes_by_point(places)


def test_land_of_a_landlord_is_his_to_its_edge_and_no_further(council: Any) -> None:
    """Every second ward of the city is a landlord's, as one estate beside the other."""
    wards = json.loads(shared_data("uk-geography/leeds_ward.geojson").read_bytes())
    lines = shared_data("uk-geography/leeds_postcodes.csv").read_text().splitlines()[1::400]
    plain = shapes_of_geojson(wards, code="WD25CD", name="WD25NM", kind="estate")
    owned = shapes_of_geojson(wards, code="WD25CD", name="WD25NM", kind="estate", owner="housing-association")
    mixed = [one if number % 2 else other for number, (one, other) in enumerate(zip(owned, plain, strict=True))]
    import_shapes(mixed, by=SYSTEM)
    theirs = [one for one in mixed if one.owner]
    service = council.of(SERVICES)["fly-tipping"]
    places = [(float(lat), float(lon)) for _, lat, lon, _ in (line.split(",") for line in lines)]
    expected = [any(_inside(lat, lon, one.geometry["coordinates"][0]) for one in theirs) for lat, lon in places]
    assert 20 < sum(expected) < len(places) - 20
    for (lat, lon), is_theirs in zip(places, expected, strict=True):
        found = whose_job(service, {}, Where(latitude=lat, longitude=lon), council)
        assert (found.partner.code if found else None) == ("housing-association" if is_theirs else None), (lat, lon)


def _inside(lat: float, lon: float, ring: list[list[float]]) -> bool:
    """By turning round the point once: another way than the product's, so that the two check each other."""
    turned = 0.0
    for (x1, y1), (x2, y2) in pairwise(ring):
        a, b = atan2(y1 - lat, x1 - lon), atan2(y2 - lat, x2 - lon)
        turned += (b - a + pi) % (2 * pi) - pi
    return abs(turned) > pi
