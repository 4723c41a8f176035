"""Thin background entry points."""

from __future__ import annotations

import logging
from uuid import UUID

from moothall.core import clock
from moothall.core.actors import SYSTEM
from moothall.core.jobs import every, job
from moothall.payments.actions import card_plans, look_again, send_refund, sweep
from moothall.payments.actions.collecting import settle_collected
from moothall.payments.actions.following import cancel_attempt, capture_attempt, look_at_payment
from moothall.payments.actions.recording import record_again
from moothall.payments.actions.telephone import resume_forgotten
from moothall.payments.adapters.exchange import ExchangeAway

log = logging.getLogger("moothall.payments")
QUEUE = "payments"


@job("payments.look", queue=QUEUE)
def look(attempt_id: str) -> None:
    """Ask the provider how a try stands."""
    look_again(UUID(attempt_id), at=clock.now())


@job("payments.heard", queue=QUEUE)
def heard(provider_name: str, provider_id: str) -> None:
    """Look at a payment that a webhook spoke of."""
    look_at_payment(provider_name, provider_id, at=clock.now())


@job("payments.cancel", queue=QUEUE)
def cancel(attempt_id: str) -> None:
    """Cancel a try nobody wants the money of."""
    cancel_attempt(UUID(attempt_id), at=clock.now())


@job("payments.capture", queue=QUEUE)
def capture(attempt_id: str) -> None:
    """Take money that was set aside."""
    capture_attempt(UUID(attempt_id), at=clock.now())


@job("payments.send_refund", queue=QUEUE)
def refund(refund_id: str) -> None:
    """Send a refund."""
    send_refund(UUID(refund_id), by=SYSTEM, at=clock.now())


@job("payments.card_set_up", queue=QUEUE)
def card_set_up(mandate_id: str) -> None:
    """The first part by card is paid: the rest is agreed to, if the provider says so."""
    card_plans.set_up(UUID(mandate_id), at=clock.now())


@job("payments.card_end", queue=QUEUE)
def card_end(mandate_id: str) -> None:
    """Have the provider end an agreement that ended here."""
    card_plans.end_at_provider(UUID(mandate_id))


@every("20 * * * *", "payments.card_parts", queue=QUEUE)
def card_parts() -> None:
    """Announce and take parts by card."""
    card_plans.tell_and_take(at=clock.now())


@every("10 * * * *", "payments.collected", queue=QUEUE)
def collected() -> None:
    """Book what was collected by Direct Debit and can be returned no more."""
    settle_collected(at=clock.now())


@job("payments.record_again", queue=QUEUE)
def go_on_recording(attempt_id: str, because: str) -> None:
    """Have a call recorded again that was paid on. An exchange that does not answer is asked again each minute."""
    try:
        record_again(UUID(attempt_id), because=because, at=clock.now())
    except ExchangeAway as away:
        log.warning("A recording could not be begun again", extra={"why": str(away)[:200]})


@every("* * * * *", "payments.sweep", queue=QUEUE)
def look_round() -> None:
    """Ask after what nobody told us of, end what nobody paid in time, and begin recordings again."""
    sweep(at=clock.now())
    resume_forgotten(at=clock.now())
