"""A point where a system puts what it could not locate is no place: no cluster there, nothing near it, said in the list."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from moothall.cases.models import Case
from moothall.core.bulk import copy_rows
from moothall.core.packs import current_pack
from moothall.places.geometry import Box
from moothall.reports import cells
from moothall.reports.actions.keeping import _COLUMNS
from moothall.reports.models import Report, Spot
from moothall.reports.pack import STREET_REPORTS
from moothall.reports.queries import ReportFilter, map_view, newest_reports
from tests.shared_data import shared_data

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
DUMMY = (53.8000, -1.5500)
WORLD = Box(-85, -180, 85, 180)


def put(points: list[tuple[float, float]]) -> None:
    """So many reports of potholes, as an import leaves them."""
    rows: list[tuple[Any, ...]] = [
        (
            UUID(int=(1 << 96) + n), f"{n:08X}", "pothole", "w1", "Near Mill Lane", latitude, longitude,
            *cells.cells_of(latitude, longitude), True, "received", "", "", None, "", "", [], 0, False,
            AT - timedelta(minutes=n), AT, None,
        )
        for n, (latitude, longitude) in enumerate(points)
    ]  # fmt: skip
    copy_rows("reports_report", _COLUMNS, rows)
    cells.recount()


def test_a_crowded_point_makes_no_cluster_and_its_reports_say_that_their_place_is_not_known(council: Any) -> None:
    elsewhere = [(53.81 + n * 0.0007, -1.55) for n in range(60)]
    put([*elsewhere, *([DUMMY] * 301)])
    view = map_view(WORLD, ReportFilter())
    assert view.total == 60, "no square says that a place has hundreds"
    near = Box(53.7999, -1.5502, 53.8001, -1.5498)
    assert map_view(near, ReportFilter()).total == 0
    assert newest_reports(ReportFilter(box=near)).rows == ()
    lost = newest_reports(ReportFilter(), after="", size=400).rows
    assert sum(one.place == "Place not known" for one in lost) == 301, "they are in the list, and say so"
    cells.recount()
    assert map_view(WORLD, ReportFilter()).total == 60, "counted again, it is crowded still"
    assert Spot.objects.get(crowded=True).reports == 301


def test_a_busy_corner_of_a_large_city_is_a_place(council: Any) -> None:
    rules = current_pack().one(STREET_REPORTS)
    assert rules.crowded_above(1_000) == 300
    assert rules.crowded_above(1_000_000) == 1_000
    put([DUMMY] * 300)
    assert map_view(WORLD, ReportFilter()).total == 300


def test_the_report_that_makes_a_point_crowded_takes_the_place_of_all_on_it(
    report: Callable[..., Case], council: Any, client: Client
) -> None:
    first, other = report(*DUMMY), report(53.8010, -1.5500)
    Spot.objects.filter(latitude_e6=53_800_000).update(reports=300)
    last = report(*DUMMY)
    after = report(*DUMMY)
    known = dict(Report.objects.values_list("case_id", "place"))
    assert [known[one.id] for one in (first, last, after)] == ["Place not known"] * 3
    assert known[other.id].startswith("Near")
    view = map_view(WORLD, ReportFilter())
    assert [one.reference for one in view.clusters] == [other.reference]
    page = client.get(f"/reports/{Report.objects.get(case_id=last.id).reference}", follow=True)
    assert "Place not known" in page.content.decode()
    assert 'data-map="one"' not in page.content.decode()
    assert Case.objects.get(id=last.id).latitude == DUMMY[0], "the case keeps what was sent"


@pytest.mark.long
def test_bostons_dummy_point_makes_no_hot_spot(council: Any) -> None:
    with gzip.open(shared_data("service-requests/boston311_2015_jan-aug.csv.gz"), "rt", encoding="utf-8") as file:
        points = [(float(row["LATITUDE"]), float(row["LONGITUDE"])) for row in csv.DictReader(file)]
    put(points)
    crowded = list(Spot.objects.filter(crowded=True).order_by("-reports").values_list("reports", flat=True))
    assert crowded[0] == 11_898
    view = map_view(WORLD, ReportFilter())
    assert view.total == len(points) - sum(crowded)
    around = map_view(Box(42.3575, -71.0610, 42.3615, -71.0565), ReportFilter())
    assert 300 < around.total < 2_000, around.total
    assert Report.objects.filter(place="Place not known").count() == sum(crowded)
