"""Deposits: kept safe while what they are for is used, then given back by themselves, or kept in part for a reason."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from moothall.bookings.queries import booking, series_of
from moothall.core.access import Refused, require
from moothall.core.actors import SYSTEM, Actor, ActorKind
from moothall.core.events import Recorded, handles, record, together
from moothall.core.ids import new_id
from moothall.core.money import to_the_penny
from moothall.core.packs import current_pack
from moothall.payments import events
from moothall.payments.actions.ledger import post, standing
from moothall.payments.actions.owing import take_intent
from moothall.payments.actions.refunding import left_to_refund, refund_whole
from moothall.payments.models import AttemptState, Deposit, DepositState, Intent
from moothall.payments.pack import MONEY, PRICES
from moothall.payments.rules import ledger

LONGEST = 300


class CannotKeep(ValueError):
    """It cannot be kept; the message says why and what to do."""


def keep_safe(intent: Intent) -> None:
    """A locked intent with a deposit was paid: from now on the deposit is kept safe, until so long after what was booked."""
    if intent.deposit_pence > 0:
        Deposit.objects.get_or_create(
            intent=intent, defaults={"id": new_id(), "pence": intent.deposit_pence, "due_at": _due(intent)}
        )


def _due(intent: Intent) -> datetime | None:
    held = booking(intent.booking_id) if intent.booking_id is not None else None
    price = current_pack().of(PRICES).get(intent.service)
    hours = price.deposit_hours if price is not None else 48
    if held is None:
        return None
    last = max(one.ends_at for one in series_of(held))
    return last + timedelta(hours=hours)


@handles("booking.moved", as_="payments.deposit_moved")
def moved(event: Recorded) -> None:
    """Another time: the deposit is kept until after that."""
    view = booking(event.subject_id) if event.subject_id is not None else None
    if view is None:
        return
    for found in Deposit.objects.filter(intent__booking_id=view.lead, state=DepositState.HELD):
        with transaction.atomic():
            intent, deposit = _take(found.id)
            if deposit.state == DepositState.HELD:
                deposit.due_at = _due(intent)
                deposit.save(update_fields=["due_at"])


def settled(intent: Intent, *, at: datetime) -> bool:
    """The deposit of a locked intent goes back another way: what was booked is cancelled. Whether one was still here."""
    waiting = Deposit.objects.filter(intent=intent).exclude(state=DepositState.SETTLED)
    return bool(waiting.update(state=DepositState.SETTLED, settled_at=at, kept_pence=0, why=""))


def give_back_due(*, at: datetime, limit: int = 200) -> int:
    """Give back the deposits whose day has come and that nobody wants to keep anything of; return how many."""
    due = Deposit.objects.filter(state=DepositState.HELD, due_at__lte=at).order_by("due_at")
    ids = list(due.values_list("id", flat=True)[:limit])
    for deposit_id in ids:
        with transaction.atomic(), together():
            intent, deposit = _take(deposit_id)
            if deposit.state == DepositState.HELD and deposit.due_at is not None and deposit.due_at <= at:
                _settle(intent, deposit, by=SYSTEM, at=at)
    return len(ids)


def keep(deposit_id: UUID, *, pence: int, why: str, by: Actor, at: datetime) -> Deposit:
    """Keep some or all of a deposit, for a reason that the customer reads; the rest goes back at once. Above the pack's limit
    somebody else has to agree first, and until then nothing goes back.

    Raises:
        CannotKeep: no reason, more than there is, not used yet, or settled. Refused. Deposit.DoesNotExist.
    """
    require(by, "payment.refund")
    why = " ".join(why.split())[:LONGEST]
    if len(why) < 10:
        raise CannotKeep("Say why, in a sentence that the customer will read.")
    with transaction.atomic(), together():
        intent, deposit = _take(deposit_id)
        if deposit.state != DepositState.HELD:
            raise CannotKeep("This deposit has been settled, or waits for a second person already.")
        held = booking(intent.booking_id) if intent.booking_id is not None else None
        if held is not None and held.starts_at > at:
            raise CannotKeep("It has not been used yet, so there is nothing to keep it for.")
        left = _left(intent, deposit)
        if not 0 < pence <= left:
            raise CannotKeep(f"Enter an amount of at most {to_the_penny(left)}: that is what we hold.")
        deposit.kept_pence, deposit.why, deposit.asked_at = pence, why, at
        deposit.asked_by = by.id if by.kind is ActorKind.STAFF else None
        if by.kind is ActorKind.STAFF and pence > current_pack().one(MONEY).two_people_above:
            deposit.state = DepositState.ASKED
            deposit.save()
            record([events.about(events.DEPOSIT_ASKED, intent, at, pence=pence)], by=by)
        else:
            _settle(intent, deposit, by=by, at=at)
        return deposit


def agree_to_keep(deposit_id: UUID, *, by: Actor, at: datetime) -> Deposit:
    """Agree that so much of a deposit is kept; the rest goes back.

    Raises:
        Refused: whoever asked, or one who may not agree. CannotKeep: it does not wait.
    """
    require(by, "payment.agree")
    with transaction.atomic(), together():
        intent, deposit = _take(deposit_id)
        if deposit.state != DepositState.ASKED:
            raise CannotKeep("Somebody has dealt with this deposit already.")
        if deposit.asked_by == by.id:
            raise Refused("You asked for this, so somebody else has to agree to it.")
        deposit.agreed_by = by.id
        _settle(intent, deposit, by=by, at=at)
        return deposit


def refuse_to_keep(deposit_id: UUID, *, by: Actor, at: datetime) -> Deposit:
    """Say that nothing of a deposit is kept: all of it goes back now.

    Raises:
        Refused; CannotKeep: it does not wait.
    """
    require(by, "payment.agree")
    with transaction.atomic(), together():
        intent, deposit = _take(deposit_id)
        if deposit.state != DepositState.ASKED:
            raise CannotKeep("Somebody has dealt with this deposit already.")
        deposit.kept_pence, deposit.why = 0, ""
        _settle(intent, deposit, by=by, at=at)
        return deposit


def _settle(intent: Intent, deposit: Deposit, *, by: Actor, at: datetime) -> None:
    """Keep what is to be kept and give the rest back, in one transaction."""
    left = _left(intent, deposit)
    kept = min(deposit.kept_pence, left)
    deposit.state, deposit.settled_at, deposit.kept_pence = DepositState.SETTLED, at, kept
    deposit.save()
    if kept:
        post("kept", ledger.kept(kept, intent.income), key=f"deposit-kept:{deposit.id}", at=at, intent=intent)
        told = {"pence": kept, "back": left - kept, "deposit_id": str(deposit.id)}
        record([events.about(events.DEPOSIT_KEPT, intent, at, **told)], by=by)
    back = left - kept
    for attempt in intent.attempts.filter(state=AttemptState.TAKEN).order_by("number"):
        attempt.intent = intent
        part = min(back, left_to_refund(attempt))
        if part > 0:
            refund_whole(attempt, reason="deposit", by=SYSTEM, at=at, pence=part)
            back -= part


def _left(intent: Intent, deposit: Deposit) -> int:
    """What of a deposit is still here: an officer may have given some of it back already."""
    here = sum(left_to_refund(one) for one in intent.attempts.filter(state=AttemptState.TAKEN))
    return max(0, min(deposit.pence, standing(intent.id).get("deposits", 0), here))


def _take(deposit_id: UUID) -> tuple[Intent, Deposit]:
    intent_id = Deposit.objects.values_list("intent_id", flat=True).get(id=deposit_id)
    intent = take_intent(intent_id)
    return intent, Deposit.objects.select_for_update().get(id=deposit_id)
