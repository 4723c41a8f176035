"""A council's map with SIZE reports: drawing it, asking "already reported?", and how well that is told.

Invented reports lie along invented streets of a town 24 km by 22 km (density falls from its middle), in 13 services over two
years, 12 in 100 open, 400 on one point that stands for no place; they come in by COPY, the sums of the map by the product's
own count. Times are in process, one client, warm: what the database and we take, without HTTP. `box_20000` is a box that
holds 20,000 reports, drawn with a filter that sums cannot answer (an end date), so it reads the reports themselves.

`precision` and `recall` are of the labelled set `_duplicates.py` makes from Boston's reports; left out where that file is not.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

SIZE = 1_000_000
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
MIDDLE = (53.80, -1.55)
WORDS = [
    "deep",
    "hole",
    "bus",
    "stop",
    "kerb",
    "broken",
    "light",
    "flickering",
    "lamp",
    "post",
    "bags",
    "mattress",
    "tyres",
    "wall",
    "painted",
    "slogan",
    "bin",
    "overflowing",
    "glass",
    "needles",
    "drain",
    "blocked",
    "water",
    "branch",
    "fallen",
    "road",
    "pavement",
    "crossing",
    "school",
    "corner",
    "shop",
]
EACH = 300


def run(size: int) -> dict[str, Any]:
    """Bring the reports in unless they are there, and measure."""
    from moothall.core.postgres import Cluster

    cluster = Cluster(ROOT / ".moothall" / f"bench-reports-{size}")
    os.environ |= {"DATABASE_URL": cluster.start(), "MOOTHALL_MODE": "demo", "MOOTHALL_DB_POOL": "0"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "moothall.config.settings"
    try:
        import django

        django.setup()
        return {**prepare(size), **drawing(), **asking(), **telling()}
    finally:
        cluster.stop()


def prepare(size: int) -> dict[str, Any]:
    """Migrate, apply the pack and bring the reports in, unless they are there."""
    from django.core.management import call_command
    from django.db import connection, transaction

    from moothall.core.actors import SYSTEM
    from moothall.core.bulk import copy_rows
    from moothall.core.packs import apply_pack, load_pack
    from moothall.reports import cells
    from moothall.reports.actions.keeping import _COLUMNS
    from moothall.reports.models import Report

    call_command("migrate", verbosity=0, interactive=False)
    apply_pack(load_pack("leeds"), by=SYSTEM, at=NOW)
    began = time.perf_counter()
    if not Report.objects.exists():
        with transaction.atomic():
            copy_rows("reports_report", _COLUMNS, rows(size))
            counted = time.perf_counter()
            cells.recount()
    else:
        counted = began
    ended = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT pg_total_relation_size('reports_report'), count(*) FROM reports_cell")
        row = cursor.fetchone()
    return {
        "load_seconds": round(counted - began, 1), "recount_seconds": round(ended - counted, 1),
        "reports_megabytes": row[0] // 1_048_576, "cells": row[1],
    }  # fmt: skip


def rows(size: int) -> Iterator[tuple[Any, ...]]:
    """Yield the reports in the order of their columns."""
    from moothall.reports.cells import cells_of

    dice = random.Random(3)
    services = [
        "pothole",
        "street-light",
        "fly-tipping",
        "graffiti",
        "street-cleaning",
        "dog-fouling",
        "abandoned-vehicle",
        "blocked-gully",
        "tree-problem",
        "dead-animal",
        "discarded-needles",
        "dangerous-structure",
        "gritting",
    ]
    endings = ("fixed", "fixed", "fixed", "not_ours", "cannot_find", "not_done")
    streets = [(dice.gauss(MIDDLE[0], 0.045), dice.gauss(MIDDLE[1], 0.075)) for _ in range(9_000)]
    for n in range(size):
        if n % 2_500 == 7:
            latitude, longitude = MIDDLE
        else:
            middle = streets[int(dice.random() ** 1.5 * len(streets))]
            latitude, longitude = round(dice.gauss(middle[0], 0.0012), 6), round(dice.gauss(middle[1], 0.002), 6)
        opened = NOW - timedelta(days=730 * dice.random())
        is_open = dice.random() < 0.12
        closed = None if is_open else min(opened + timedelta(days=dice.expovariate(1 / 9)), NOW)
        cell15, cell18 = cells_of(latitude, longitude)
        yield (
            UUID(int=(1 << 96) + n), f"{n:08X}", services[int(dice.random() ** 1.8 * 13)], f"w{int((latitude - 53) * 40) % 33}",
            "Near Mill Lane", latitude, longitude, cell15, cell18, is_open, "received" if is_open else "done",
            "" if is_open else dice.choice(endings), "", None, "", " ".join(dice.sample(WORDS, 5)), [], 0, False, opened,
            opened, closed,
        )  # fmt: skip


def timed(name: str, do: Callable[[], Any], *, times: int = 40) -> dict[str, float]:
    """Return the median and the 95th in a hundred, in milliseconds."""
    do()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        do()
        taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    return {
        f"{name}_ms_p50": round(taken[len(taken) // 2], 1),
        f"{name}_ms_p95": round(taken[int(len(taken) * 0.95)], 1),
    }


def drawing() -> dict[str, Any]:
    """Draw the whole town, a part of it, and a box of 20,000 reports; say how long and how many bytes."""
    from moothall.interfaces.site.street_shapes import map_json
    from moothall.places.geometry import Box
    from moothall.reports.queries import ReportFilter, map_view, newest_reports

    town = Box(53.5, -2.0, 54.1, -1.1)
    figures: dict[str, Any] = {}
    plain = ReportFilter()
    figures |= timed("town", lambda: map_view(town, plain))
    figures["town_reports"] = map_view(town, plain).total
    figures["town_kilobytes"] = round(len(json.dumps(map_json(map_view(town, plain)))) / 1000, 1)
    figures |= timed("town_open_potholes", lambda: map_view(town, ReportFilter(services=("pothole",), state="open")))
    year = ReportFilter(since=NOW - timedelta(days=30))
    figures |= timed("town_last_30_days", lambda: map_view(town, year), times=10)
    figures |= timed("town_last_year", lambda: map_view(town, ReportFilter(since=NOW - timedelta(days=365))))
    figures |= timed("town_fixed", lambda: map_view(town, ReportFilter(state="fixed")))
    box = box_of_20000()
    long_ago = ReportFilter(until=NOW)
    figures["box_20000_reports"] = map_view(box, long_ago).total
    figures |= timed("box_20000", lambda: map_view(box, long_ago))
    figures["box_20000_kilobytes"] = round(len(json.dumps(map_json(map_view(box, long_ago)))) / 1000, 1)
    figures |= timed("box_20000_from_sums", lambda: map_view(box, plain))
    street = Box(53.7995, -1.552, 53.8015, -1.548)
    figures |= timed("street", lambda: map_view(street, plain))
    figures |= timed("street_list", lambda: newest_reports(ReportFilter(box=street)))
    return figures


def box_of_20000() -> Any:
    """Return a box around the middle that holds about 20,000 reports."""
    from moothall.places.geometry import Box
    from moothall.reports.models import Report

    low, high = 0.0005, 0.2
    for _ in range(18):
        half = (low + high) / 2
        box = Box(MIDDLE[0] - half, MIDDLE[1] - 1.7 * half, MIDDLE[0] + half, MIDDLE[1] + 1.7 * half)
        count = Report.objects.filter(
            latitude__range=(box.south, box.north), longitude__range=(box.west, box.east)
        ).count()
        low, high = (half, high) if count < 20_000 else (low, half)
    return Box(MIDDLE[0] - high, MIDDLE[1] - 1.7 * high, MIDDLE[0] + high, MIDDLE[1] + 1.7 * high)


def asking() -> dict[str, float]:
    """Ask for what is the same as new reports drawn along the streets, as the check page does."""
    from moothall.reports.likeness import Likely
    from moothall.reports.models import Report
    from moothall.reports.queries import candidates

    dice = random.Random(8)
    known = list(
        Report.objects.filter(case_id__gte=UUID(int=(1 << 96) + dice.randrange(10_000))).order_by("case_id")[:EACH]
    )
    taken = []
    for row in known:
        new = Likely(
            row.service, (row.latitude or 0) + dice.gauss(0, 0.0001), (row.longitude or 0) + dice.gauss(0, 0.0001), NOW,
            " ".join(dice.sample(WORDS, 4)),
        )  # fmt: skip
        began = time.perf_counter()
        candidates(new, at=NOW)
        taken.append((time.perf_counter() - began) * 1000)
    taken = sorted(taken[10:])
    return {
        "already_reported_ms_p50": round(taken[len(taken) // 2], 1),
        "already_reported_ms_p95": round(taken[int(len(taken) * 0.95)], 1),
    }


def telling() -> dict[str, Any]:
    """Return precision and recall on the labelled set, where Boston's reports are to be had."""
    from benchmarks._duplicates import labelled, measure, read_boston, thinned
    from benchmarks._shared import shared
    from moothall.core.packs import current_pack
    from moothall.reports.pack import STREET_REPORTS

    file = shared("service-requests/boston311_2015_jan-aug.csv.gz")
    if file is None:
        return {}
    base, crowded = read_boston(file)
    kept, rules = thinned(base), current_pack().one(STREET_REPORTS)
    found = measure(
        kept, labelled(kept, size=1500), likely=rules.likely, near=rules.near_metres, closed_days=rules.closed_days
    )
    return {"labelled_base": len(kept), "left_out_on_one_point": crowded, **found}
