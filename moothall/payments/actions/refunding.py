"""Money goes back: decided once, agreed by a second person above the pack's limit, sent once, booked twice over."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from moothall.core.access import Refused, require
from moothall.core.actors import SYSTEM, Actor, ActorKind
from moothall.core.events import record, together
from moothall.core.ids import new_id
from moothall.core.jobs import enqueue
from moothall.core.money import to_the_penny
from moothall.core.packs import current_pack
from moothall.payments import events
from moothall.payments.actions.ledger import post, standing
from moothall.payments.actions.owing import take_intent
from moothall.payments.models import (
    Attempt,
    AttemptState,
    Deposit,
    DepositState,
    Intent,
    IntentState,
    Refund,
    RefundState,
    Sale,
    SaleState,
)
from moothall.payments.pack import MONEY
from moothall.payments.protocols import Given, ProviderRefused, ProviderTrouble
from moothall.payments.providers import provider_named
from moothall.payments.rules import ledger

log = logging.getLogger("moothall.payments")
SEND: Final = "payments.send_refund"
BY_HAND: Final = {
    "bacs": "It came by Direct Debit: pay it back to the account by bank transfer.",
    "terminal": "It was paid by card at a machine: give it back at the machine’s own terminal.",
    "cash": "It was paid in cash: pay it back at the counter, or by bank transfer.",
}
"""Ways of paying that nothing can be sent back by: somebody pays it, and says how."""

NOT_GIVEN: Final = "The payment service took it on and could not give it back. Pay it to the customer by bank transfer."
LOOK_EVERY: Final = timedelta(minutes=10)
"""How often a refund is asked after that a provider has taken on and not finished."""

NOT_SETTLED: Final = (
    "Only a part of this has been paid, so nothing is settled yet. When the request is closed or its time runs out, all of it"
    " goes back by itself."
)
"""A part given back out of what is only held would leave too little to earn when the rest is paid."""

REASONS: Final = {
    "cancelled": "You cancelled",
    "fewer": "Places were given up",
    "we-cancelled": "We cancelled",
    "mistake": "It was charged by mistake",
    "goodwill": "Goodwill",
    "deposit": "The deposit is given back",
    "paid-twice": "It was paid twice",
    "too-late": "It was paid too late and could not be had any more",
    "too-much": "More was paid than was owed",
    "not-owed": "It was not owed any more",
    "elsewhere": "Given back in the payment service’s own administration",
}


DEPOSIT_FIRST: Final = frozenset({"deposit", "cancelled", "we-cancelled"})
"""Why money goes back out of the deposit first, once that is not kept safe any more; else it stays whole."""


class CannotRefund(ValueError):
    """It cannot be given back; the message says why."""


def ask_refund(
    attempt_id: UUID,
    *,
    pence: int,
    reason: str,
    note: str = "",
    key: str,
    by: Actor,
    at: datetime,
    of: UUID | None = None,
) -> Refund:
    """Ask for money to go back by the way it came. Up to the pack's limit it is sent at once, above it somebody else agrees;
    what goes back of one payment in several parts counts together.

    ``key`` makes a second press the first. ``of`` is the payment whose page was open: no other's money is sent from it.

    Raises:
        Attempt.DoesNotExist: there is none, or it is another payment's.
        CannotRefund: not all paid yet, or more than is left. Refused: the actor may not.
    """
    require(by, "payment.refund")
    if reason not in REASONS:
        raise CannotRefund("Choose why the money goes back.")
    named = Attempt.objects.filter(id=attempt_id) if of is None else Attempt.objects.filter(id=attempt_id, intent_id=of)
    intent_id = named.values_list("intent_id", flat=True).get()
    with transaction.atomic(), together():
        intent = take_intent(intent_id)
        held = Refund.objects.filter(key=key[:120]).first()
        if held is not None:
            return held
        attempt = Attempt.objects.select_for_update().get(id=attempt_id)
        left = left_to_refund(attempt)
        if intent.state == IntentState.OWED:
            raise CannotRefund(NOT_SETTLED)
        if attempt.state != AttemptState.TAKEN or left <= 0:
            raise CannotRefund("There is nothing left of this payment to give back.")
        if not 0 < pence <= left:
            raise CannotRefund(f"Enter an amount of at most {to_the_penny(left)}: that is what is left of it.")
        alone = pence + _agreed_by_nobody_else(intent)
        agreed = by.kind is ActorKind.SYSTEM or alone <= current_pack().one(MONEY).two_people_above
        return _decide(intent, attempt, pence, reason, note, key, agreed=agreed, by=by, at=at)


def refund_whole(
    attempt: Attempt, *, reason: str, by: Actor, at: datetime, pence: int | None = None, key: str = ""
) -> None:
    """Give back what came by a try of a locked intent, as nothing was had for it. Once for its reason (or ``key``); nobody
    need agree: it is hers.
    """
    amount = min(pence or attempt.amount_pence, left_to_refund(attempt))
    key = key or f"{reason}:{attempt.id}"
    if amount > 0 and not Refund.objects.filter(key=key).exists():
        _decide(attempt.intent, attempt, amount, reason, "", key, agreed=True, by=by, at=at)


def _agreed_by_nobody_else(intent: Intent) -> int:
    """Return what officers gave back of a payment without a second person."""
    asked = intent.refunds.filter(asked_by__isnull=False, agreed_by=None)
    given = asked.exclude(state__in=(RefundState.ASKED, RefundState.REFUSED))
    return sum(given.values_list("amount_pence", flat=True))


def left_to_refund(attempt: Attempt) -> int:
    """Return what is left of a try that has not gone back and is not on its way."""
    gone = attempt.refunds.exclude(state=RefundState.REFUSED).values_list("amount_pence", flat=True)
    return attempt.amount_pence - sum(gone)


def held_for(intent: Intent) -> int:
    """Return what has come for an intent by tries and has not gone back: what it may be settled with."""
    return sum(left_to_refund(attempt) for attempt in intent.attempts.filter(state=AttemptState.TAKEN))


def _decide(
    intent: Intent, attempt: Attempt, pence: int, reason: str, note: str, key: str, *, agreed: bool, by: Actor, at: datetime
) -> Refund:  # fmt: skip
    refund = Refund(
        id=new_id(), key=key[:120], intent=intent, attempt=attempt, amount_pence=pence, reason=reason, note=note[:300],
        state=RefundState.AGREED if agreed else RefundState.ASKED, asked_at=at, changed_at=at,
        asked_by=by.id if by.kind is ActorKind.STAFF else None,
    )  # fmt: skip
    refund.save(force_insert=True)
    said = events.about(
        events.REFUND_ASKED, intent, at, refund_id=str(refund.id), pence=pence, reason=reason, agreed=agreed
    )
    record([said], by=by)
    if agreed:
        _agreed(intent, refund, attempt, at)
    return refund


def _agreed(intent: Intent, refund: Refund, attempt: Attempt, at: datetime) -> None:
    post(
        "owed-back",
        _sides(
            intent, refund.amount_pence, deposit_first=refund.reason in DEPOSIT_FIRST and not _deposit_waits(intent)
        ),
        key=f"owed-back:{refund.id}",
        at=at,
        intent=intent,
        refund=refund,
    )
    enqueue(SEND, refund_id=str(refund.id), lock=f"refund:{attempt.id}", once=f"refund:{refund.id}")


def _deposit_waits(intent: Intent) -> bool:
    """Whether its deposit is still kept safe: one week of a series was cancelled, and the others stand."""
    return Deposit.objects.filter(intent=intent).exclude(state=DepositState.SETTLED).exists()


def _sides(intent: Intent, pence: int, *, deposit_first: bool) -> list[ledger.Side]:
    """Where a refund is taken from: what is held for her, then her deposit, income and the tax in it, to the penny.

    What a machine keeps of a payment that was cut off is not there to give: it goes back by itself (`tills.settle_held`).
    """
    stands = standing(intent.id)
    kept = Sale.objects.filter(intent_id=intent.id, state=SaleState.HELD)
    kept_pence = sum(came - gone + card for came, gone, card in kept.values_list("in_pence", "out_pence", "card_pence"))
    from_held = min(pence, max(0, stands.get("held", 0) - kept_pence))
    rest = pence - from_held
    code = ledger.income(intent.income)
    vat, net = max(0, stands.get("vat", 0)), max(0, stands.get(code, 0))
    deposit = min(max(0, stands.get("deposits", 0)), rest if deposit_first else max(0, rest - vat - net))
    rest -= deposit
    tax = round(vat * rest / (vat + net)) if rest else 0
    return ledger.owed_back(pence, from_held, rest - tax, tax, deposit, intent.income)


def agree_refund(refund_id: UUID, *, by: Actor, at: datetime) -> Refund:
    """Agree to a refund that somebody else asked for; it is sent.

    Raises:
        Refused: the same person, or one who may not agree. CannotRefund: it is not waiting.
    """
    require(by, "payment.agree")
    with transaction.atomic(), together():
        intent, refund = _take(refund_id)
        if refund.state != RefundState.ASKED:
            raise CannotRefund("Somebody has dealt with this refund already.")
        if refund.asked_by == by.id:
            raise Refused("You asked for this refund, so somebody else has to agree to it.")
        refund.state, refund.agreed_by, refund.changed_at = RefundState.AGREED, by.id, at
        refund.save(update_fields=["state", "agreed_by", "changed_at"])
        _agreed(intent, refund, refund.attempt, at)
        return refund


def refuse_refund(refund_id: UUID, *, why: str, by: Actor, at: datetime) -> Refund:
    """Refuse a refund that was asked for, with a reason.

    Raises:
        CannotRefund: it is not waiting, or no reason was given.
    """
    require(by, "payment.agree")
    if not why.strip():
        raise CannotRefund("Say why it is not agreed, so that the colleague who asked can tell the customer.")
    with transaction.atomic(), together():
        intent, refund = _take(refund_id)
        if refund.state != RefundState.ASKED:
            raise CannotRefund("Somebody has dealt with this refund already.")
        refund.state, refund.changed_at, refund.error = RefundState.REFUSED, at, why.strip()[:200]
        refund.save(update_fields=["state", "changed_at", "error"])
        record(
            [events.about(events.REFUND_REFUSED, intent, at, refund_id=str(refund.id), pence=refund.amount_pence)],
            by=by,
        )
        return refund


def send_refund(refund_id: UUID, *, by: Actor, at: datetime) -> None:
    """Send a refund to the provider. "Sending" is committed first; asked again after a crash, it goes once.

    What the provider has only taken on is not given back yet: it is asked after until it has gone, or could not.

    Raises:
        ProviderTrouble: it is tried again later.
    """
    with transaction.atomic():
        _, refund = _take(refund_id)
        if refund.state not in {RefundState.AGREED, RefundState.SENDING} or refund.provider_id:
            return
        attempt = refund.attempt
        gone = attempt.refunds.filter(Q(state=RefundState.DONE) | (Q(state=RefundState.SENDING) & ~Q(provider_id="")))
        before = sum(gone.values_list("amount_pence", flat=True))
        refund.state, refund.changed_at, refund.tries = RefundState.SENDING, at, refund.tries + 1
        refund.save(update_fields=["state", "changed_at", "tries"])
    if attempt.provider in BY_HAND:
        _failed(refund_id, BY_HAND[attempt.provider], by=by, at=at)
        return
    try:
        line = provider_named(attempt.provider)
        given = line.refund(attempt.provider_id, refund.amount_pence, refunded_before=before, key=str(refund.id))
    except ProviderRefused as no:
        _failed(refund_id, str(no), by=by, at=at)
        return
    except ProviderTrouble as trouble:
        Refund.objects.filter(id=refund_id).update(error=str(trouble)[:200])
        raise
    _take_given(refund_id, given, by=by, at=at)


def look_refund(refund_id: UUID, *, by: Actor = SYSTEM, at: datetime) -> None:
    """Ask the provider what became of a refund it had taken on, and write it down.

    Raises:
        ProviderTrouble: it does not answer; nothing is known. ProviderRefused: it knows no such refund.
    """
    refund = Refund.objects.select_related("attempt").get(id=refund_id)
    if refund.state == RefundState.SENDING and refund.provider_id:
        line = provider_named(refund.attempt.provider)
        _take_given(refund_id, line.look_refund(refund.attempt.provider_id, refund.provider_id), by=by, at=at)


def refunds_to_look_at(*, at: datetime, limit: int) -> list[UUID]:
    """Return what a provider has taken on and was not asked after for a while; it was asked now."""
    due = Refund.objects.filter(state=RefundState.SENDING, changed_at__lte=at - LOOK_EVERY).exclude(provider_id="")
    found = list(due.order_by("changed_at").values_list("id", flat=True)[:limit])
    Refund.objects.filter(id__in=found).update(changed_at=at)
    return found


def _take_given(refund_id: UUID, given: Given, *, by: Actor, at: datetime) -> None:
    if given.state == "failed":
        _failed(refund_id, NOT_GIVEN, by=by, at=at)
        return
    with transaction.atomic(), together():
        intent, refund = _take(refund_id)
        if refund.state != RefundState.SENDING:
            return
        refund.provider_id, refund.error = given.refund_id[:80], ""
        if given.state == "done":
            _went(intent, refund, where=ledger.provider(refund.attempt.provider), by=by, at=at)
        else:
            refund.save(update_fields=["provider_id", "error"])


def given_elsewhere(attempt_id: UUID, pence: int, *, refund_id: str, note: str, by: Actor, at: datetime) -> bool:
    """Book money that somebody gave back in the provider's own administration, and tell the customer as of any other.

    False, and nothing is booked: more went back than is left of the payment.
    """
    intent = take_intent(Attempt.objects.values_list("intent_id", flat=True).get(id=attempt_id))
    attempt = Attempt.objects.select_for_update().get(id=attempt_id)
    attempt.intent = intent
    if intent.state == IntentState.OWED or not 0 < pence <= left_to_refund(attempt):
        return False
    refund = Refund(
        id=new_id(), key=f"elsewhere:{refund_id or attempt_id}:{at.isoformat()}", intent=intent, attempt=attempt,
        amount_pence=pence, reason="elsewhere", note=note[:300], state=RefundState.SENDING, asked_at=at, changed_at=at,
        provider_id=refund_id[:80], matched_at=at,
    )  # fmt: skip
    refund.save(force_insert=True)
    post("owed-back", _sides(intent, pence, deposit_first=False), key=f"owed-back:{refund.id}", at=at, intent=intent,
         refund=refund)  # fmt: skip
    _went(intent, refund, where=ledger.provider(attempt.provider), by=by, at=at)
    return True


def settle_refund_by_hand(refund_id: UUID, *, how: str, by: Actor, at: datetime) -> Refund:
    """Say that a refund was paid by hand, from the council's bank account, and how.

    Raises:
        CannotRefund: it is not one for a hand, nothing was said of how, or it is for somebody else to say than who asked
            for it: nobody pays out money alone.
    """
    require(by, "payment.agree")
    if not how.strip():
        raise CannotRefund("Say how it was paid, like “bank transfer of 3 March, batch 114”.")
    with transaction.atomic(), together():
        intent, refund = _take(refund_id)
        if refund.state != RefundState.FAILED:
            raise CannotRefund("This refund goes back by itself, or has gone.")
        if refund.asked_by is not None and refund.asked_by == by.id:
            raise CannotRefund("You asked for this refund. Somebody else pays it by hand and says how.")
        refund.note = how.strip()[:300]
        _went(intent, refund, where="bank", by=by, at=at)
        return refund


def _went(intent: Intent, refund: Refund, *, where: str, by: Actor, at: datetime) -> None:
    if refund.state == RefundState.DONE:
        return
    refund.state, refund.done_at, refund.changed_at, refund.error = RefundState.DONE, at, at, ""
    refund.save()
    post(
        "refunded", ledger.sent_back(refund.amount_pence, where), key=f"refunded:{refund.id}", at=at, intent=intent,
        refund=refund,
    )  # fmt: skip
    said = events.about(
        events.REFUND_SENT, intent, at, refund_id=str(refund.id), pence=refund.amount_pence, reason=refund.reason,
        by_hand=where == "bank",
    )  # fmt: skip
    record([said], by=by)


def _failed(refund_id: UUID, why: str, *, by: Actor, at: datetime) -> None:
    with transaction.atomic(), together():
        intent, refund = _take(refund_id)
        if refund.state == RefundState.SENDING:
            refund.state, refund.error, refund.changed_at = RefundState.FAILED, why[:200], at
            refund.save(update_fields=["state", "error", "changed_at"])
            told = {"pence": refund.amount_pence, "reason": refund.reason, "came_by": refund.attempt.provider}
            record([events.about(events.REFUND_FAILED, intent, at, refund_id=str(refund.id), **told)], by=by)


def _take(refund_id: UUID) -> tuple[Intent, Refund]:
    intent_id = Refund.objects.values_list("intent_id", flat=True).get(id=refund_id)
    intent = take_intent(intent_id)
    refund = Refund.objects.select_for_update(of=("self",)).select_related("attempt").get(id=refund_id)
    return intent, refund
