"""What is owed and what became of it, for whoever owes it and for the officer who helps her."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from moothall.bookings.rules import MOVE
from moothall.core.access import restrictions_visible_to
from moothall.core.actors import Actor
from moothall.core.money import pounds
from moothall.core.references import show_reference
from moothall.payments.models import (
    OPEN_ATTEMPTS,
    Attempt,
    AttemptState,
    Intent,
    IntentState,
    Mandate,
    Refund,
    RefundState,
)

MOST = 200
NOT_GOING = (RefundState.ASKED, RefundState.REFUSED)
"""What is only asked for may yet be refused: nobody is told that it is on its way."""


@dataclass(frozen=True, slots=True)
class Bill:
    """One thing owed, as people see it. ``state``: owed, checking, paid, void, refunding, refunded, part_refunded, failed.

    ``method`` and ``page`` are those of the newest try at paying it; ``unrecorded``: its call is not recorded now;
    ``underway``: the customer has done her part and the provider has not taken the money yet, so there is no page to go to.
    """

    id: UUID
    reference: str
    what: str
    service: str
    channel: str
    pence: int
    vat: int
    deposit: int
    lines: tuple[dict[str, Any], ...]
    state: str
    at: datetime
    expires_at: datetime | None
    done_at: datetime | None
    case_id: UUID | None
    booking_id: UUID | None
    customer_id: UUID | None
    how: str
    paid: int = 0
    back: int = 0
    going_back: int = 0
    why_void: str = ""
    failure: str = ""
    method: str = ""
    page: str = ""
    unrecorded: bool = False
    underway: bool = False

    @property
    def says(self) -> str:
        """The amount in words: £12, £12.50."""
        return pounds(self.pence)

    @property
    def state_words(self) -> str:
        """Where it stands, in a few words."""
        return WORDS[self.state]

    @property
    def payable(self) -> bool:
        """Whether it can be paid now."""
        return self.state in {"owed", "failed", "checking"}


WORDS = {
    "owed": "To be paid", "checking": "We are checking a payment", "failed": "Not paid yet", "paid": "Paid",
    "void": "Not to be paid any more", "refunding": "Money on its way back", "refunded": "Paid and given back",
    "part_refunded": "Paid, part given back",
}  # fmt: skip


def bill(intent_id: UUID, *, visible_to: Actor) -> Bill | None:
    """Return one bill; three queries. None when there is none, or it is not for this actor."""
    found = _shown(_seen(visible_to).filter(id=intent_id))
    return found[0] if found else None


def bill_by_reference(reference: str, *, visible_to: Actor) -> Bill | None:
    """Return the bill of a reference; three queries."""
    found = _shown(_seen(visible_to).filter(reference=reference))
    return found[0] if found else None


def bills_of_case(case_id: UUID, *, visible_to: Actor) -> list[Bill]:
    """Return the bills of a case, newest first; three queries."""
    return _shown(_seen(visible_to).filter(case_id=case_id).order_by("-created_at")[:MOST])


def bill_of_case(case_id: UUID, *, visible_to: Actor) -> Bill | None:
    """Return the newest bill of a case; three queries. The difference for another time is it only while it can be paid."""
    rows = _seen(visible_to).filter(case_id=case_id).exclude(Q(how=MOVE) & ~Q(state=IntentState.OWED))
    found = _shown(rows.order_by("-created_at", "-id")[:1])
    return found[0] if found else None


def bills_of(
    customer_ids: Iterable[UUID], *, visible_to: Actor, limit: int = MOST, until: datetime | None = None,
    case_ids: Iterable[UUID] = (),
) -> list[Bill]:  # fmt: skip
    """Return the bills of a person (a survivor and those joined to it), newest first; three queries.

    ``case_ids`` are requests that are hers though another record was made with them: their bills are hers too.
    """
    hers = Q(customer_id__in=list(customer_ids)) | Q(case_id__in=list(case_ids))
    rows = _seen(visible_to).filter(hers)
    if until is not None:
        rows = rows.filter(created_at__lte=until)
    return _shown(rows.order_by("-created_at", "-id")[:limit])


def _seen(actor: Actor) -> QuerySet[Intent]:
    visible = restrictions_visible_to(actor)
    rows = Intent.objects.all()
    return rows if visible is None else rows.filter(Q(restricted="") | Q(restricted__in=visible))


def _shown(rows: Iterable[Intent]) -> list[Bill]:
    intents = list(rows)
    ids = [row.id for row in intents]
    attempts: dict[UUID, list[Attempt]] = {}
    for attempt in Attempt.objects.filter(intent_id__in=ids).order_by("number") if ids else ():
        attempts.setdefault(attempt.intent_id, []).append(attempt)
    backs: dict[tuple[UUID, bool], int] = {}
    refunds = Refund.objects.filter(intent_id__in=ids).exclude(state__in=NOT_GOING) if ids else Refund.objects.none()
    for intent_id, state, pence in refunds.values_list("intent_id", "state").annotate(pence=Sum("amount_pence")):
        key = (intent_id, state == RefundState.DONE)
        backs[key] = backs.get(key, 0) + pence
    return [
        _bill(row, attempts.get(row.id, ()), backs.get((row.id, True), 0), backs.get((row.id, False), 0))
        for row in intents
    ]


def _bill(row: Intent, attempts: Sequence[Attempt], back: int, going_back: int) -> Bill:
    paid = sum(one.amount_pence for one in attempts if one.state == AttemptState.TAKEN)
    last = attempts[-1] if attempts else None
    return Bill(
        id=row.id, reference=row.reference, what=row.description, service=row.service, channel=row.channel,
        pence=row.amount_pence, vat=row.vat_pence, deposit=row.deposit_pence, lines=tuple(row.lines),
        state=_state(row, last, paid, back, going_back), at=row.created_at, expires_at=row.expires_at, done_at=row.done_at,
        case_id=row.case_id, booking_id=row.booking_id, customer_id=row.customer_id, how=row.how, paid=paid, back=back,
        going_back=going_back, why_void=row.why_void, failure=last.failure if last is not None else "",
        method=last.method if last is not None else "", page=last.next_url if last is not None else "",
        underway=last is not None and last.method != "debit" and not last.next_url
        and last.state in {AttemptState.STARTED, AttemptState.AUTHORISED} and row.state == IntentState.OWED,
        unrecorded=last is not None and last.paused_at is not None and last.recorded_at is None,
    )  # fmt: skip


def _state(row: Intent, last: Attempt | None, paid: int, back: int, going_back: int) -> str:
    if row.imported and row.state == IntentState.DONE:
        return "paid"
    if going_back and (
        row.state != IntentState.DONE or paid - back - going_back <= 0
    ):  # a part of it is no "refunding"
        return "refunding"
    if row.state == IntentState.DONE:
        return "paid" if not back else "part_refunded" if paid - back > 0 else "refunded"
    if row.state == IntentState.VOID:
        return "refunded" if back else "void"
    if last is not None and last.state in OPEN_ATTEMPTS:
        return "checking"
    return "failed" if last is not None and last.state in {AttemptState.FAILED, AttemptState.CANCELLED} else "owed"


def payments_in_words(ids: Iterable[UUID], *, visible_to: Actor) -> dict[UUID, str]:
    """Return what these payments and agreements are, in words, by id; none of a restricted case that this actor may not
    know of. Two queries, none for nothing."""
    wanted, allowed = list(ids), restrictions_visible_to(visible_to)
    if not wanted:
        return {}
    bills, agreed = Intent.objects.filter(id__in=wanted), Mandate.objects.filter(id__in=wanted)
    if allowed is not None:
        open_to = ["", *sorted(allowed)]
        bills, agreed = bills.filter(restricted__in=open_to), agreed.filter(intent__restricted__in=open_to)
    found = {row.id: f"The payment “{row.description}”, {show_reference(row.reference)}" for row in bills}
    return found | {row.id: f"Leave to take payments, {show_reference(row.reference)}" for row in agreed}
