"""What became of tries at paying: asked after, heard of, cancelled or captured. What we do not know yet we ask again.

A webhook is never believed, only followed up: late, twice and out of order do no harm, and without any the sweep is enough.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from moothall.core.actors import SYSTEM, Actor
from moothall.core.ids import new_id
from moothall.core.jobs import enqueue
from moothall.payments import saga
from moothall.payments.actions.deposits import give_back_due
from moothall.payments.actions.paying import fail_attempt, reference_of, refuse, take_stand
from moothall.payments.actions.refunding import look_refund, refunds_to_look_at
from moothall.payments.models import OPEN_ATTEMPTS, Attempt, AttemptState, Intent, IntentState, RefundState
from moothall.payments.protocols import Heard, ProviderRefused, ProviderTrouble
from moothall.payments.providers import provider_named

log = logging.getLogger("moothall.payments")
LOOK: Final = "payments.look"
CARDS: Final = ("govuk_pay", "stripe")
"""Providers that can be asked how a payment stands."""

LOOK_EVERY: Final = timedelta(minutes=2)
NEVER_BEGAN: Final = timedelta(minutes=10)
"""A try nobody can find at the provider by then was never begun there."""

GOOD_WHILE: Final = timedelta(hours=4)
"""How long after a hold ran out money may still come for it: the provider's page is open for an hour and a half."""


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
        if attempt.state == AttemptState.TAKEN:
            for refund in attempt.refunds.filter(state=RefundState.SENDING).exclude(provider_id=""):
                look_refund(refund.id, at=at)
        else:  # also one we took for over: money that came is money that came
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
    going = refunds_to_look_at(at=at, limit=limit)
    for refund_id in going:
        try:
            look_refund(refund_id, at=at)
        except (ProviderTrouble, ProviderRefused) as error:
            log.info("Could not ask after a refund", extra={"refund": str(refund_id), "why": str(error)})
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
    return len(due) + len(going) + len(over) + len(closing) + give_back_due(at=at)
