"""Reconciling a generated month of payments with 1 % faults of seven kinds, a day at a time, in a database of its own."""

from __future__ import annotations

import os
import shutil
import time
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from django.db import connection

from moothall.core.actors import SYSTEM
from moothall.core.bulk import copy_rows
from moothall.core.ids import new_id
from moothall.core.reference_numbers import next_references
from moothall.core.references import ALPHABET

ROOT = Path(__file__).resolve().parents[1]
SIZE = 100_000
DAYS = 30
FIRST = date(2026, 10, 1)
KINDS = ("missing", "duplicate", "wrong_amount", "wrong_reference", "late", "reversed", "split")
PRICES = (150, 1050, 1200, 1250, 2450, 3000, 3400, 3850, 4900, 9800, 12400)


@dataclass(frozen=True, slots=True)
class Paid:
    """One payment that was taken."""

    attempt: Any
    intent: Any
    reference: str
    provider_id: str
    pence: int
    at: datetime


def payments(size: int, rng: Random) -> list[Paid]:
    """Payments over a month, more on working days, at prices councils have: many alike."""
    days = [FIRST + timedelta(days=n) for n in range(DAYS)]
    weights = [1.0 if day.weekday() < 5 else 0.45 for day in days]
    chosen = sorted(rng.choices(days, weights, k=size))
    found = []
    for day, reference in zip(chosen, next_references(size), strict=True):
        at = datetime(day.year, day.month, day.day, 8, tzinfo=UTC) + timedelta(seconds=rng.randrange(12 * 3600))
        found.append(Paid(new_id(), new_id(), reference, f"{rng.getrandbits(104):026x}", rng.choice(PRICES), at))
    return found


def statement(paid: list[Paid], rng: Random) -> tuple[dict[date, list[Any]], dict[Any, str]]:
    """The provider's lines by the day of their file, and which payments were given which fault."""
    from moothall.payments.actions.reconciling import NewLine

    faulty = dict(zip((one.attempt for one in rng.sample(paid, len(paid) // 100)), _cycle(KINDS), strict=False))
    by_day: dict[date, list[Any]] = {}
    for one in paid:
        day = one.at.date() + timedelta(days=1)
        line = NewLine("payment", one.provider_id, f"{one.reference}-1", one.pence, day)
        for made in _spoilt(line, faulty.get(one.attempt, ""), rng):
            by_day.setdefault(made.on, []).append(made)
    return by_day, faulty


def _spoilt(line: Any, fault: str, rng: Random) -> list[Any]:
    later = timedelta(days=rng.randint(1, 9))
    match fault:
        case "missing":
            return []
        case "duplicate":
            return [line, replace(line, on=line.on + timedelta(days=rng.randint(0, 3)))]
        case "wrong_amount":
            return [replace(line, pence=max(1, line.pence + rng.choice((-100, -1, 1, 9, 90, 1000))))]
        case "wrong_reference":
            return [replace(line, provider_id="", reference=_slip(line.reference, rng))]
        case "late":
            return [replace(line, on=line.on + timedelta(days=5) + later)]
        case "reversed":
            return [line, replace(line, kind="chargeback", pence=-line.pence, on=line.on + later)]
        case "split":
            part = rng.randint(1, line.pence - 1)
            rest = replace(line, pence=line.pence - part, on=line.on + timedelta(days=rng.randint(0, 1)))
            return [replace(line, pence=part), rest]
    return [line]


def _slip(reference: str, rng: Random) -> str:
    """A reference as somebody types it wrong: a character wrong, two swapped, one left out."""
    place = rng.randrange(7)
    first, second = reference[place], reference[place + 1]
    if rng.random() < 0.4 and first != second:
        return reference[:place] + second + first + reference[place + 2 :]
    if rng.random() < 0.3:
        return reference[:place] + reference[place + 1 :]
    return reference[:place] + rng.choice([c for c in ALPHABET if c != first]) + reference[place + 1 :]


def _cycle(kinds: tuple[str, ...]) -> Any:
    from itertools import cycle

    return cycle(kinds)


def keep(paid: list[Paid]) -> None:
    """Write the payments with their ledger as they would stand after a month."""
    copy_rows(
        "payments_intent",
        ("id", "reference", "state", "service", "channel", "team", "area", "restricted", "description", "lines", "income",
         "amount_pence", "vat_pence", "deposit_pence", "how", "why_void", "created_at", "changed_at", "done_at", "imported"),
        ((p.intent, p.reference, "done", "garden-waste", "web", "", "", "", "Garden waste", [], "waste-collections", p.pence, 0,
          0, "card", "", p.at, p.at, p.at, False) for p in paid),
    )  # fmt: skip
    copy_rows(
        "payments_attempt",
        ("id", "intent_id", "number", "method", "provider", "provider_id", "state", "amount_pence", "next_url",
         "failure", "created_at", "changed_at", "taken_at", "fee_pence"),
        ((p.attempt, p.intent, 1, "card", "govuk_pay", p.provider_id, "taken", p.pence, "", "", p.at, p.at, p.at, 0)
         for p in paid),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE payments_intent, payments_attempt"
        )  # as the server does by itself after so many new rows


def month(size: int, seed: int = 4) -> dict[str, Any]:
    """Bring a month in and reconcile it day by day; return the figures, with every fault not found or invented."""
    from moothall.payments.actions.reconciling import bring_statement, reconcile
    from moothall.payments.models import Difference

    rng = Random(seed)
    paid = payments(size, rng)
    keep(paid)
    by_day, faulty = statement(paid, rng)
    bring = match = 0.0
    slowest = 0.0
    last = max(by_day) + timedelta(days=6)
    day = FIRST
    while day <= last:
        at = datetime(day.year, day.month, day.day, 20, tzinfo=UTC)
        began = time.perf_counter()
        bring_statement("govuk_pay", by_day.get(day, []), name=f"{day}.csv", sha256=f"{seed}:{day}", by=SYSTEM, at=at)
        read = time.perf_counter()
        reconcile("govuk_pay", until=day, by=SYSTEM, at=at)
        took = time.perf_counter() - read
        bring, match, slowest = bring + read - began, match + took, max(slowest, took)
        day += timedelta(days=1)
    rows = Difference.objects.exclude(kind="missing", settled_at__isnull=False).values_list("kind", "attempt_id")
    found = Counter((attempt, kind) for kind, attempt in rows)
    wanted = Counter((attempt, kind) for attempt, kind in faulty.items())
    return {
        "payments": size, "faults_made": len(faulty), "faults_found": sum((found & wanted).values()),
        "faults_missed": sum((wanted - found).values()), "faults_invented": sum((found - wanted).values()),
        **{f"found_{kind}": sum(n for (_, one), n in found.items() if one == kind) for kind in (*KINDS, "unknown")},
        "bring_in_seconds": round(bring, 1), "reconcile_seconds": round(match, 1),
        "slowest_day_ms": round(slowest * 1000), "payments_per_second": round(size / max(0.001, bring + match)),
        "_wrong": {"missed": [k for _, k in (wanted - found)], "invented": [k for _, k in (found - wanted)]},
    }  # fmt: skip


def run(size: int) -> dict[str, Any]:
    """Run it in a council's database made for the purpose."""
    folder = ROOT / ".moothall" / "bench-reconciliation"
    shutil.rmtree(folder, ignore_errors=True)
    from moothall.core.postgres import Cluster

    cluster = Cluster(folder)
    os.environ |= {
        "DATABASE_URL": cluster.start(), "MOOTHALL_MODE": "demo", "MOOTHALL_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "moothall.config.settings",
    }  # fmt: skip
    try:
        import django

        django.setup()
        from django.core.management import call_command

        from moothall.core.clock import now
        from moothall.core.packs import load_pack
        from moothall.core.packs.actions import apply_pack

        call_command("migrate", verbosity=0, interactive=False)
        apply_pack(load_pack("leeds"), by=SYSTEM, at=now())
        figures = month(size)
    finally:
        cluster.stop()
    figures.pop("_wrong")
    return figures
