"""Hold, pay, confirm: what follows when money comes, when a hold ends, when something is cancelled.

Every step is one transaction with the rows it speaks of, so that nothing is ever paid and unbooked or booked and unpaid:
money that comes for something that cannot be had any more goes back by itself, in the same commit that says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.bookings import actions as bookings
from moothall.bookings.queries import booking
from moothall.bookings.rules import MOVE
from moothall.cases.actions import close_case, resume_case
from moothall.cases.models import Case, CaseState
from moothall.core import clock
from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import Recorded, handles, record, together
from moothall.core.jobs import enqueue
from moothall.payments import events
from moothall.payments.actions import deposits
from moothall.payments.actions.ledger import post
from moothall.payments.actions.owing import take_intent
from moothall.payments.actions.refunding import held_for, left_to_refund, refund_whole
from moothall.payments.models import OPEN_ATTEMPTS, Attempt, AttemptState, Instalment, Intent, IntentState, MandateState
from moothall.payments.pack import OUTSTANDING
from moothall.payments.rules import ledger

UNPAID = "not-done-reason-given"


def settle(intent: Intent, came: Sequence[Attempt], *, by: Actor, at: datetime) -> None:
    """Do what follows from money that has just come for a locked intent: give what was paid for, or the money back.

    ``came`` are the tries it came by, together: a machine may have taken some in cash and some by card.
    """
    if intent.state == IntentState.DONE:
        _back(came, "paid-twice", at)
        return
    if intent.state == IntentState.VOID and intent.why_void != "expired":
        _back(came, "not-owed", at)
        return
    here = held_for(intent)
    if here < intent.amount_pence:
        if intent.state == IntentState.VOID:
            _back(came, "not-owed", at)
        return
    if not _given(intent, by=by, at=at):
        if intent.state == IntentState.OWED:
            make_void(intent, why="gone", by=by, at=at)
        else:
            _back(came, "too-late", at)
        return
    over = here - intent.amount_pence
    _earn(intent, by=by, at=at)
    for attempt in reversed(came):
        part = min(over, left_to_refund(attempt))
        if part > 0:
            refund_whole(attempt, reason="too-much", by=SYSTEM, at=at, pence=part)
            over -= part


def _back(came: Sequence[Attempt], reason: str, at: datetime) -> None:
    for attempt in came:
        refund_whole(attempt, reason=reason, by=SYSTEM, at=at)


def keep_again(intent: Intent, pence: int, *, by: Actor, at: datetime) -> bool:
    """Money is set aside for something whose hold has run out: keep it again where it is still to be had, so that the money
    may be taken and it is booked. False: nothing was done, and the money is let go. The intent is locked.
    """
    if intent.state != IntentState.VOID or intent.why_void != "expired" or intent.booking_id is None:
        return False
    if held_for(intent) + pence < intent.amount_pence or not _open(intent):
        return False
    held = bookings.hold_again_or_none(intent.booking_id, by=by, at=at)
    if held is None:
        return False
    intent.state, intent.why_void, intent.expires_at, intent.changed_at = IntentState.OWED, "", held.expires_at, at
    intent.save(update_fields=["state", "why_void", "expires_at", "changed_at"])
    record([events.about(events.KEPT_AGAIN, intent, at, pence=pence)], by=by)
    return True


def _open(intent: Intent) -> bool:
    """Whether the request it is for has not ended without what was asked for."""
    if intent.case_id is None:
        return True
    case = Case.objects.filter(id=intent.case_id).values_list("state", "resolved").first()
    return case is None or case[0] not in {CaseState.CLOSED, CaseState.MERGED} or bool(case[1])


def _given(intent: Intent, *, by: Actor, at: datetime) -> bool:
    """Whether the customer has what she paid for: her booking confirmed (or another like it), her case still open."""
    if not _open(intent):
        return False
    if intent.booking_id is None:
        return intent.state == IntentState.OWED
    return _booked(intent.booking_id, by=by, at=at)


def _booked(booking_id: UUID, *, by: Actor, at: datetime) -> bool:
    try:
        with transaction.atomic():
            bookings.confirm(booking_id, by=by, at=at)
    except bookings.HoldGone:
        return bookings.rebook_or_none(booking_id, by=by, at=at) is not None
    return True


def _earn(intent: Intent, *, by: Actor, at: datetime) -> None:
    intent.state, intent.done_at, intent.changed_at, intent.why_void = IntentState.DONE, at, at, ""
    intent.save(update_fields=["state", "done_at", "changed_at", "why_void"])
    post(
        "earned", ledger.earned(intent.amount_pence, intent.vat_pence, intent.deposit_pence, intent.income),
        key=f"earned:{intent.id}", at=at, intent=intent,
    )  # fmt: skip
    record([events.about(events.SETTLED, intent, at, pence=intent.amount_pence)], by=by)
    deposits.keep_safe(intent)
    _cancel_rest(intent)
    if intent.case_id is not None and Case.objects.filter(id=intent.case_id, state=CaseState.WAITING).exists():
        resume_case(intent.case_id, reason="paid", waited_for=OUTSTANDING, by=SYSTEM, at=at)


def make_void(intent: Intent, *, why: str, by: Actor, at: datetime) -> None:
    """Say of a locked intent that it is not owed any more; what has come for it goes back."""
    intent.state, intent.why_void, intent.changed_at = IntentState.VOID, why, at
    intent.save(update_fields=["state", "why_void", "changed_at"])
    record([events.about(events.VOIDED, intent, at, why=why)], by=by)
    for attempt in intent.attempts.filter(state=AttemptState.TAKEN):
        refund_whole(attempt, reason="too-late" if why == "gone" else "not-owed", by=SYSTEM, at=at)
    if intent.booking_id is not None and why not in {"gone", "expired"}:
        bookings.release(intent.booking_id, reason=why, by=SYSTEM, at=at)
    _cancel_rest(intent)


def _cancel_rest(intent: Intent) -> None:
    """Tries still under way are cancelled at the provider, so that nobody pays for nothing."""
    for attempt_id in intent.attempts.filter(state__in=OPEN_ATTEMPTS).values_list("id", flat=True):
        enqueue("payments.cancel", attempt_id=str(attempt_id), once=f"cancel:{attempt_id}")


def unpaid(intent_id: UUID, *, by: Actor, at: datetime) -> None:
    """Nobody paid in time: it is void, and the request it was for is closed with that reason. The customer is told.

    What she pays in parts is paid in time with its first part. A part that runs out ends nothing but itself: the whole bill
    may have been paid in one, and says itself what becomes of the request.
    """
    with transaction.atomic(), together():
        intent = take_intent(intent_id)
        if intent.state != IntentState.OWED or intent.expires_at is None or intent.expires_at > at:
            return
        if Instalment.objects.filter(bill=intent).exists():
            make_void(intent, why="withdrawn", by=by, at=at)
        elif not _agreed_to(intent):
            make_void(intent, why="unpaid", by=by, at=at)
            _close(intent, by=by, at=at)


def _agreed_to(intent: Intent) -> bool:
    """Whether the first part by card is paid, and the provider has yet to say that the rest is agreed to."""
    return Instalment.objects.filter(
        number=1, bill__state=IntentState.DONE, mandate__intent=intent, mandate__state=MandateState.PENDING
    ).exists()


def close_expired(intent_id: UUID, *, by: Actor, at: datetime) -> None:
    """A hold ran out unpaid a good while ago and no money came after all: the request it was for is closed."""
    with transaction.atomic(), together():
        intent = take_intent(intent_id)
        if intent.state == IntentState.VOID and intent.why_void == "expired":
            intent.why_void, intent.changed_at = "unpaid", at
            intent.save(update_fields=["why_void", "changed_at"])
            _close(intent, by=by, at=at)


def _close(intent: Intent, *, by: Actor, at: datetime) -> None:
    if intent.how == MOVE:
        return  # nobody paid for another time: the one that was paid for stands
    if intent.case_id is not None and Case.objects.filter(id=intent.case_id, state__in=("open", "waiting")).exists():
        close_case(intent.case_id, outcome=UNPAID, resolved=False, by=by, at=at)


# -- what other rooms record --------------------------------------------------------------------------------------


@handles("case.closed", as_="payments.case_closed")
def case_closed(event: Recorded) -> None:
    """A request ended without what was asked for: nothing is owed for it, and what was paid and not earned goes back."""
    if event.case_id is None or event.data.get("resolved"):
        return
    for intent_id in Intent.objects.filter(case_id=event.case_id, state=IntentState.OWED).values_list("id", flat=True):
        with transaction.atomic(), together():
            intent = take_intent(intent_id)
            if intent.state == IntentState.OWED:
                make_void(intent, why="withdrawn", by=SYSTEM, at=clock.now())


@handles("booking.expired", "booking.released", as_="payments.hold_ended")
def hold_ended(event: Recorded) -> None:
    """A hold ended before it was paid for: nothing is owed. Money that comes after all is rebooked or goes back."""
    held = booking(event.subject_id) if event.subject_id else None
    if held is not None and held.is_live:
        return  # kept again since, for money that came late
    _void_booking(event.subject_id, "expired" if event.name == "booking.expired" else "withdrawn")


def _void_booking(booking_id: UUID | None, why: str) -> None:
    found = Intent.objects.filter(booking_id=booking_id, state=IntentState.OWED).values_list("id", flat=True)
    for intent_id in found:
        with transaction.atomic(), together():
            intent = take_intent(intent_id)
            if intent.state == IntentState.OWED:
                make_void(intent, why=why, by=SYSTEM, at=clock.now())


@handles("booking.cancelled", as_="payments.booking_cancelled")
def booking_cancelled(event: Recorded) -> None:
    """Something booked was cancelled: what the terms give back goes back; all of it where we cancelled."""
    from moothall.payments.actions.cancelling import refund_cancelled

    refund_cancelled(
        event.subject_id, hours_before=float(event.data.get("hours_before", 0)),
        ours=not event.data.get("by_customer") or bool(event.data.get("all_back")), by=SYSTEM, at=clock.now(),
    )  # fmt: skip


@handles("booking.places_given_up", as_="payments.places_given_up")
def places_given_up(event: Recorded) -> None:
    """Part of a party does not come: what the terms give back for their places goes back; all of it where it is our doing."""
    from moothall.payments.actions.cancelling import refund_given_up

    refund_given_up(
        event.subject_id, was=int(event.data["was"]), places=int(event.data["places"]),
        hours_before=float(event.data.get("hours_before", 0)),
        ours=not event.data.get("by_customer") or bool(event.data.get("all_back")), by=SYSTEM, at=clock.now(),
    )  # fmt: skip


@handles("booking.visit_failed", as_="payments.visit_failed")
def visit_failed(event: Recorded) -> None:
    """A visit failed by our doing and no new date could be held: the money goes back."""
    from moothall.payments.actions.cancelling import refund_cancelled

    if event.data.get("ours") and not event.data.get("new_date"):
        refund_cancelled(event.subject_id, hours_before=0, ours=True, by=SYSTEM, at=clock.now())
