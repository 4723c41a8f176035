"""A bad morning: SIZE promises fall due at once, and one sweep owns up to each. Seconds, and promises a second.

Made in a database of its own in `.moothall/bench-sweep`, which is emptied of promises before each run. The sweep runs in
process, as a worker runs it: facts read, the break, the apology and the new date worked out, written and told, 500 in a transaction.
"""

from __future__ import annotations

import os
import time
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

SIZE = 10_000
ROOT = Path(__file__).resolve().parents[1]
AT_ONCE = 500


def run(size: int) -> dict[str, Any]:
    """Make the promises and sweep them."""
    from moothall.core.postgres import Cluster

    cluster = Cluster(ROOT / ".moothall" / "bench-sweep")
    os.environ |= {
        "DATABASE_URL": cluster.start(), "MOOTHALL_MODE": "demo", "DJANGO_SETTINGS_MODULE": "moothall.config.settings",
    }  # fmt: skip
    try:
        return _swept(size)
    finally:
        cluster.stop()


def _swept(size: int) -> dict[str, Any]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    from moothall.core.actors import SYSTEM
    from moothall.core.clock import now
    from moothall.core.events import together
    from moothall.core.packs import load_pack
    from moothall.core.packs.actions import apply_pack
    from moothall.promises.actions import NewPromise, make_promises
    from moothall.promises.rules import Standard, Unit
    from moothall.promises.sweep import sweep

    call_command("migrate", verbosity=0, interactive=False)
    with connection.cursor() as cursor:
        cursor.execute(
            "SET session_replication_role = replica"
        )  # clock facts are kept from being emptied: this is a trial
        cursor.execute("TRUNCATE promises_promise CASCADE")
        cursor.execute("SET session_replication_role = DEFAULT")
    apply_pack(load_pack("leeds"), by=SYSTEM, at=now())
    two_days = Standard("bin.complete", 2, Unit.WORKING_DAYS, "refuse", escalate_to="head-of-waste")
    at = now()
    began = time.perf_counter()
    for first in range(0, size, AT_ONCE):
        with transaction.atomic(), together():
            for _ in range(first, min(first + AT_ONCE, size)):
                new = NewPromise(
                    "complete", two_days, "case", uuid.uuid4(), at, service="missed-bin", team="refuse-collection"
                )
                make_promises([new], by=SYSTEM, at=at)
    made = time.perf_counter() - began
    began, busy = time.perf_counter(), time.process_time()
    counts = sweep(at + timedelta(days=5))
    spent, busy = time.perf_counter() - began, time.process_time() - busy
    if counts["broken"] != size:
        raise RuntimeError(f"The sweep owned up to {counts['broken']} of {size}.")
    return {
        "made_seconds": round(made, 1), "sweep_seconds": round(spent, 1), "sweep_processor_seconds": round(busy, 1),
        "per_second": round(size / spent),
    }  # fmt: skip
