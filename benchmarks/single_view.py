"""The page of one person with SIZE contacts, cases and records of other systems: milliseconds and statements, in process.

Makes its own council in a database of its own folder, asks for the single view 200 times, warm, and counts its statements.
"""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path
from typing import Any

SIZE = 500
ASKED = 200
ROOT = Path(__file__).resolve().parents[1]


def run(size: int) -> dict[str, Any]:
    """Measure the single view of somebody with so many contacts, half of them cases, joined from three records."""
    from benchmarks._council import council

    cluster = council(2_000, lambda words: None)
    try:
        return _measure(size)
    finally:
        cluster.stop()


def record_ids(delivery: Any) -> list[Any]:
    """The records a delivery brought."""
    return list(delivery.versions.values_list("record_id", flat=True))


def _measure(size: int) -> dict[str, Any]:
    from datetime import timedelta

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from moothall.cases.actions import ImportedCase, import_cases
    from moothall.cases.actions.opening import NewCase
    from moothall.contacts.importing import ImportedContact, import_contacts
    from moothall.core import clock
    from moothall.core.actors import SYSTEM
    from moothall.core.ids import new_id
    from moothall.customers.actions import create_customer
    from moothall.customers.linking.actions import link_record, merge, receive
    from moothall.customers.linking.adapters.json_file import objects
    from moothall.intake.person_queries import single_view

    now = clock.now()
    people = [
        create_customer(given_name="Amina", family_name=name, by=SYSTEM, at=now) for name in ("Dunn", "Dunne", "Shah")
    ]
    for other in people[1:]:
        merge(people[0].id, other.id, by=SYSTEM, at=now)
    contacts, cases = [], []
    for n in range(size):
        who, when, contact_id = people[n % 3].id, now - timedelta(hours=5 * n + 1), new_id()
        contacts.append(
            ImportedContact(id=contact_id, channel="phone", received_at=when, customer_id=who, service="missed-bin")
        )
        if n % 2:
            new = NewCase(
                service="missed-bin", channel="phone", team="refuse-collection", customer_id=who, contact_id=contact_id
            )
            cases.append(ImportedCase(new=new, opened_at=when))
    import_contacts(contacts, by=SYSTEM)
    import_cases(cases, by=SYSTEM)
    rows = [
        {"subscription": f"bench-{new_id()}", "first_name": "Amina", "last_name": f"Dunn{n}", "ends": "2027-01-01"}
        for n in range(6)
    ]
    delivered = receive("waste", objects(rows), how="rest", by=SYSTEM, at=now)
    for record_id in record_ids(delivered):
        link_record(record_id, people[0].id, by=SYSTEM, at=now)
    took = []
    for _ in range(ASKED):
        began = time.perf_counter()
        view = single_view(people[0].id, visible_to=SYSTEM, at=now)
        took.append((time.perf_counter() - began) * 1000)
    assert view is not None
    assert view.line.entries
    with CaptureQueriesContext(connection) as statements:
        single_view(people[0].id, visible_to=SYSTEM, at=now)
    ordered = sorted(took)
    return {
        "contacts": size, "cases": len(cases), "cores": os.cpu_count() or 0, "asked": ASKED,
        "single_view_ms_p50": round(statistics.median(ordered), 1),
        "single_view_ms_p95": round(ordered[int(ASKED * 0.95) - 1], 1), "statements": len(statements),
    }  # fmt: skip
