"""Deposits, as whoever paid one and whoever may keep some of it see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.payments.models import Deposit, DepositState


@dataclass(frozen=True, slots=True)
class DepositLine:
    """One deposit: how much, when it goes back by itself, what is to be kept of it and why. ``to_agree``: this actor may."""

    id: UUID
    intent_id: UUID
    reference: str
    what: str
    pence: int
    state: str
    words: str
    due_at: datetime | None
    kept: int
    why: str
    asked_by: UUID | None
    asked_at: datetime | None
    agreed_by: UUID | None
    settled_at: datetime | None
    to_agree: bool = False


def deposit_of(intent_id: UUID) -> DepositLine | None:
    """Return the deposit of a payment, or None; one query. Whoever asks may see the payment."""
    row = Deposit.objects.filter(intent_id=intent_id).select_related("intent").first()
    return _line(row, None) if row is not None else None


def deposit_named(deposit_id: UUID, *, visible_to: Actor) -> DepositLine | None:
    """Return one deposit, or None; one query."""
    require(visible_to, "payment.view")
    row = Deposit.objects.filter(id=deposit_id).select_related("intent").first()
    return _line(row, visible_to) if row is not None else None


def deposit_of_booking(booking_id: UUID) -> DepositLine | None:
    """Return the deposit that was paid with a booking, or None; one query. Whoever asks may see the booking."""
    row = Deposit.objects.filter(intent__booking_id=booking_id).select_related("intent").first()
    return _line(row, None) if row is not None else None


def deposits_to_agree(*, visible_to: Actor, limit: int = 25) -> list[DepositLine]:
    """Return the deposits of which somebody wants to keep so much that another has to agree, oldest first. One query."""
    require(visible_to, "payment.view")
    rows = Deposit.objects.filter(state=DepositState.ASKED).select_related("intent").order_by("asked_at", "id")
    return [_line(row, visible_to) for row in rows[:limit]]


def _line(row: Deposit, actor: Actor | None) -> DepositLine:
    return DepositLine(
        id=row.id, intent_id=row.intent_id, reference=row.intent.reference, what=row.intent.description, pence=row.pence,
        state=row.state, words=DepositState(row.state).label, due_at=row.due_at, kept=row.kept_pence, why=row.why,
        asked_by=row.asked_by, asked_at=row.asked_at, agreed_by=row.agreed_by, settled_at=row.settled_at,
        to_agree=actor is not None and actor.may("payment.agree") and row.asked_by != actor.id,
    )  # fmt: skip
