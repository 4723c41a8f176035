"""Paying by a provider: started, looked at, taken. What we do not know yet we ask again, and nobody pays twice for it.

Nothing is asked of a provider inside a transaction: that a try is made is committed first, so that a crash at any moment
leaves a trace by which the next look finds out what became of it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from moothall.core.actors import Actor
from moothall.core.events import record, together
from moothall.core.ids import new_id
from moothall.core.jobs import enqueue
from moothall.payments import events, saga
from moothall.payments.actions.ledger import post
from moothall.payments.actions.owing import take_intent
from moothall.payments.actions.refunding import held_for
from moothall.payments.models import OPEN_ATTEMPTS, Attempt, AttemptState, Instalment, Intent, IntentState, Refusal
from moothall.payments.protocols import ProviderRefused, ProviderTrouble, Stand, Wanted
from moothall.payments.providers import provider, provider_named
from moothall.payments.rules import ledger

log = logging.getLogger("moothall.payments")


class CannotPay(ValueError):
    """It cannot be paid; the message says why and what to do."""


class AlreadyPaid(CannotPay):
    """It is paid already: nothing more is owed."""


class NotNow(CannotPay):
    """The provider cannot be reached: nothing was taken, or we shall know soon. The message says what to do."""


class Underway(CannotPay):
    """The customer has done her part, and the provider has not taken the money yet: there is no page to go back to."""


UNDERWAY: Final = (
    "Your payment is with the payment service and is being confirmed. You need do nothing more: do not pay again. We send you"
    " a receipt when we have it."
)
DOWN: Final = (
    "We can’t reach the payment service just now. Nothing has been taken. What you asked for is kept: try again in a few"
    " minutes, with the link we sent you or on this page."
)


KEPT_AN_HOUR: Final = 20


def refuse(kind: str, why: str, *, subject: str = "", at: datetime) -> None:
    """Keep a note of something about money that was refused, for whoever looks into it.

    Of the same thing so many an hour are kept: whoever sends forged ones on and on buries nothing under them.
    """
    log.warning("Refused about money", extra={"kind": kind, "subject": subject})
    same = Refusal.objects.filter(kind=kind[:40], subject=subject[:80], at__gt=at - timedelta(hours=1))
    if len(same[:KEPT_AN_HOUR]) == KEPT_AN_HOUR:
        return
    Refusal(id=new_id(), kind=kind[:40], why=why[:300], subject=subject[:80], at=at).save(force_insert=True)


def start_payment(
    intent_id: UUID, *, come_back: str, by: Actor, at: datetime, moto: bool = False, hold: bool = False
) -> str:
    """Start paying by card, or go on with what was started; return the address of the provider's page.

    ``moto``: the customer is on the telephone, and types or says her number to the provider, never to the officer.

    Raises:
        AlreadyPaid, CannotPay: it is void, or the provider would not. Underway: her part is done, and it is not taken yet.
        NotNow: the provider does not answer.
    """
    for _ in range(2):  # what was begun may have ended without money: begin again, once
        stand = _go_on(intent_id, come_back=come_back, by=by, at=at, moto=moto, hold=hold)
        if stand.state == "started" and stand.next_url:
            return stand.next_url
        if stand.state == "taken":
            raise AlreadyPaid("This is paid already.")
        if stand.state in {"started", "authorised"}:
            raise Underway(UNDERWAY)
    raise CannotPay("The payment did not go through. Nothing was taken. Try again in a few minutes, or ask us.")


def _go_on(intent_id: UUID, *, come_back: str, by: Actor, at: datetime, moto: bool, hold: bool) -> Stand:
    """Ask how the open try stands, or begin one; write down what the provider says."""
    with transaction.atomic():
        intent = take_intent(intent_id)
        payable(intent)
        attempt = _try_of(intent, moto=moto, by=by, at=at)
    try:
        line = provider_named(attempt.provider)
        stand = line.look(attempt.provider_id) if attempt.provider_id else line.find(reference_of(intent, attempt))
        if stand is None:
            agreement = "" if moto else agreement_to_set_up(intent)
            stand = line.start(_wanted(intent, attempt, come_back, moto=moto, hold=hold, set_up=agreement))
    except ProviderTrouble as trouble:
        raise NotNow(DOWN) from trouble
    except ProviderRefused as no:
        fail_attempt(attempt.id, no.code, by=by, at=at)
        raise CannotPay(
            "The payment service would not take this payment. Ask us, and we will find another way."
        ) from no
    take_stand(attempt.id, stand, by=by, at=at)
    return stand


def _try_of(intent: Intent, *, moto: bool, by: Actor, at: datetime) -> Attempt:
    """Return the try to go on with: one whose money is set aside, whatever the way, else the open one, else a new one."""
    open_ = intent.attempts.filter(state__in=OPEN_ATTEMPTS).order_by("number")
    if open_.filter(method="debit").exists():
        raise CannotPay("Your bank has been asked for this by Direct Debit. You need do nothing.")
    going = provider()
    if going is None:
        raise CannotPay("Card payments are not open here yet. You can pay at one of our offices.")
    method = "moto" if moto else "card"
    set_aside = open_.filter(state=AttemptState.AUTHORISED, provider=going.name).last()
    begun = set_aside or open_.filter(method=method, provider=going.name).last()
    return begun or new_attempt(intent, method=method, provider_name=going.name, by=by, at=at)


def payable(intent: Intent) -> None:
    """Raise AlreadyPaid or CannotPay when there is nothing to pay."""
    if intent.state == IntentState.DONE:
        raise AlreadyPaid("This is paid already: nothing more is owed.")
    if intent.state == IntentState.VOID:
        raise CannotPay("This is not to be paid any more. If you still want it, ask for it again.")


def new_attempt(
    intent: Intent, *, method: str, provider_name: str, by: Actor, at: datetime, pence: int | None = None
) -> Attempt:  # fmt: skip
    """Write down a try at paying a locked intent; the caller commits before asking anybody outside."""
    attempt = Attempt(
        id=new_id(), intent=intent, number=intent.attempts.count() + 1, method=method, provider=provider_name,
        amount_pence=intent.amount_pence - held_for(intent) if pence is None else pence, created_at=at, changed_at=at,
        by_staff_id=by.id if by.kind.value == "staff" else None,
    )  # fmt: skip
    attempt.save(force_insert=True)
    record([events.about(events.STARTED, intent, at, attempt_id=str(attempt.id), method=method)], by=by)
    return attempt


def reference_of(intent: Intent, attempt: Attempt) -> str:
    """Return the reference a try has at the provider, and on the customer's receipt from there."""
    return f"{intent.reference}-{attempt.number}"


def agreement_to_set_up(intent: Intent) -> str:
    """Return the agreement that paying this bill agrees to: it is the first part of a bill that is paid in parts by card."""
    first = Instalment.objects.filter(bill=intent, number=1, mandate__scheme="card", mandate__state="pending")
    return first.values_list("mandate__agreement", flat=True).first() or ""


def _wanted(intent: Intent, attempt: Attempt, come_back: str, *, moto: bool, hold: bool, set_up: str) -> Wanted:
    return Wanted(
        reference=reference_of(intent, attempt), pence=attempt.amount_pence, description=intent.description,
        come_back=come_back, moto=moto, hold=hold, set_up=set_up,
        metadata={"service": intent.service, "income": intent.income},
    )  # fmt: skip


def take_stand(attempt_id: UUID, stand: Stand, *, by: Actor, at: datetime) -> Attempt:
    """Write down how a try stands at the provider, and do what follows. What is over stays over; twice changes nothing."""
    intent_id = Attempt.objects.values_list("intent_id", flat=True).get(id=attempt_id)
    with transaction.atomic(), together():
        intent = take_intent(intent_id)
        attempt = Attempt.objects.select_for_update().get(id=attempt_id)
        attempt.intent = intent
        attempt.asked_at = at
        if attempt.state == AttemptState.TAKEN:
            attempt.save(update_fields=["asked_at"])
            return attempt
        if not attempt.provider_id:
            attempt.provider_id = stand.provider_id
        if attempt.provider_id != stand.provider_id:
            raise ValueError("This is another payment than the one that was started.")
        attempt.next_url = stand.next_url[:500]
        attempt.changed_at = at
        if stand.state == "taken":
            _taken(intent, attempt, stand, by=by, at=at)
        elif stand.state == "authorised":
            attempt.state = AttemptState.AUTHORISED
            attempt.save()
            finish_authorised(intent, attempt, stand.pence, by=by, at=at)
        elif stand.state in {"failed", "cancelled"} and attempt.state in OPEN_ATTEMPTS:
            was_set_aside = attempt.state == AttemptState.AUTHORISED
            attempt.state = AttemptState.FAILED if stand.state == "failed" else AttemptState.CANCELLED
            attempt.failure = stand.failure[:40]
            attempt.save()
            told = {"attempt_id": str(attempt.id), "why": attempt.failure, "set_aside": was_set_aside or None}
            record([events.about(events.FAILED, intent, at, **told)], by=by)
        else:
            if attempt.state == AttemptState.NEW:
                attempt.state = AttemptState.STARTED
            attempt.save()
            if intent.state != IntentState.OWED:  # begun while it ceased to be owed
                enqueue("payments.cancel", attempt_id=str(attempt.id), once=f"cancel:{attempt.id}")
        return attempt


def _taken(intent: Intent, attempt: Attempt, stand: Stand, *, by: Actor, at: datetime) -> None:
    if stand.pence != attempt.amount_pence:
        refuse(
            "amount", f"The provider took {stand.pence} pence where {attempt.amount_pence} were asked for.",
            subject=reference_of(intent, attempt), at=at,
        )  # fmt: skip
        attempt.amount_pence = stand.pence  # the money that came is the money there is
    money_came(intent, [(attempt, ledger.provider(attempt.provider))], by=by, at=at)


def money_came(intent: Intent, came: Sequence[tuple[Attempt, str]], *, by: Actor, at: datetime) -> None:
    """Write down money that has come for a locked intent, by one try or several at once, and settle what it pays for: in one
    transaction. Beside each try the account where its money is.
    """
    for attempt, where in came:
        attempt.state, attempt.taken_at, attempt.changed_at = AttemptState.TAKEN, at, at
        attempt.save()
        post(
            "taken", ledger.taken(attempt.amount_pence, where), key=f"taken:{attempt.id}", at=at, intent=intent,
            attempt=attempt,
        )  # fmt: skip
        told = {"attempt_id": str(attempt.id), "pence": attempt.amount_pence, "method": attempt.method}
        record([events.about(events.TAKEN, intent, at, **told)], by=by)
    saga.settle(intent, [attempt for attempt, _ in came], by=by, at=at)


def finish_authorised(intent: Intent, attempt: Attempt, pence: int, *, by: Actor, at: datetime) -> None:
    """Money is only set aside: it is taken when what it pays for is still to be had (also when its hold had run out and it
    can be kept again), else let go, and nobody was charged.
    """
    wanted = intent.state == IntentState.OWED or saga.keep_again(intent, pence, by=by, at=at)
    what = "payments.capture" if wanted else "payments.cancel"
    enqueue(what, attempt_id=str(attempt.id), once=f"{'take' if wanted else 'let-go'}:{attempt.id}")


def fail_attempt(attempt_id: UUID, code: str, *, by: Actor, at: datetime) -> None:
    """Write down that a try came to nothing, and why. One that is over stays as it is."""
    intent_id = Attempt.objects.values_list("intent_id", flat=True).get(id=attempt_id)
    with transaction.atomic():
        intent = take_intent(intent_id)
        attempt = Attempt.objects.select_for_update().get(id=attempt_id)
        if attempt.state in OPEN_ATTEMPTS:
            attempt.state, attempt.failure, attempt.changed_at = AttemptState.FAILED, code[:40], at
            attempt.save()
            record([events.about(events.FAILED, intent, at, attempt_id=str(attempt.id), why=code[:40])], by=by)
