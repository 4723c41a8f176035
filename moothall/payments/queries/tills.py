"""Machines and their tills, as a machine asks and as finance sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Sum

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.references import NotAReference, read_reference
from moothall.payments.models import Intent, IntentState, Sale, SaleState, Till

SIZE = 25


@dataclass(frozen=True, slots=True)
class Payable:
    """What is to be paid under a reference, as a machine shows it: no name, no address."""

    reference: str
    what: str
    pence: int


@dataclass(frozen=True, slots=True)
class SaleLine:
    """One payment at a machine."""

    id: UUID
    code: str
    state: str
    words: str
    reference: str
    what: str
    intent_id: UUID
    owed: int
    cash: int
    card: int
    cut: bool
    began_at: datetime
    how: str


@dataclass(frozen=True, slots=True)
class TillLine:
    """One session of a till. ``ought`` is what must be in it, float included; ``difference`` counted less that."""

    id: UUID
    machine: str
    number: int
    opened_at: datetime
    closed_at: datetime | None
    float_pence: int
    ought: int
    counted: int | None
    difference: int
    bag: str
    banked_at: datetime | None
    sales: int


def payable_at(reference: str, *, visible_to: Actor) -> Payable | None:
    """Return what a machine may take for a reference somebody typed; one query. None: nothing is to be paid."""
    require(visible_to, "api.machine")
    try:
        read = read_reference(reference)
    except NotAReference:
        return None
    row = Intent.objects.filter(reference=read, state=IntentState.OWED).first()
    if row is None:
        return None
    what = "A payment to the council" if row.restricted else row.description
    return Payable(row.reference, what, row.amount_pence)


def sales_of_machine(codes: Sequence[str], *, visible_to: Actor) -> list[SaleLine]:
    """Return how payments stand that a machine asks after: print the receipt, or give the money back. One query."""
    require(visible_to, "api.machine")
    if visible_to.id is None:
        return []
    rows = Sale.objects.filter(till__machine_id=visible_to.id, code__in=list(codes)).select_related("intent")
    return [_sale(row) for row in rows.order_by("began_at")]


def tills(*, visible_to: Actor, limit: int = SIZE) -> list[TillLine]:
    """Return the newest sessions of every machine. Two queries."""
    require(visible_to, "payment.view")
    rows = list(Till.objects.order_by(F("closed_at").desc(nulls_first=True), "-opened_at", "-id")[:limit])
    sums: dict[UUID, tuple[int, int]] = {}
    for till_id, cash_in, out in (
        Sale.objects.filter(till__in=rows).values_list("till_id").annotate(a=Sum("in_pence"), b=Sum("out_pence"))
    ):
        sums[till_id] = (cash_in, out)
    return [
        TillLine(
            row.id, row.machine, row.number, row.opened_at, row.closed_at, row.float_pence,
            row.float_pence + sums.get(row.id, (0, 0))[0] - sums.get(row.id, (0, 0))[1], row.counted_pence,
            row.difference_pence, row.bag, row.banked_at, int(row.id in sums),
        )
        for row in rows
    ]  # fmt: skip


def unsettled_sales(*, visible_to: Actor, limit: int = SIZE) -> list[SaleLine]:
    """Return payments at machines that are going on or hold money nobody has settled, oldest first. One query."""
    require(visible_to, "payment.view")
    rows = Sale.objects.filter(state__in=(SaleState.OPEN, SaleState.HELD)).select_related("intent")
    return [_sale(row) for row in rows.order_by("began_at")[:limit]]


def _sale(row: Sale) -> SaleLine:
    goes_back = row.state == SaleState.PAID and row.intent.state == IntentState.VOID
    return SaleLine(
        row.id, row.code, "back" if goes_back else row.state, SaleState(row.state).label, row.intent.reference,
        row.intent.description, row.intent_id, row.intent.amount_pence, row.in_pence - row.out_pence,
        row.card_pence, row.cut, row.began_at, row.how,
    )  # fmt: skip
