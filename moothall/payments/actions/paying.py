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

from django.db import IntegrityError, connection, transaction

from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import record, together
from moothall.core.ids import new_id
from moothall.core.jobs import enqueue
from moothall.payments import events, saga
from moothall.payments.actions.deposits import give_back_due
from moothall.payments.actions.ledger import post
from moothall.payments.actions.owing import take_intent
from moothall.payments.actions.refunding import held_for
from moothall.payments.models import OPEN_ATTEMPTS, Attempt, AttemptState, Instalment, Intent, IntentState, Refusal
from moothall.payments.protocols import Heard, ProviderRefused, ProviderTrouble, Stand, Wanted
from moothall.payments.providers import provider, provider_named
from moothall.payments.rules import ledger

log = logging.getLogger("moothall.payments")
LOOK: Final = "payments.look"
CARDS: Final = ("govuk_pay", "stripe")
"""Providers that can be asked how a payment stands."""

LOOK_EVERY: Final = timedelta(minutes=2)
NEVER_BEGAN: Final = timedelta(minutes=10)
"""A try nobody can find at the provider by then was never begun there."""

GOOD_WHILE: Final = timedelta(hours=4)
"""How long after a hold ran out money may still come for it: the provider's page is open for an hour and a half."""


class CannotPay(ValueError):
    """It cannot be paid; the message says why and what to do."""


class AlreadyPaid(CannotPay):
    """It is paid already: nothing more is owed."""


class NotNow(CannotPay):
    """The provider cannot be reached: nothing was taken, or we shall know soon. The message says what to do."""


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
        AlreadyPaid, CannotPay: it is void. NotNow: the provider does not answer.
    """
    with transaction.atomic():
        intent = take_intent(intent_id)
        payable(intent)
        if intent.attempts.filter(state__in=OPEN_ATTEMPTS, method="debit").exists():
            raise CannotPay("Your bank has been asked for this by Direct Debit. You need do nothing.")
        going = provider()
        if going is None:
            raise CannotPay("Card payments are not open here yet. You can pay at one of our offices.")
        method = "moto" if moto else "card"
        attempt = (
            intent.attempts.filter(state__in=OPEN_ATTEMPTS, method=method, provider=going.name)
            .order_by("number")
            .last()
        )
        if attempt is None:
            attempt = new_attempt(intent, method=method, provider_name=going.name, by=by, at=at)
    try:
        stand = going.look(attempt.provider_id) if attempt.provider_id else going.find(reference_of(intent, attempt))
        if stand is None:
            agreement = "" if moto else agreement_to_set_up(intent)
            stand = going.start(_wanted(intent, attempt, come_back, moto=moto, hold=hold, set_up=agreement))
    except ProviderTrouble as trouble:
        raise NotNow(DOWN) from trouble
    except ProviderRefused as no:
        fail_attempt(attempt.id, no.code, by=by, at=at)
        raise CannotPay(
            "The payment service would not take this payment. Ask us, and we will find another way."
        ) from no
    take_stand(attempt.id, stand, by=by, at=at)
    if stand.state == "started" and stand.next_url:
        return stand.next_url
    if stand.state == "taken":
        raise AlreadyPaid("This is paid already.")
    # What was begun has ended without money: begin again, once.
    return start_payment(intent_id, come_back=come_back, by=by, at=at, moto=moto, hold=hold)


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


def look_again(attempt_id: UUID, *, by: Actor = SYSTEM, at: datetime) -> Attempt:
    """Ask the provider how a try stands and write it down.

    Raises:
        ProviderTrouble: it does not answer; nothing is known.
    """
    attempt = Attempt.objects.select_related("intent").get(id=attempt_id)
    if attempt.state not in OPEN_ATTEMPTS or attempt.provider not in CARDS:
        return attempt
    line = provider_named(attempt.provider)
    stand = line.look(attempt.provider_id) if attempt.provider_id else line.find(reference_of(attempt.intent, attempt))
    if stand is None:
        if at - attempt.created_at >= NEVER_BEGAN:
            fail_attempt(attempt.id, "never-began", by=by, at=at)
        else:
            Attempt.objects.filter(id=attempt.id).update(asked_at=at)
        return Attempt.objects.get(id=attempt.id)
    return take_stand(attempt.id, stand, by=by, at=at)


def look_at_intent(intent_id: UUID, *, by: Actor, at: datetime) -> bool:
    """Look at the newest open try of an intent (the customer is back from the provider); return whether we know now.

    A provider that does not answer is asked again in the background: nothing is lost, and the page says so.
    """
    open_ = Attempt.objects.filter(intent_id=intent_id, state__in=OPEN_ATTEMPTS, provider__in=CARDS)
    attempt = open_.order_by("number").last()
    if attempt is None:
        return True
    try:
        look_again(attempt.id, by=by, at=at)
    except ProviderTrouble:
        enqueue(LOOK, attempt_id=str(attempt.id), once=f"look:{attempt.id}", at=at + timedelta(seconds=20))
        return False
    return True


def hear(name: str, heard: Heard, *, at: datetime) -> bool:
    """Take a webhook: kept once, and the payment it speaks of is looked at. Returns whether it was new.

    What it says is not believed, only that there is something to look at: so late, twice and out of order do no harm.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO payments_notice (id, provider, external_id, kind, provider_payment, came_at, times)"
                " VALUES (%s, %s, %s, %s, %s, %s, 1) ON CONFLICT (provider, external_id)"
                " DO UPDATE SET times = payments_notice.times + 1 RETURNING times",
                [new_id(), name, heard.event_id[:120], heard.kind[:60], heard.provider_id[:80], at],
            )
            new = int(cursor.fetchone()[0]) == 1
        if new and heard.provider_id:
            enqueue(
                "payments.heard", provider_name=name, provider_id=heard.provider_id, once=f"heard:{heard.provider_id}"
            )
        return new


def look_at_payment(name: str, provider_id: str, *, at: datetime) -> None:
    """Look at a payment that a webhook spoke of, also one whose id we had not heard yet (it came before our own answer).

    Raises:
        ProviderTrouble: asked again later.
    """
    attempt = Attempt.objects.filter(provider=name, provider_id=provider_id).first()
    if attempt is not None:
        if attempt.state != AttemptState.TAKEN:  # also one we took for over: money that came is money that came
            take_stand(attempt.id, provider_named(name).look(provider_id), by=SYSTEM, at=at)
        return
    try:
        stand = provider_named(name).look(provider_id)
    except ProviderRefused:  # signed, and yet the provider itself knows nothing of it: asking again would not help
        refuse("unknown-payment", "A webhook spoke of a payment that nobody knows.", subject=provider_id, at=at)
        return
    reference, _, number = stand.reference.partition("-")
    attempt = Attempt.objects.filter(
        intent__reference=reference, number=int(number) if number.isdigit() else 0, provider=name
    ).first()
    if attempt is None:
        refuse("unknown-payment", "A webhook spoke of a payment that is none of ours.", subject=provider_id, at=at)
        return
    try:
        take_stand(attempt.id, stand, by=SYSTEM, at=at)
    except (ValueError, IntegrityError):
        refuse("unknown-payment", "Two payments have the reference of one try.", subject=provider_id, at=at)


def cancel_attempt(attempt_id: UUID, *, at: datetime) -> None:
    """Cancel a try at the provider where nobody wants its money any more, and see what became of it.

    Raises:
        ProviderTrouble: tried again later.
    """
    if not _unwanted(attempt_id):
        return
    attempt = look_again(attempt_id, at=at)  # it may have been paid by now, and what it is for may still be to be had
    if not _unwanted(attempt_id):
        return
    if attempt.provider_id:
        try:
            provider_named(attempt.provider).cancel(attempt.provider_id)
        except ProviderRefused:
            log.info("Too late to cancel a payment; looking at it", extra={"attempt": str(attempt_id)})
    look_again(attempt_id, at=at)


def _unwanted(attempt_id: UUID) -> bool:
    """Whether a try goes on at a provider of cards for what is not owed (any more)."""
    attempt = Attempt.objects.select_related("intent").get(id=attempt_id)
    return attempt.state in OPEN_ATTEMPTS and attempt.provider in CARDS and attempt.intent.state != IntentState.OWED


def capture_attempt(attempt_id: UUID, *, at: datetime) -> None:
    """Take the money that was set aside, if what it pays for is still to be had; else let it go.

    Raises:
        ProviderTrouble: tried again later.
    """
    attempt = Attempt.objects.select_related("intent").get(id=attempt_id)
    if attempt.state != AttemptState.AUTHORISED:
        return
    if attempt.intent.state != IntentState.OWED:
        cancel_attempt(attempt_id, at=at)
        return
    try:
        provider_named(attempt.provider).capture(attempt.provider_id)
    except ProviderRefused:
        log.info("A payment could not be captured; looking at it", extra={"attempt": str(attempt_id)})
    look_again(attempt_id, at=at)


def sweep(*, at: datetime, limit: int = 200) -> int:
    """Ask after tries that nobody told us of, and end what nobody paid in time. Returns how many things were looked at.

    This alone would be enough: webhooks and returns only make it quicker.
    """
    waiting = Attempt.objects.filter(state__in=OPEN_ATTEMPTS, provider__in=CARDS)
    due = [
        row.id
        for row in waiting.order_by("asked_at", "created_at")[:limit]
        if (row.asked_at or row.created_at) + LOOK_EVERY <= at
    ]
    for attempt_id in due:
        try:
            look_again(attempt_id, at=at)
        except (ProviderTrouble, ProviderRefused) as error:
            log.info("Could not ask after a payment", extra={"attempt": str(attempt_id), "why": str(error)})
            Attempt.objects.filter(id=attempt_id).update(asked_at=at)
    # what is booked ends with its hold, which bookings end
    ended = Intent.objects.filter(state=IntentState.OWED, expires_at__lte=at, booking_id__isnull=True)
    late = ended.values_list("id", flat=True)[:limit]
    over = list(late)
    for intent_id in over:
        saga.unpaid(intent_id, by=SYSTEM, at=at)
    gone = Intent.objects.filter(state=IntentState.VOID, why_void="expired", changed_at__lte=at - GOOD_WHILE)
    closing = list(gone.values_list("id", flat=True)[:limit])
    for intent_id in closing:
        saga.close_expired(intent_id, by=SYSTEM, at=at)
    return len(due) + len(over) + len(closing) + give_back_due(at=at)
