"""Reconciling a generated month of payments with 1 % faults of seven kinds, file by file, in a database of its own."""

from __future__ import annotations

import csv
import io
import os
import shutil
import time
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import cycle
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


HEADINGS = (
    "Reference", "Description", "Email", "Amount", "Card Brand", "Cardholder Name", "Card Expiry Date", "Card Number",
    "State", "Finished", "Error Code", "Error Message", "Provider ID", "GOV.UK Payment ID", "Issued By", "Date Created",
    "Time Created", "Corporate Card Surcharge", "Total Amount", "Wallet Type", "Card Type",
)  # fmt: skip
"""What GOV.UK Pay's own download has."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the provider's, as its file has it."""

    reference: str
    payment: str
    pence: int
    on: date
    state: str = "Success"


@dataclass(slots=True)
class Statements:
    """The provider's rows by the day of their file, and what ought to be found open in the end: (payment or None, kind)."""

    rows: dict[date, list[Row]]
    faulty: dict[Any, str]
    ought: Counter[tuple[Any, str]]


def statements(paid: list[Paid], rng: Random) -> Statements:
    """What the provider's files say of a month in which one in a hundred is wrong in one of seven ways, each in several guises.

    This knows nothing of how lines are matched: each guise says what a person with both lists before her would say of it.
    """
    made = Statements({}, {}, Counter())
    by_day: dict[date, list[Paid]] = {}
    for one in paid:
        by_day.setdefault(one.at.date(), []).append(one)
    spoilt = rng.sample(paid, len(paid) // 100)
    made.faulty = {one.attempt: kind for one, kind in zip(spoilt, cycle(KINDS), strict=False)}
    for one in paid:
        row = Row(f"{one.reference}-1", one.provider_id, one.pence, one.at.date() + timedelta(days=rng.randint(0, 1)))
        kind = made.faulty.get(one.attempt)
        innocent = [other for other in by_day[one.at.date()] if other.attempt not in made.faulty]
        rows, said = _spoilt(row, kind, one, rng.choice(innocent), rng) if kind and innocent else ([row], [])
        if rng.random() < 0.05:  # somebody whose card was not taken first
            rows.append(replace(row, payment=f"{rng.getrandbits(104):026x}", state="Declined"))
        made.ought.update(said)
        for each in rows:
            made.rows.setdefault(each.on, []).append(each)
    return made


def _spoilt(row: Row, kind: str, one: Paid, other: Paid, rng: Random) -> tuple[list[Row], list[tuple[Any, str]]]:
    later, named = timedelta(days=rng.randint(1, 9)), [(one.attempt, kind)]
    match kind:
        case "missing":
            return [], named
        case "duplicate":
            return [row, replace(row, on=row.on + timedelta(days=rng.choice((0, 0, 1, 3, 9))))], named
        case "wrong_amount":
            wrong = rng.choice(
                (row.pence - 100, row.pence - 1, row.pence + 1, row.pence + 90, row.pence * 10, row.pence // 2)
            )
            return [replace(row, pence=max(1, wrong))], named
        case "wrong_reference":
            return _misnamed(row, one, other, rng)
        case "late":
            return [replace(row, on=one.at.date() + timedelta(days=5) + later)], named
        case "reversed":
            return [
                row,
                replace(row, state="Dispute lost", on=row.on + timedelta(days=rng.choice((0, 1, 5, 20)))),
            ], named
    rest, rows = row.pence, []
    for _ in range(rng.randint(1, 2)):
        part = rng.randint(1, max(1, rest - 2))
        if part < rest:
            rows.append(replace(row, pence=part, on=row.on + timedelta(days=rng.choice((0, 0, 1, 3, 8)))))
            rest -= part
    return [*rows, replace(row, pence=rest, on=row.on + timedelta(days=rng.choice((0, 1, 2, 9))))], named


def _misnamed(row: Row, one: Paid, other: Paid, rng: Random) -> tuple[list[Row], list[tuple[Any, str]]]:
    """A wrong reference: beside the provider's id it is only that. Without the id a slip can be seen through; what is wrong by
    much, or is another payment's, is money nobody can place, and a payment that is not there.
    """
    far = "".join(rng.choice(ALPHABET) for _ in range(8)) + "-1"
    named = [(one.attempt, "wrong_reference")]
    match rng.randrange(6):
        case 0:
            return [replace(row, reference=_slip(row.reference, rng))], named
        case 1:
            return [replace(row, reference=far)], named
        case 2:
            return [replace(row, reference=f"{other.reference}-1")], named
        case 3:
            return [replace(row, payment="", reference=far)], [(one.attempt, "missing"), (None, "unknown")]
        case 4:
            twice = (other.attempt, "duplicate") if other.pence == one.pence else (None, "unknown")
            return [replace(row, payment="", reference=f"{other.reference}-1", on=one.at.date() + timedelta(days=1))], [
                (one.attempt, "missing"), twice
            ]  # fmt: skip
    return [replace(row, payment="", reference=_slip(row.reference, rng))], named


def as_file(rows: list[Row]) -> bytes:
    """The rows as the provider's file, with all its columns."""
    held = io.StringIO()
    writer = csv.writer(held)
    writer.writerow(HEADINGS)
    for row in rows:
        sign = "-" if row.state.startswith(("Dispute", "Refund")) else ""
        amount = f"{sign}{row.pence // 100:,}.{row.pence % 100:02d}"
        writer.writerow((
            row.reference, "Garden waste", "", amount, "Visa", "M JONES", "12/28", "4242", row.state, "true", "", "", "x",
            row.payment, "", f"{row.on.day:02d} {row.on:%b %Y}", "09:30:00", "0.00", amount, "", "credit",
        ))  # fmt: skip
    return held.getvalue().encode()


def _slip(reference: str, rng: Random) -> str:
    """A reference as somebody types it wrong: a character wrong, two swapped, one left out."""
    place = rng.randrange(7)
    first, second = reference[place], reference[place + 1]
    if rng.random() < 0.4 and first != second:
        return reference[:place] + second + first + reference[place + 2 :]
    if rng.random() < 0.3:
        return reference[:place] + reference[place + 1 :]
    return reference[:place] + rng.choice([c for c in ALPHABET if c != first]) + reference[place + 1 :]


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


def month(size: int, seed: int = 4, *, shuffled: bool = False) -> dict[str, Any]:
    """Bring a month in through the reader of files, a day at a time, or in any order of its files; return the figures, with
    every fault not found or invented.
    """
    from moothall.payments.actions.bringing import take_statement
    from moothall.payments.models import Difference

    rng = Random(seed)
    paid = payments(size, rng)
    keep(paid)
    made = statements(paid, rng)
    last = max(made.rows) + timedelta(days=6)
    days = [FIRST + timedelta(days=n) for n in range((last - FIRST).days + 1)]
    if shuffled:
        rng.shuffle(days)
    took, slowest = 0.0, 0.0
    for n, day in enumerate([*days, last + timedelta(days=1)]):
        at = datetime(last.year, last.month, last.day, 20, tzinfo=UTC) + timedelta(days=n)
        raw = as_file(made.rows.get(day, [Row("OTHER", "x", 1, day, "Declined")]))
        began = time.perf_counter()
        take_statement("govuk_pay", raw, name=f"{day}.csv", by=SYSTEM, at=at)
        took, slowest = took + time.perf_counter() - began, max(slowest, time.perf_counter() - began)
    rows = Difference.objects.filter(settled_at=None).values_list("kind", "attempt_id")
    found = Counter((attempt, kind) for kind, attempt in rows)
    missed, invented = made.ought - found, found - made.ought
    return {
        "payments": size, "faults_made": len(made.faulty), "differences_due": made.ought.total(),
        "differences_found": (found & made.ought).total(), "missed": missed.total(), "invented": invented.total(),
        **{f"found_{kind}": sum(n for (_, one), n in found.items() if one == kind) for kind in (*KINDS, "unknown")},
        "seconds": round(took, 1), "slowest_file_ms": round(slowest * 1000),
        "payments_per_second": round(size / max(0.001, took)),
        "_wrong": {"missed": [k for _, k in missed], "invented": [k for _, k in invented]},
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
