"""What officers see of money: refunds that wait, and what was refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.paging import Page, page_of, unpack_moment
from moothall.payments.actions.refunding import REASONS
from moothall.payments.models import Attempt, AttemptState, Refund, RefundState, Refusal

SIZE = 25


@dataclass(frozen=True, slots=True)
class RefundLine:
    """One refund as the console lists it. ``to_agree``: this actor may agree; ``by_hand``: it needs a hand."""

    id: UUID
    at: datetime
    pence: int
    what: str
    reference: str
    reason: str
    note: str
    state: str
    state_words: str
    asked_by: UUID | None
    agreed_by: UUID | None
    error: str
    to_agree: bool
    by_hand: bool
    case_id: UUID | None
    intent_id: UUID


@dataclass(frozen=True, slots=True)
class RefusalLine:
    """Something about money that was refused: what kind, why in words, and what it spoke of."""

    at: datetime
    kind: str
    why: str
    subject: str


def refund_lines(*, visible_to: Actor, after: str = "", size: int = SIZE, all_: bool = False) -> Page[RefundLine]:
    """Return the refunds that need somebody (or all), newest first. One query."""
    require(visible_to, "payment.view")
    rows = Refund.objects.select_related("intent", "attempt")
    if not all_:
        rows = rows.filter(_needs_somebody())
    if after:
        at, last = unpack_moment(after)
        rows = rows.filter(Q(asked_at__lt=at) | Q(asked_at=at, id__lt=last))
    found = list(rows.order_by("-asked_at", "-id")[: size + 1])
    return page_of(found, size, lambda row: (row.asked_at, row.id), lambda row: _line(row, visible_to), first=not after)


def refunds_of(intent_id: UUID, *, visible_to: Actor) -> list[RefundLine]:
    """Return what went back of a payment, or may, oldest first. One query."""
    require(visible_to, "payment.view")
    rows = Refund.objects.filter(intent_id=intent_id).select_related("intent", "attempt").order_by("asked_at", "id")
    return [_line(row, visible_to) for row in rows]


def refunds_waiting(*, visible_to: Actor, most: int = SIZE) -> int:
    """Return how many refunds need somebody, up to ``most``. One query."""
    require(visible_to, "payment.view")
    return len(Refund.objects.filter(_needs_somebody()).values_list("id")[:most])


def payments_of_intent(intent_id: UUID, *, visible_to: Actor) -> list[tuple[UUID, str, int, int, datetime | None]]:
    """Return what came for an intent: id, method, pence, what is left of it, when. Two queries."""
    require(visible_to, "payment.view")
    rows = Attempt.objects.filter(intent_id=intent_id, state=AttemptState.TAKEN).prefetch_related("refunds")
    return [
        (
            row.id, row.method, row.amount_pence,
            row.amount_pence - sum(one.amount_pence for one in row.refunds.all() if one.state != RefundState.REFUSED),
            row.taken_at,
        )
        for row in rows.order_by("number")
    ]  # fmt: skip


def refusals(*, visible_to: Actor, limit: int = 100) -> list[RefusalLine]:
    """Return what was refused, newest first. One query."""
    require(visible_to, "payment.view")
    rows = Refusal.objects.order_by("-at", "-id")[:limit]
    return [RefusalLine(row.at, row.kind, row.why, row.subject) for row in rows]


def _needs_somebody() -> Q:
    return Q(state__in=(RefundState.ASKED, RefundState.FAILED))


def _line(row: Refund, actor: Actor) -> RefundLine:
    return RefundLine(
        id=row.id, at=row.asked_at, pence=row.amount_pence, what=row.intent.description, reference=row.intent.reference,
        reason=REASONS.get(row.reason, row.reason), note=row.note, state=row.state,
        state_words=RefundState(row.state).label,
        asked_by=row.asked_by, agreed_by=row.agreed_by, error=row.error,
        to_agree=row.state == RefundState.ASKED and row.asked_by != actor.id, by_hand=row.state == RefundState.FAILED,
        case_id=row.intent.case_id, intent_id=row.intent_id,
    )  # fmt: skip
