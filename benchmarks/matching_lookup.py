"""How long one record takes to be matched against SIZE records kept in PostgreSQL: milliseconds; how often its person is found.

The residents of the benchmark `matching` come in by `import_people` into a database of their own, kept in
`.moothall/bench-lookup-SIZE` for the next run; weights are those the product starts with. A record drawn at random is asked for as
if it came in anew (itself left out), in process, warm. `found_percent`: of those with another record of the same person, how many
had one among the answers; `first_percent`: as the surest of them.

`council`: the whole bulk run of a council on the same records, from the standardised rows in the database to what was found written
back there (`search_all`): seconds, learning weights (`train`) apart, and the most memory this process ever had.
"""

from __future__ import annotations

import csv
import os
import random
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

SIZE = 1_000_000
ASKED = 400


def run(size: int) -> dict[str, Any]:
    data = ROOT / ".moothall" / f"bench-lookup-{size}"
    os.environ |= {
        "MOOTHALL_MODE": "test",
        "MOOTHALL_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": "moothall.config.settings",
    }
    os.environ.pop("DATABASE_URL", None)
    from moothall.interfaces.cli.support import database

    with database():
        return _measured(size)


def _measured(size: int) -> dict[str, Any]:  # noqa: PLR0915  one measurement, told in order
    from uuid import UUID, uuid5

    from django.core.management import call_command
    from django.db import connection, transaction

    from benchmarks._shared import PREMISES, shared
    from benchmarks.matching import SEED
    from moothall.customers.matching.actions import import_people
    from moothall.customers.matching.models import PersonKey
    from moothall.customers.matching.queries import candidates
    from moothall.customers.matching.rules import standardise

    space = UUID(int=SEED)
    call_command("migrate", verbosity=0)
    folder = ROOT / ".moothall" / f"bench-residents-{size}"
    if not (folder / "truth.csv").exists():
        from benchmarks._residents import write_files

        write_files(folder, size, SEED, shared(PREMISES))
    figures: dict[str, Any] = {}
    if not PersonKey.objects.exists():
        began = time.perf_counter()

        def coming() -> Any:
            with (folder / "records.csv").open(newline="") as file:
                for row in csv.DictReader(file):
                    yield uuid5(space, row["record_id"]), None, row["system"], standardise(row)

        with transaction.atomic():
            import_people(coming())
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE customer_matching_personkey")
        figures["import_seconds"] = round(time.perf_counter() - began, 1)
    council = _council()  # before anything else fills the memory
    who: dict[str, str] = {}
    people: dict[str, list[str]] = {}
    with (folder / "truth.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            who[row["record_id"]] = row["person"]
            people.setdefault(row["person"], []).append(row["record_id"])
    chance = random.Random(SEED)
    ids = chance.sample(sorted(who), ASKED)
    wanted = set(ids)
    with (folder / "records.csv").open(newline="") as file:
        rows = {row["record_id"]: row for row in csv.DictReader(file) if row["record_id"] in wanted}
    taken, found, first, known, seen = [], 0, 0, 0, 0
    for at, record in enumerate(ids):
        person = standardise(rows[record])
        own = uuid5(space, record)
        began = time.perf_counter()
        answer = candidates(person, but=[own])
        taken.append((time.perf_counter() - began) * 1000)
        if at < 50:
            taken.clear()  # warm
        others = {uuid5(space, other) for other in people[who[record]]} - {own}
        seen += len(answer)
        if others:
            known += 1
            found += any(each.record_id in others for each in answer)
            first += bool(answer) and answer[0].record_id in others
    taken.sort()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size('customer_matching_personkey') / 1048576")
        (megabytes,) = cursor.fetchone()
    return figures | {
        "council": council,
        "lookup_ms_p50": round(median(taken), 1),
        "lookup_ms_p95": round(taken[int(len(taken) * 0.95)], 1),
        "lookup_ms_max": round(taken[-1], 1),
        "answers_mean": round(seen / len(ids), 1),
        "found_percent": round(100 * found / known, 1),
        "first_percent": round(100 * first / known, 1),
        "table_mb": int(megabytes),
    }


def _council() -> dict[str, Any]:
    import resource

    from moothall.core import clock
    from moothall.core.actors import SYSTEM
    from moothall.customers.linking.actions import search_all
    from moothall.customers.matching.actions import train
    from moothall.customers.matching.queries import forget_read_models, model_in_use

    figures: dict[str, Any] = {}
    if model_in_use().version is None:
        began = time.perf_counter()
        train(by=SYSTEM, at=clock.now())
        forget_read_models()
        figures["train_seconds"] = round(time.perf_counter() - began, 1)
    began = time.perf_counter()
    run = search_all(by=SYSTEM, at=clock.now())
    return figures | {
        "search_seconds": round(time.perf_counter() - began, 1),
        "records": run.records, "pairs_compared": run.compared, "joins": run.joins, "asks": run.asks,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip
