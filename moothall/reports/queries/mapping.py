"""What a map shows: single reports where they are few, clusters where they are many, from sums where they are very many."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from django.db import connection

from moothall.places.geometry import Box, cells_in
from moothall.reports.cells import BOX, ENDED, ENDINGS, FINE, LEVELS, box_cells, first_whole_month, month_of
from moothall.reports.queries.finding import ReportFilter

MOST_SINGLE: Final = 400
ACROSS: Final = 24
"""About how many clusters stand side by side at most: what an eye tells apart on a screen, and what fits in 200 KB."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Some reports about one place. A single one has its reference and what it is."""

    latitude: float
    longitude: float
    reports: int
    open: int
    reference: str = ""
    service: str = ""


@dataclass(frozen=True, slots=True)
class MapView:
    """What lies in a box: clusters, and how many reports they stand for."""

    clusters: tuple[Cluster, ...]
    total: int
    single: bool


def map_view(box: Box, filter_: ReportFilter, *, across: int = ACROSS) -> MapView:
    """Return what a map of this box shows. At most three queries; never more than about a thousand clusters.

    ``across``: how many clusters have room side by side (a telephone has less).
    """
    level = _level(box, min(max(across, 4), ACROSS))
    if level <= LEVELS[-1] and filter_.until is None:
        kept = max(one for one in LEVELS if one <= max(level, LEVELS[0]))
        clusters = _from_sums(box, kept, filter_)
        total = sum(one.reports for one in clusters)
        if total > MOST_SINGLE:
            return MapView(tuple(clusters), total, single=False)
        return _singles(box, filter_, squares=_squares(box, filter_) if box_cells(box) is None else None)
    found = _singles(box, filter_, most=MOST_SINGLE + 1)
    if len(found.clusters) <= MOST_SINGLE:
        return found
    grouped = _grouped(box, min(max(level, 8), FINE), filter_)
    return MapView(tuple(grouped), sum(one.reports for one in grouped), single=False)


def _level(box: Box, across: int) -> int:
    """The grid level at which about so many squares stand side by side in the box."""
    level = 0
    while level < FINE:
        west, east, north, south = cells_in(box, level + 1)
        if max(east - west, south - north) + 1 > across:
            break
        level += 1
    return level


def _from_sums(box: Box, level: int, filter_: ReportFilter) -> list[Cluster]:
    parts, values = _sums(box, level, filter_)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(latitudes) / sum(reports), sum(longitudes) / sum(reports), sum(reports),"  # noqa: S608
            f" coalesce(sum(reports) FILTER (WHERE is_open), 0) FROM ({parts}) AS squares"
            " GROUP BY x, y HAVING sum(reports) > 0",
            values,
        )
        return [Cluster(round(lat, 5), round(lon, 5), int(n), int(o)) for lat, lon, n, o in cursor.fetchall()]


def _squares(box: Box, filter_: ReportFilter) -> list[int]:
    """The squares of a wide box that hold the few reports which a filter lets through: what finds them without a walk."""
    parts, values = _sums(box, BOX, filter_)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT x, y FROM ({parts}) AS squares GROUP BY x, y HAVING sum(reports) > 0", values)  # noqa: S608
        return [(x << BOX) + y for x, y in cursor.fetchall()]


def _sums(box: Box, level: int, filter_: ReportFilter) -> tuple[str, list[Any]]:
    """The sums of the squares in a box, by month; of the month in which a span begins its reports themselves."""
    west, east, north, south = cells_in(box, level)
    where = ["level = %s", "x BETWEEN %s AND %s", "y BETWEEN %s AND %s"]
    values: list[Any] = [level, west, east, north, south]
    if filter_.services:
        where.append("service = ANY(%s)")
        values.append(list(filter_.services))
    if filter_.state in {"open", "closed"}:
        where.append("is_open = %s")
        values.append(filter_.state == "open")
    elif filter_.state:
        where.append(f"month / {ENDED} = %s")
        values.append(ENDINGS.index(filter_.state) if filter_.state in ENDINGS else -1)
    if filter_.area:
        where.append("area = %s")
        values.append(filter_.area)
    names = "SELECT x, y, latitudes, longitudes, reports, is_open FROM reports_cell WHERE"
    if filter_.since is None:
        return f"{names} {' AND '.join(where)}", values
    whole, shift = first_whole_month(filter_.since), FINE - level
    where.append(f"month %% {ENDED} >= %s")
    values.append(month_of(whole))
    rest, more = _where(box, replace(filter_, until=whole - timedelta(microseconds=1)))
    begun = (
        f"SELECT (cell18 >> {FINE}) >> {shift}, (cell18 & {2**FINE - 1}) >> {shift}, latitude, longitude, 1, is_open"  # noqa: S608
        f" FROM reports_report WHERE {rest}"
    )
    return f"{names} {' AND '.join(where)} UNION ALL {begun}", values + more


def _where(box: Box, filter_: ReportFilter, squares: list[int] | None = None) -> tuple[str, list[Any]]:
    """Squares find the rows where they are not too many; the edges of the box then cut them."""
    where = ["NOT hidden", "duplicate_of IS NULL", "latitude BETWEEN %s AND %s", "longitude BETWEEN %s AND %s"]
    values: list[Any] = [box.south, box.north, box.west, box.east]
    squares = box_cells(box) if squares is None else squares
    where.append("cell15 IS NOT NULL" if squares is None else "cell15 = ANY(%s)")
    values += [] if squares is None else [squares]
    if filter_.services:
        where.append("service = ANY(%s)")
        values.append(list(filter_.services))
    if filter_.state in {"open", "closed"}:
        where.append("is_open = %s")
        values.append(filter_.state == "open")
    elif filter_.state:
        where.append("ending = %s")
        values.append(filter_.state)
    for column, operator, value in (
        ("area", "=", filter_.area or None), ("opened_at", ">=", filter_.since), ("opened_at", "<=", filter_.until),
    ):  # fmt: skip
        if value is not None:
            where.append(f"{column} {operator} %s")
            values.append(value)
    return " AND ".join(where), values


def _singles(
    box: Box, filter_: ReportFilter, *, most: int = MOST_SINGLE, squares: list[int] | None = None
) -> MapView:  # fmt: skip
    where, values = _where(box, filter_, squares)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT latitude, longitude, is_open, reference, service FROM reports_report WHERE {where} LIMIT %s",  # noqa: S608
            [*values, most],
        )
        found = tuple(
            Cluster(round(lat, 6), round(lon, 6), 1, int(is_open), reference, service)
            for lat, lon, is_open, reference, service in cursor.fetchall()
        )
    return MapView(found, len(found), single=True)


def _grouped(box: Box, level: int, filter_: ReportFilter) -> list[Cluster]:
    where, values = _where(box, filter_)
    shift = FINE - level
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT avg(latitude), avg(longitude), count(*), count(*) FILTER (WHERE is_open)"  # noqa: S608
            f" FROM reports_report WHERE {where}"
            f" GROUP BY (cell18 >> {FINE}) >> {shift}, (cell18 & {2**FINE - 1}) >> {shift}",
            values,
        )
        return [Cluster(round(lat, 5), round(lon, 5), int(n), int(o)) for lat, lon, n, o in cursor.fetchall()]
