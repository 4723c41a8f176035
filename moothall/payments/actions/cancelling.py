"""Something booked and paid for was cancelled: what the pack's terms give back goes back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.core.actors import Actor
from moothall.core.events import together
from moothall.core.packs import current_pack
from moothall.payments import saga
from moothall.payments.actions import deposits
from moothall.payments.actions.owing import take_intent
from moothall.payments.actions.refunding import left_to_refund, refund_whole
from moothall.payments.models import AttemptState, IntentState
from moothall.payments.pack import CANCELLATIONS, PRICES
from moothall.payments.queries.terms import share_of
from moothall.payments.rules.pricing import given_back


def refund_cancelled(booking_id: UUID | None, *, hours_before: float, ours: bool, by: Actor, at: datetime) -> int:
    """Give back what the terms say for a booking that was cancelled; return the pence. Once, however often it is asked."""
    share = share_of(booking_id) if booking_id is not None else None
    if share is None:
        return 0
    with transaction.atomic(), together():
        intent = take_intent(share.intent.id)
        if intent.state == IntentState.OWED:
            saga.make_void(intent, why="withdrawn", by=by, at=at)
            return 0
        if intent.state != IntentState.DONE:
            return 0
        pack = current_pack()
        price = pack.of(PRICES).get(intent.service)
        terms = pack.of(CANCELLATIONS).get(price.cancellation) if price and price.cancellation else None
        paid, deposit = share.paid, share.deposit
        if deposit and not deposits.settled(intent, at=at) and share.is_weekly:
            paid, deposit = paid - deposit, 0  # it went back with another of the series
        back, _ = given_back(terms, paid, deposit, hours_before=hours_before, ours=ours)
        reason, left = "we-cancelled" if ours else "cancelled", back
        for paid_by in (*(take_intent(one.id) for one in share.more), intent):  # what came last goes first
            for attempt in paid_by.attempts.filter(state=AttemptState.TAKEN).order_by("number"):
                part = min(left, left_to_refund(attempt))
                if part > 0:
                    attempt.intent = paid_by
                    key = "" if paid_by.booking_id == booking_id else f"{reason}:{booking_id}:{attempt.id}"
                    refund_whole(attempt, reason=reason, by=by, at=at, pence=part, key=key)
                    left -= part
        return back - left
