"""Something booked and paid for was cancelled: what the pack's terms give back goes back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.core.actors import Actor
from moothall.core.events import together
from moothall.core.packs import current_pack
from moothall.payments import saga
from moothall.payments.actions.owing import take_intent
from moothall.payments.actions.refunding import left_to_refund, refund_whole
from moothall.payments.models import AttemptState, Intent, IntentState
from moothall.payments.pack import CANCELLATIONS, PRICES
from moothall.payments.rules.pricing import given_back


def refund_cancelled(booking_id: UUID | None, *, hours_before: float, ours: bool, by: Actor, at: datetime) -> int:
    """Give back what the terms say for a booking that was cancelled; return the pence. Once, however often it is asked."""
    found = Intent.objects.filter(booking_id=booking_id).values_list("id", flat=True).first() if booking_id else None
    if found is None:
        return 0
    with transaction.atomic(), together():
        intent = take_intent(found)
        if intent.state == IntentState.OWED:
            saga.make_void(intent, why="withdrawn", by=by, at=at)
            return 0
        if intent.state != IntentState.DONE:
            return 0
        pack = current_pack()
        price = pack.of(PRICES).get(intent.service)
        terms = pack.of(CANCELLATIONS).get(price.cancellation) if price and price.cancellation else None
        back, _ = given_back(terms, intent.amount_pence, intent.deposit_pence, hours_before=hours_before, ours=ours)
        reason, left = "we-cancelled" if ours else "cancelled", back
        for attempt in intent.attempts.filter(state=AttemptState.TAKEN).order_by("number"):
            part = min(left, left_to_refund(attempt))
            if part > 0:
                attempt.intent = intent
                refund_whole(attempt, reason=reason, by=by, at=at, pence=part)
                left -= part
        return back - left
