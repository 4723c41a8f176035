"""The map of any filter is drawn from sums, and is what a count of the reports themselves would give."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moothall.core.bulk import copy_rows
from moothall.places.geometry import Box
from moothall.reports import cells
from moothall.reports.actions.keeping import _COLUMNS
from moothall.reports.cells import first_whole_month, recount_if_needed
from moothall.reports.models import Cell, Report
from moothall.reports.queries import ReportFilter, map_view, newest_reports

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
TOWN = Box(53.5, -2.0, 54.1, -1.1)
STREET = Box(53.7995, -1.552, 53.8015, -1.548)


@pytest.fixture
def many(council: Any) -> list[Report]:
    """A few thousand reports over two years, of every ending."""
    dice, rows = random.Random(5), []
    endings = ("fixed", "fixed", "not_ours", "cannot_find", "not_done", "made_safe")
    for n in range(3_000):
        latitude, longitude = round(dice.gauss(53.80, 0.02), 6), round(dice.gauss(-1.55, 0.03), 6)
        opened, is_open = NOW - timedelta(days=730 * dice.random()), dice.random() < 0.2
        ending = "" if is_open else "withdrawn" if n % 500 == 3 else dice.choice(endings)
        is_open = not ending
        rows.append(
            (
                UUID(int=(1 << 96) + n), f"{n:08X}", dice.choice(["pothole", "graffiti"]), "w1", "Near Mill Lane", latitude,
                longitude, *cells.cells_of(latitude, longitude), is_open, "received" if is_open else "done", ending, "", None,
                "", "", [], 0, False, opened, opened, None if is_open else opened,
            )
        )  # fmt: skip
    copy_rows("reports_report", _COLUMNS, rows)
    cells.recount()
    return list(Report.objects.all())


@pytest.mark.parametrize("state", ["", "open", "closed", "fixed", "not_done", "withdrawn"])
@pytest.mark.parametrize("days", [None, 7, 30, 365])
def test_any_filter_gives_the_reports_it_lets_through(many: list[Report], state: str, days: int | None) -> None:
    since = NOW - timedelta(days=days) if days else None
    filter_ = ReportFilter(services=("pothole",), state=state, since=since)
    meant = [
        one
        for one in many
        if one.service == "pothole"
        and (not state or (one.is_open == (state == "open") if state in {"open", "closed"} else one.ending == state))
        and (since is None or one.opened_at >= since)
    ]
    with CaptureQueriesContext(
        connection,
    ) as asked:
        view = map_view(TOWN, filter_)
    assert view.total == len(meant)
    assert sum(one.open for one in view.clusters) == sum(one.is_open for one in meant)
    assert len(asked) <= 3
    if view.single:
        assert {one.reference for one in view.clusters} == {one.reference for one in meant}
    else:
        read = [one["sql"] for one in asked if "reports_report" in one["sql"]]
        assert all("opened_at <=" in sql for sql in read), "of the rows at most the month in which the span begins"


def test_a_list_of_a_street_is_found_by_its_squares(many: list[Report]) -> None:
    with CaptureQueriesContext(connection) as asked:
        rows = newest_reports(ReportFilter(box=STREET)).rows
    inside = [
        one for one in many
        if STREET.south <= (one.latitude or 0) <= STREET.north and STREET.west <= (one.longitude or 0) <= STREET.east
    ]  # fmt: skip
    assert {one.reference for one in rows} == {one.reference for one in inside}
    assert '"cell15" IN' in asked[0]["sql"]


def test_sums_that_another_version_wrote_are_put_right(many: list[Report]) -> None:
    assert not recount_if_needed()
    Cell.objects.filter(is_open=False, level=15, month__gte=cells.ENDED).delete()
    Cell.objects.create(level=15, x=1, y=1, service="pothole", area="", is_open=False, month=202611, reports=2)
    assert recount_if_needed()
    assert map_view(TOWN, ReportFilter(state="fixed")).total == sum(one.ending == "fixed" for one in many)
    assert not recount_if_needed()


@pytest.mark.parametrize(
    ("moment", "month"),
    [
        (datetime(2026, 11, 1, tzinfo=UTC), (2026, 11)), (datetime(2026, 11, 1, 0, 0, 1, tzinfo=UTC), (2026, 12)),
        (datetime(2026, 12, 31, tzinfo=UTC), (2027, 1)), (datetime(2027, 1, 31, 23, tzinfo=UTC), (2027, 2)),
    ],
)  # fmt: skip
def test_the_first_whole_month(moment: datetime, month: tuple[int, int]) -> None:
    found = first_whole_month(moment)
    assert (found.year, found.month, found.day) == (*month, 1)
