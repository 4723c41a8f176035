"""Something booked and paid for was cancelled: what the pack's terms give back goes back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.core.actors import Actor
from moothall.core.events import together
from moothall.payments import saga
from moothall.payments.actions import deposits
from moothall.payments.actions.owing import take_intent
from moothall.payments.actions.refunding import left_to_refund, refund_whole
from moothall.payments.models import AttemptState, Intent, IntentState
from moothall.payments.queries.terms import share_of, terms_for
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
        paid, deposit = share.paid, share.deposit
        if deposit and not deposits.settled(intent, at=at) and share.is_weekly:
            paid, deposit = paid - deposit, 0  # it went back with another of the series
        back, _ = given_back(terms_for(intent), paid, deposit, hours_before=hours_before, ours=ours)
        reason = "we-cancelled" if ours else "cancelled"
        paid_by = [*(take_intent(one.id) for one in share.more), intent]
        return _back(paid_by, back, reason, reason, booking_id, by=by, at=at)


def refund_given_up(
    booking_id: UUID | None, *, was: int, places: int, hours_before: float, ours: bool, by: Actor, at: datetime
) -> int:  # fmt: skip
    """Give back what the terms say for the places of a booking that were given up, from ``was`` to ``places``; return the
    pence. Once for these two, however often it is asked. What is not paid yet, or is void, has nothing to give back.
    """
    share = share_of(booking_id) if booking_id is not None else None
    if share is None:
        return 0
    with transaction.atomic(), together():
        intent = take_intent(share.intent.id)
        if intent.state != IntentState.DONE:
            return 0
        value = share.paid_for.between(was, places)
        back, _ = given_back(terms_for(intent), value, 0, hours_before=hours_before, ours=ours)
        paid_by = [*(take_intent(one.id) for one in share.more), intent]
        return _back(paid_by, back, "fewer", f"places:{was}:{places}", booking_id, by=by, at=at)


def _back(
    paid_by: Sequence[Intent], back: int, reason: str, once: str, booking_id: UUID | None, *, by: Actor, at: datetime
) -> int:  # fmt: skip
    """Give so much back of these payments, what came last first; return what went. ``once`` names why it goes: again for the
    same gives nothing more."""
    left = back
    for intent in paid_by:
        for attempt in intent.attempts.filter(state=AttemptState.TAKEN).order_by("number"):
            part = min(left, left_to_refund(attempt))
            if part > 0:
                attempt.intent = intent
                own = intent.booking_id == booking_id and once == reason
                key = "" if own else f"{once}:{booking_id}:{attempt.id}"
                refund_whole(attempt, reason=reason, by=by, at=at, pence=part, key=key)
                left -= part
    return back - left
