"""Paying on the telephone: the caller types her card's number on a payment line, or gets the link. Never the adviser."""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID

from django.conf import settings

from moothall.core.access import require
from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import record
from moothall.core.idempotency import once
from moothall.core.jobs import enqueue
from moothall.core.packs import current_pack
from moothall.payments import events
from moothall.payments.actions.following import look_again
from moothall.payments.actions.owing import take_intent
from moothall.payments.actions.paying import (
    DOWN,
    AlreadyPaid,
    CannotPay,
    NotNow,
    payable,
    reference_of,
    start_payment,
)
from moothall.payments.actions.recording import JOB, LONGEST, know_call, pause_recording, paused, record_again
from moothall.payments.adapters.exchange import ExchangeAway
from moothall.payments.keypad import has_keypad, put_through
from moothall.payments.links import pay_path
from moothall.payments.models import OPEN_ATTEMPTS, Attempt, AttemptState, Intent
from moothall.payments.pack import PRICES
from moothall.payments.protocols import ProviderRefused, ProviderTrouble
from moothall.payments.providers import provider, provider_named

log = logging.getLogger("moothall.payments")
NO_LINE = "There is no payment line here yet. Send the link instead: nobody may read a card’s number out."

NOT_BY_PHONE = "Our payment service takes no cards by telephone. Send the link: they type the number themselves."


def take_by_phone(intent_id: UUID, *, by: Actor, at: datetime, vouched: bool = False) -> None:
    """Start a telephone payment, stop the recording of the call, and put the caller through to the payment line.

    Pressed twice, it is the same payment. The recording goes on by itself once it is over. ``vouched``: the officer says that
    a call of which the exchange told nothing is not recorded.

    Raises:
        Refused; AlreadyPaid, CannotPay: it is not to be paid. WhichCall: she must vouch. NotNow: provider, line or exchange
        does not answer, nothing was taken.
    """
    require(by, "payment.take")
    if not has_keypad():
        raise CannotPay(NO_LINE)
    line = provider()
    if line is not None and not line.by_phone:
        raise CannotPay(NOT_BY_PHONE)
    know_call(vouched=vouched, by=by)
    back = f"{settings.PUBLIC_URL}{pay_path(intent_id)}/back"
    page = start_payment(intent_id, come_back=back, by=by, at=at, moto=True, hold=_hold(intent_id))
    attempt = _open_try(intent_id)
    if attempt is None:
        raise AlreadyPaid("This is paid already.")
    try:
        pause_recording(attempt.id, by=by, at=at)
    except NotNow:
        end_by_phone(intent_id, by=by, at=at)  # nobody is put through: nothing goes on there
        raise
    try:
        put_through(page, reference=reference_of(attempt.intent, attempt), pence=attempt.amount_pence)
    except ProviderTrouble as trouble:
        _on_again(attempt)
        raise NotNow("The payment line does not answer. Nothing has been taken. Send the link instead.") from trouble
    except ProviderRefused as no:
        _on_again(attempt)
        raise CannotPay("The payment line did not take this payment. Send the link instead.") from no


def stop_by_phone(intent_id: UUID, *, by: Actor, at: datetime) -> None:
    """The caller does not go on: end the telephone payment at the provider, and see what became of it.

    Raises:
        Refused; NotNow: the provider does not answer.
    """
    require(by, "payment.take")
    end_by_phone(intent_id, by=by, at=at)


def end_by_phone(intent_id: UUID, *, by: Actor, at: datetime) -> None:
    """End the telephone payment that goes on for an intent, if one does. Raises NotNow: the provider does not answer."""
    attempt = _open_try(intent_id)
    if attempt is None:
        return
    try:
        if attempt.provider_id:
            try:
                provider_named(attempt.provider).cancel(attempt.provider_id)
            except ProviderRefused:
                pass  # too late to stop; looked at below
        look_again(attempt.id, by=by, at=at)
    except ProviderTrouble as trouble:
        raise NotNow(DOWN) from trouble


def resume_forgotten(*, at: datetime) -> int:
    """Begin every recording again that nobody did: its payment is over, or it has stood still for too long. How many.

    A payment that goes on for too long is ended first, so that no card's number is said into a recording.
    """
    done = 0
    for attempt in paused().order_by("paused_at")[:200]:
        too_long = (attempt.paused_at or at) + LONGEST <= at
        if attempt.state in OPEN_ATTEMPTS and not too_long:
            continue
        try:
            if attempt.state in {AttemptState.NEW, AttemptState.STARTED}:
                end_by_phone(attempt.intent_id, by=SYSTEM, at=at)
        except NotNow as trouble:
            log.warning("A telephone payment could not be ended", extra={"why": str(trouble)[:200]})
        try:
            record_again(attempt.id, because="too_long" if too_long else "ended", at=at)
            done += 1
        except ExchangeAway as away:
            log.warning("A recording could not be begun again", extra={"why": str(away)[:200]})
    return done


def send_link(intent_id: UUID, *, key: str, by: Actor, at: datetime) -> bool:
    """Have the link to pay sent to the customer; once for a key. Returns whether it was asked for now.

    Raises:
        Refused; AlreadyPaid, CannotPay: it is not to be paid.
    """
    require(by, "payment.take")

    def ask() -> dict[str, bool]:
        intent = take_intent(intent_id)
        payable(intent)
        record([events.about(events.LINK_ASKED, intent, at)], by=by)
        return {"asked": True}

    return once("payment.link", f"{by.id}:{intent_id}:{key}", at=at, do=ask)[1]


def _open_try(intent_id: UUID) -> Attempt | None:
    open_ = Attempt.objects.filter(intent_id=intent_id, state__in=OPEN_ATTEMPTS, method="moto")
    return open_.select_related("intent").order_by("number").last()


def _on_again(attempt: Attempt) -> None:
    """Nobody was put through: the call may be recorded."""
    if Attempt.objects.filter(id=attempt.id, paused_at__isnull=False, recorded_at=None).exists():
        enqueue(JOB, attempt_id=str(attempt.id), because="failed", once=f"record:{attempt.id}")


def _hold(intent_id: UUID) -> bool:
    service = Intent.objects.values_list("service", flat=True).get(id=intent_id)
    price = current_pack().of(PRICES).get(service)
    return price is not None and price.hold_money
