"""Payments made elsewhere or before our time, brought in many at once: in the books, and nobody is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.bulk import copy_rows
from moothall.core.ids import new_id
from moothall.core.reference_numbers import next_reference, next_references
from moothall.payments.actions.agreeing import part_of_bill
from moothall.payments.actions.ledger import post
from moothall.payments.models import Instalment, InstalmentState, Intent, Mandate, MandateState, Sale, SaleState, Till
from moothall.payments.rules import ledger
from moothall.payments.rules.debits import Account

_INTENT = (
    "id", "reference", "state", "customer_id", "case_id", "service", "channel", "team", "area", "restricted", "description",
    "lines", "income", "amount_pence", "vat_pence", "deposit_pence", "how", "why_void", "created_at", "changed_at", "done_at",
    "imported",
)  # fmt: skip
_ATTEMPT = (
    "id", "intent_id", "number", "method", "provider", "provider_id", "state", "amount_pence", "next_url", "failure",
    "created_at", "changed_at", "taken_at", "fee_pence",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ImportedPayment:
    """One payment that was made: by ``card``, ``moto``, ``cash`` or ``debit``. ``where`` is the account it came to."""

    service: str
    description: str
    pence: int
    income: str
    at: datetime
    method: str = "card"
    provider: str = "govuk_pay"
    provider_id: str = ""
    where: str = ""
    vat: int = 0
    why: str = ""
    customer_id: UUID | None = None
    case_id: UUID | None = None
    channel: str = "web"


@dataclass(frozen=True, slots=True)
class Brought:
    """One payment as it now is."""

    intent_id: UUID
    attempt_id: UUID
    reference: str
    was: ImportedPayment


def import_payments(rows: Iterable[ImportedPayment], *, by: Actor) -> list[Brought]:
    """Bring paid payments in with their entries in the ledger. No event, no message, no receipt.

    Raises:
        Refused; IntegrityError: a provider's id is here already.
    """
    require(by, "import.run")
    wanted = list(rows)
    found = [
        Brought(new_id(), new_id(), reference, row)
        for row, reference in zip(wanted, next_references(len(wanted)), strict=True)
    ]
    with transaction.atomic():
        copy_rows("payments_intent", _INTENT, (_intent_row(one) for one in found))
        copy_rows("payments_attempt", _ATTEMPT, (_attempt_row(one) for one in found))
        entries, postings = [], []
        for one in found:
            for kind, sides in _booked(one.was):
                entry = new_id()
                key = f"{kind}:{one.attempt_id if kind == 'taken' else one.intent_id}"
                attempt = one.attempt_id if kind == "taken" else None
                entries.append((entry, key, kind, one.was.at, one.was.at, one.intent_id, attempt, None))
                postings += [(new_id(), entry, side.account, side.pence) for side in sides]
        columns = ("id", "key", "kind", "at", "recorded_at", "intent_id", "attempt_id", "refund_id")
        copy_rows("payments_entry", columns, entries)
        copy_rows("payments_posting", ("id", "entry_id", "account", "pence"), postings)
    return found


def _intent_row(one: Brought) -> tuple[Any, ...]:
    was = one.was
    return (
        one.intent_id, one.reference, "done", was.customer_id, was.case_id, was.service, was.channel, "", "", "",
        was.description[:200], [{"says": was.description, "pence": was.pence, "why": was.why}], was.income, was.pence,
        was.vat, 0, "card" if was.method == "card" else was.method, "", was.at, was.at, was.at, True,
    )  # fmt: skip


def _attempt_row(one: Brought) -> tuple[Any, ...]:
    was = one.was
    return (
        one.attempt_id, one.intent_id, 1, was.method, was.provider, was.provider_id or str(one.attempt_id), "taken",
        was.pence, "", "", was.at, was.at, was.at, 0,
    )  # fmt: skip


def _booked(was: ImportedPayment) -> list[tuple[str, list[ledger.Side]]]:
    where = was.where or ledger.provider(was.provider)
    return [("taken", ledger.taken(was.pence, where)), ("earned", ledger.earned(was.pence, was.vat, 0, was.income))]


@dataclass(frozen=True, slots=True)
class ImportedAgreement:
    """A Direct Debit in force: its days, how many of its parts are over; with ``returned`` the last of them came back."""

    service: str
    description: str
    income: str
    pence: int
    days: Sequence[date]
    paid: int
    account: Account
    plan: str
    made_at: datetime
    customer_id: UUID | None = None
    returned: str = ""


def import_agreements(rows: Iterable[ImportedAgreement], *, by: Actor) -> int:
    """Bring agreements in with the payments made by them. Nobody is told. Returns how many."""
    require(by, "import.run")
    number = 0
    for row in rows:
        with transaction.atomic():
            whole = Intent(
                id=new_id(), reference=next_reference(), state="void", why_void="instalments", service=row.service,
                channel="web", description=row.description, lines=[{"says": row.description, "pence": row.pence, "why": ""}],
                income=row.income, amount_pence=row.pence, customer_id=row.customer_id, created_at=row.made_at,
                changed_at=row.made_at, imported=True,
            )  # fmt: skip
            whole.save(force_insert=True)
            mandate = Mandate(
                id=new_id(), reference=next_reference(), scheme="bacs", state=MandateState.ACTIVE, intent=whole,
                customer_id=row.customer_id, plan=row.plan, day=min(day.day for day in row.days), channel="web",
                holder=row.account.holder, sort_code=row.account.sort_code, account=row.account.number, made_at=row.made_at,
                lodged_at=row.made_at,
            )  # fmt: skip
            mandate.save(force_insert=True)
            _import_parts(row, mandate, by)
            number += 1
    return number


def _import_parts(row: ImportedAgreement, mandate: Mandate, by: Actor) -> None:
    each, odd = divmod(row.pence, len(row.days))
    parts: list[Instalment] = []
    for n, day in enumerate(row.days, start=1):
        part = Instalment(id=new_id(), mandate=mandate, number=n, due_on=day, pence=each + (odd if n == 1 else 0),
                          noticed_at=row.made_at)  # fmt: skip
        if n <= row.paid:
            bill = part_of_bill(mandate, part.pence, 0, f"payment {n} of {len(row.days)}", how="debit")
            at = row.made_at.replace(year=day.year, month=day.month, day=day.day)
            if n == row.paid and row.returned:
                part.state, part.why = InstalmentState.RETURNED, row.returned
                _owed(ImportedPayment(row.service, bill.description, part.pence, row.income, at, method="debit",
                                      customer_id=row.customer_id))  # fmt: skip
            else:
                paid = ImportedPayment(
                    row.service, bill.description, part.pence, row.income, at, method="debit", provider="bacs",
                    provider_id=f"{mandate.reference}-{n}", customer_id=row.customer_id,
                )  # fmt: skip
                part.attempt_id, part.state = import_payments([paid], by=by)[0].attempt_id, InstalmentState.TAKEN
        parts.append(part)
    Instalment.objects.bulk_create(parts)


def import_till(
    machine_id: UUID, machine: str, *, opened_at: datetime, float_pence: int, sales: Sequence[Brought],
    closed_at: datetime | None = None, difference: int = 0, held: tuple[ImportedPayment, int] | None = None, by: Actor,
) -> Till:  # fmt: skip
    """Bring in a till with what was paid at it, counted when it is closed. ``held``: what was owed and the pence kept."""
    require(by, "import.run")
    kept = sum(one.was.pence for one in sales) + (held[1] if held else 0)
    number = Till.objects.filter(machine_id=machine_id).count() + 1
    counted = float_pence + kept + difference
    till = Till(
        id=new_id(), machine_id=machine_id, machine=machine, number=number, opened_at=opened_at, closed_at=closed_at,
        float_pence=float_pence, counted_pence=counted if closed_at else None,
        difference_pence=difference if closed_at else 0, bag=f"CASH{next_reference()}",
    )  # fmt: skip
    cash = f"cash:{machine_id}"
    with transaction.atomic():
        till.save(force_insert=True)
        post("till", ledger.moved(float_pence, out_of="float", into=cash), key=f"float:{till.id}", at=opened_at)
        Sale.objects.bulk_create(
            Sale(id=new_id(), till=till, code=f"{number}-{n}", intent_id=one.intent_id, state=SaleState.PAID,
                 in_pence=one.was.pence, began_at=one.was.at, ended_at=one.was.at)
            for n, one in enumerate(sales, start=1)
        )  # fmt: skip
        if held:
            bill = _owed(held[0])
            Sale(id=new_id(), till=till, code=f"{number}-held", intent=bill, state=SaleState.HELD, cut=True, in_pence=held[1],
                 began_at=held[0].at).save(force_insert=True)  # fmt: skip
            post("held", ledger.taken(held[1], cash), key=f"held:{till.id}", at=held[0].at, intent=bill)
        if closed_at:
            off = [ledger.Side(cash, difference), ledger.Side("till-differences", -difference)]
            post("till", off, key=f"difference:{till.id}", at=closed_at)
            post(
                "till", ledger.moved(float_pence, out_of=cash, into="float"), key=f"float-back:{till.id}", at=closed_at
            )
            rest = ledger.moved(counted - float_pence, out_of=cash, into="cash-in-bags")
            post("till", rest, key=f"bag:{till.id}", at=closed_at)
    return till


def _owed(was: ImportedPayment) -> Intent:
    bill = Intent(
        id=new_id(), reference=next_reference(), service=was.service, channel=was.channel, description=was.description,
        lines=[{"says": was.description, "pence": was.pence, "why": ""}], income=was.income, amount_pence=was.pence,
        customer_id=was.customer_id, created_at=was.at, changed_at=was.at, imported=True, how=was.method,
    )  # fmt: skip
    bill.save(force_insert=True)
    return bill
