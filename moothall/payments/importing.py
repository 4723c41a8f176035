"""Payments made elsewhere or before our time, brought in many at once: in the books, and nobody is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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
from moothall.payments.actions.tills import next_number
from moothall.payments.models import (
    Deposit,
    Instalment,
    InstalmentState,
    Intent,
    Mandate,
    MandateState,
    Sale,
    SaleState,
    Till,
)
from moothall.payments.rules import ledger
from moothall.payments.rules.debits import Account
from moothall.payments.rules.pricing import DEPOSIT

_INTENT = (
    "id", "reference", "state", "customer_id", "case_id", "service", "channel", "team", "area", "restricted", "description",
    "lines", "income", "amount_pence", "vat_pence", "deposit_pence", "how", "why_void", "created_at", "changed_at", "done_at",
    "imported", "booking_id",
)  # fmt: skip
_ATTEMPT = (
    "id", "intent_id", "number", "method", "provider", "provider_id", "state", "amount_pence", "next_url", "failure",
    "created_at", "changed_at", "taken_at", "fee_pence",
)  # fmt: skip


TOLD_BEFORE = timedelta(days=6)
"""How long before it was taken a part by card counts as announced."""


@dataclass(frozen=True, slots=True)
class ImportedPayment:
    """One payment that was made: by ``card``, ``moto``, ``cash``, ``debit`` or ``agreement``.

    ``where`` is the account it came to. A ``deposit`` is in the pence, kept safe until ``deposit_due``.
    """

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
    booking_id: UUID | None = None
    deposit: int = 0
    deposit_due: datetime | None = None


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
        Deposit.objects.bulk_create(
            Deposit(id=new_id(), intent_id=one.intent_id, pence=one.was.deposit, due_at=one.was.deposit_due)
            for one in found
            if one.was.deposit
        )
    return found


def _intent_row(one: Brought) -> tuple[Any, ...]:
    was = one.was
    lines = [{"says": was.description, "pence": was.pence - was.deposit, "why": was.why}]
    lines += [{"says": DEPOSIT, "pence": was.deposit, "why": ""}] if was.deposit else []
    return (
        one.intent_id, one.reference, "done", was.customer_id, was.case_id, was.service, was.channel, "", "", "",
        was.description[:200], lines, was.income, was.pence, was.vat, was.deposit, was.method, "", was.at, was.at, was.at,
        True, was.booking_id,
    )  # fmt: skip


def _attempt_row(one: Brought) -> tuple[Any, ...]:
    was = one.was
    return (
        one.attempt_id, one.intent_id, 1, was.method, was.provider, was.provider_id or str(one.attempt_id), "taken",
        was.pence, "", "", was.at, was.at, was.at, 0,
    )  # fmt: skip


def _booked(was: ImportedPayment) -> list[tuple[str, list[ledger.Side]]]:
    where = was.where or ledger.provider(was.provider)
    earned = ledger.earned(was.pence, was.vat, was.deposit, was.income)
    return [("taken", ledger.taken(was.pence, where)), ("earned", earned)]


@dataclass(frozen=True, slots=True)
class ImportedAgreement:
    """An agreement to pay in parts: its days, how many of its parts are over; with ``returned`` the last of them came back.

    With an account it is a Direct Debit, with ``card`` (the provider that keeps it) one by card.
    """

    service: str
    description: str
    income: str
    pence: int
    days: Sequence[date]
    paid: int
    account: Account | None
    plan: str
    made_at: datetime
    customer_id: UUID | None = None
    returned: str = ""
    card: str = ""


def import_agreements(rows: Iterable[ImportedAgreement], *, by: Actor) -> list[Brought]:
    """Bring agreements in with the payments made by them, which are returned. Nobody is told."""
    require(by, "import.run")
    paid: list[Brought] = []
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
                id=new_id(), reference=next_reference(), scheme="bacs" if row.account else "card", intent=whole,
                state=MandateState.ACTIVE, customer_id=row.customer_id, plan=row.plan, provider=row.card, channel="web",
                day=min(day.day for day in row.days), made_at=row.made_at, lodged_at=row.made_at,
            )  # fmt: skip
            if row.account is not None:
                mandate.holder, mandate.sort_code, mandate.account = (
                    row.account.holder, row.account.sort_code, row.account.number,
                )  # fmt: skip
            else:
                mandate.agreement = f"imported-{mandate.reference}"
            if row.account is None and row.paid == len(row.days):
                mandate.state, mandate.ended_at = MandateState.DONE, row.made_at + (row.days[-1] - row.days[0])
            mandate.save(force_insert=True)
            paid += _import_parts(row, mandate, by)
    return paid


def _import_parts(row: ImportedAgreement, mandate: Mandate, by: Actor) -> list[Brought]:
    each, odd = divmod(row.pence, len(row.days))
    parts: list[Instalment] = []
    came: list[Brought] = []
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
                method = "debit" if row.account else "card" if n == 1 else "agreement"
                paid = ImportedPayment(
                    row.service, bill.description, part.pence, row.income, at, method=method, provider=row.card or "bacs",
                    provider_id=f"{mandate.reference}-{n}", customer_id=row.customer_id,
                )  # fmt: skip
                came += import_payments([paid], by=by)
                part.attempt_id, part.state = came[-1].attempt_id, InstalmentState.TAKEN
                if row.account is None:
                    part.bill_id, part.told_at = came[-1].intent_id, None if n == 1 else at - TOLD_BEFORE
        parts.append(part)
    Instalment.objects.bulk_create(parts)
    return came


def import_till(
    machine_id: UUID, machine: str, *, opened_at: datetime, float_pence: int, sales: Sequence[Brought],
    closed_at: datetime | None = None, difference: int = 0, held: tuple[ImportedPayment, int] | None = None, by: Actor,
) -> Till:  # fmt: skip
    """Bring in a till with what was paid at it, counted when it is closed. ``held``: what was owed and the pence kept."""
    require(by, "import.run")
    kept = sum(one.was.pence for one in sales) + (held[1] if held else 0)
    number = next_number(machine_id)
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
