"""Paying on the telephone: the caller types her card's number on a payment line, or gets the link. Never the adviser."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.events import record
from moothall.core.idempotency import once
from moothall.core.packs import current_pack
from moothall.payments import events
from moothall.payments.actions.owing import take_intent
from moothall.payments.actions.paying import (
    DOWN,
    AlreadyPaid,
    CannotPay,
    NotNow,
    look_again,
    payable,
    reference_of,
    start_payment,
)
from moothall.payments.keypad import has_keypad, put_through
from moothall.payments.links import pay_path
from moothall.payments.models import OPEN_ATTEMPTS, Attempt, Intent
from moothall.payments.pack import PRICES
from moothall.payments.protocols import ProviderRefused, ProviderTrouble
from moothall.payments.providers import provider_named

NO_LINE = "There is no payment line here yet. Send the link instead: nobody may read a card’s number out."


def take_by_phone(intent_id: UUID, *, by: Actor, at: datetime) -> None:
    """Start a telephone payment and put the caller through to the payment line. Pressed twice, it is the same payment.

    Raises:
        Refused; AlreadyPaid, CannotPay: it is not to be paid. NotNow: provider or line does not answer, nothing was taken.
    """
    require(by, "payment.take")
    if not has_keypad():
        raise CannotPay(NO_LINE)
    back = f"{settings.PUBLIC_URL}{pay_path(intent_id)}/back"
    page = start_payment(intent_id, come_back=back, by=by, at=at, moto=True, hold=_hold(intent_id))
    attempt = _open_try(intent_id)
    if attempt is None:
        raise AlreadyPaid("This is paid already.")
    try:
        put_through(page, reference=reference_of(attempt.intent, attempt), pence=attempt.amount_pence)
    except ProviderTrouble as trouble:
        raise NotNow("The payment line does not answer. Nothing has been taken. Send the link instead.") from trouble
    except ProviderRefused as no:
        raise CannotPay("The payment line did not take this payment. Send the link instead.") from no


def stop_by_phone(intent_id: UUID, *, by: Actor, at: datetime) -> None:
    """The caller does not go on: end the telephone payment at the provider, and see what became of it.

    Raises:
        Refused; NotNow: the provider does not answer.
    """
    require(by, "payment.take")
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


def _hold(intent_id: UUID) -> bool:
    service = Intent.objects.values_list("service", flat=True).get(id=intent_id)
    price = current_pack().of(PRICES).get(service)
    return price is not None and price.hold_money
