"""The sums a map of a million is drawn from: how many reports lie in each square, kept in step row by row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from moothall.core.packs import current_pack
from moothall.places.geometry import Box, cell_of, cells_in
from moothall.reports.models import Cell, Report, Spot
from moothall.reports.pack import STREET_REPORTS

LEVELS: Final = (9, 11, 13, 15)
"""Grid levels whose sums are kept: squares of about 50, 12, 3 and 0.8 km in England."""
FINE: Final = 18
BOX: Final = 15
MOST_SQUARES: Final = 900
ENDED: Final = 1_000_000
ENDINGS: Final = ("", "fixed", "made_safe", "not_ours", "cannot_find", "not_done", "duplicate", "withdrawn")
"""How a report ended stands in front of its month, a million for each place in this list, which only grows at its end."""
NOWHERE: Final = "Place not known"
"""Where a report is that was put on a crowded point."""
_Key = tuple[int, int, int, str, str, bool, int]


def cells_of(latitude: float, longitude: float) -> tuple[int, int]:
    """Return a point's squares at the levels that find reports in a box and near a point."""
    column, row = cell_of(latitude, longitude, FINE)
    return ((column >> 3) << BOX) + (row >> 3), (column << FINE) + row


def near_cells(latitude: float, longitude: float) -> list[int]:
    """Return the square of a point and the eight around it: they hold everything within 95 m in Great Britain."""
    column, row = cell_of(latitude, longitude, FINE)
    return [((column + dx) << FINE) + row + dy for dx in (-1, 0, 1) for dy in (-1, 0, 1)]


def box_cells(box: Box) -> list[int] | None:
    """Return the squares that find the reports in a box; ``None`` for a box so wide that they would not help."""
    west, east, north, south = cells_in(box, BOX)
    if (east - west + 1) * (south - north + 1) > MOST_SQUARES:
        return None
    return [(x << BOX) + y for x in range(west, east + 1) for y in range(north, south + 1)]


def month_of(moment: datetime) -> int:
    """Return the month a report counts in."""
    return moment.year * 100 + moment.month


def first_whole_month(since: datetime) -> datetime:
    """Return when the first month begins that lies wholly after a moment, or begins with it."""
    at = since.astimezone(UTC)
    begins = at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return begins if begins == at else (begins + timedelta(days=32)).replace(day=1)


def counts(report: Report) -> list[tuple[_Key, float, float]]:
    """Return the sums this report is part of; none when it is hidden, joined to another, or has no place."""
    if report.hidden or report.cell18 is None or report.duplicate_of is not None:
        return []
    if report.latitude is None or report.longitude is None:
        return []
    column, row = report.cell18 >> FINE, report.cell18 & (2**FINE - 1)
    month = month_of(report.opened_at) + ENDED * ENDINGS.index(report.ending)
    return [
        (
            (
                level,
                column >> (FINE - level),
                row >> (FINE - level),
                report.service,
                report.area,
                report.is_open,
                month,
            ),
            report.latitude,
            report.longitude,
        )
        for level in LEVELS
    ]


def change(before: Iterable[tuple[_Key, float, float]], after: Iterable[tuple[_Key, float, float]]) -> None:
    """Take a report out of the sums it was in and put it in those it is in now. One statement."""
    sums: dict[_Key, list[float]] = defaultdict(lambda: [0, 0.0, 0.0])
    for sign, rows in ((-1, before), (1, after)):
        for key, latitude, longitude in rows:
            held = sums[key]
            held[0] += sign
            held[1] += sign * latitude
            held[2] += sign * longitude
    changed = [(*key, int(n), lat, lon) for key, (n, lat, lon) in sorted(sums.items()) if n or abs(lat) > 1e-12]
    if not changed:
        return
    marks = ", ".join(["(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"] * len(changed))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reports_cell (level, x, y, service, area, is_open, month, reports, latitudes, longitudes)"  # noqa: S608
            f" VALUES {marks} ON CONFLICT (level, x, y, service, area, is_open, month) DO UPDATE SET"
            " reports = reports_cell.reports + EXCLUDED.reports,"
            " latitudes = reports_cell.latitudes + EXCLUDED.latitudes,"
            " longitudes = reports_cell.longitudes + EXCLUDED.longitudes",
            [value for row in changed for value in row],
        )


def recount() -> None:
    """Make all sums again from the reports: after an import. Reports on crowded points lose their place first.

    Runs in the caller's transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE reports_cell IN EXCLUSIVE MODE")
        cursor.execute("DELETE FROM reports_cell")
        _crowded_anew(cursor)
        cursor.execute(
            "INSERT INTO reports_cell (level, x, y, service, area, is_open, month, reports, latitudes, longitudes)"
            " SELECT level, x, y, service, area, is_open, month, count(*), sum(latitude), sum(longitude) FROM ("
            "  SELECT level, (cell18 >> 18) >> (18 - level) AS x, (cell18 & 262143) >> (18 - level) AS y, service, area,"
            "   is_open, (extract(year FROM opened_at AT TIME ZONE 'UTC') * 100"
            "   + extract(month FROM opened_at AT TIME ZONE 'UTC'))::int"
            "   + 1000000 * coalesce(array_position(%s::text[], ending::text) - 1, 0) AS month, latitude, longitude"
            "  FROM reports_report, unnest(%s::int[]) AS level"
            "  WHERE cell18 IS NOT NULL AND NOT hidden AND duplicate_of IS NULL) AS squares"
            " GROUP BY level, x, y, service, area, is_open, month",
            [list(ENDINGS), list(LEVELS)],
        )


def _crowded_anew(cursor: CursorWrapper) -> None:
    """Count the points again. A crowded one keeps its count: its reports are no longer on it, and new ones come to it."""
    cursor.execute("DELETE FROM reports_spot WHERE NOT crowded")
    cursor.execute(
        "INSERT INTO reports_spot (latitude_e6, longitude_e6, reports)"
        " SELECT round(latitude * 1e6)::int, round(longitude * 1e6)::int, count(*) FROM reports_report"
        " WHERE latitude IS NOT NULL GROUP BY 1, 2"
        " ON CONFLICT (latitude_e6, longitude_e6) DO UPDATE SET reports = reports_spot.reports + EXCLUDED.reports"
    )
    cursor.execute("SELECT coalesce(sum(reports), 0) FROM reports_spot")
    most = current_pack().one(STREET_REPORTS).crowded_above(cursor.fetchone()[0])
    cursor.execute("UPDATE reports_spot SET crowded = true WHERE NOT crowded AND reports > %s", [most])
    cursor.execute(
        "UPDATE reports_report AS r SET latitude = NULL, longitude = NULL, cell15 = NULL, cell18 = NULL, place = %s"
        " FROM reports_spot AS s WHERE s.crowded AND s.latitude_e6 = round(r.latitude * 1e6)::int"
        " AND s.longitude_e6 = round(r.longitude * 1e6)::int",
        [NOWHERE],
    )


def recount_if_needed() -> bool:
    """Count again where the version before this one has counted otherwise. Says whether it did.

    It counted closed reports without how they ended, and left reports on crowded points.
    """
    otherwise = Cell.objects.filter(is_open=False, month__lt=ENDED).exclude(reports=0).exists()
    if not otherwise and not Spot.objects.filter(crowded=False, reports__gt=_crowded_now()).exists():
        return False
    with transaction.atomic():
        recount()
    return True


def _crowded_now() -> float:
    """Above how many reports a point is crowded, by how many reports the database thinks there are. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'reports_report'::regclass")
        found = cursor.fetchone()
    return current_pack().one(STREET_REPORTS).crowded_above(max(int(found[0]) if found else 0, 0))


def stands(report: Report) -> bool:
    """Count a new report on its exact point, if it has one, and say whether that is a place. One statement.

    From the report on that makes a point too crowded for a place, all reports on it have none: that takes a few more.
    """
    latitude, longitude = report.latitude, report.longitude
    if latitude is None or longitude is None:
        return True
    held, crowded = _count_spot(latitude, longitude)
    if crowded or held <= current_pack().one(STREET_REPORTS).crowded_spot or held <= _crowded_now():
        return not crowded
    spot = round(latitude * 1e6), round(longitude * 1e6)
    Spot.objects.filter(latitude_e6=spot[0], longitude_e6=spot[1]).update(crowded=True)
    rows = Report.objects.select_for_update().filter(cell18__in=near_cells(latitude, longitude)).order_by("case_id")
    before: list[tuple[_Key, float, float]] = []
    for row in rows:
        if (round((row.latitude or 0) * 1e6), round((row.longitude or 0) * 1e6)) == spot:
            before += counts(row)
            unplace(row)
            row.save(update_fields=["latitude", "longitude", "cell15", "cell18", "place"])
    change(before, [])
    return False


def unplace(report: Report) -> None:
    """Take a report off the point it was put on: where it is, nobody knows."""
    report.latitude = report.longitude = report.cell15 = report.cell18 = None
    report.place = NOWHERE


def _count_spot(latitude: float, longitude: float) -> tuple[int, bool]:
    """Count a report on its exact point; return how many were put there so far, and whether that is too many for a place."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reports_spot (latitude_e6, longitude_e6, reports) VALUES (%s, %s, 1)"
            " ON CONFLICT (latitude_e6, longitude_e6) DO UPDATE SET reports = reports_spot.reports + 1"
            " RETURNING reports, crowded",
            [round(latitude * 1e6), round(longitude * 1e6)],
        )
        found = cursor.fetchone()
    return (int(found[0]), bool(found[1])) if found else (0, False)
