"""Thin background entry points."""

from __future__ import annotations

from uuid import UUID

from moothall.core import clock
from moothall.core.actors import SYSTEM
from moothall.core.jobs import every, job
from moothall.payments.actions import look_again, send_refund, sweep
from moothall.payments.actions.collecting import settle_collected
from moothall.payments.actions.paying import cancel_attempt, capture_attempt, look_at_payment

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


@every("10 * * * *", "payments.collected", queue=QUEUE)
def collected() -> None:
    """Book what was collected by Direct Debit and can be returned no more."""
    settle_collected(at=clock.now())


@every("* * * * *", "payments.sweep", queue=QUEUE)
def look_round() -> None:
    """Ask after what nobody told us of, and end what nobody paid in time."""
    sweep(at=clock.now())
