"""The recording of a call stands still while a card is paid on it, and goes on by itself: nobody has to remember.

A try at paying holds which call it is made on and since when that is not recorded. It is written down before the exchange is
asked, so that a crash at any moment leaves a trace by which the recording is begun again.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from moothall.contacts.queries import call_in_hand
from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import Recorded, handles, record
from moothall.core.jobs import enqueue
from moothall.payments import events
from moothall.payments.actions.paying import NotNow
from moothall.payments.adapters import exchange
from moothall.payments.models import Attempt

log = logging.getLogger("moothall.payments")
JOB: Final = "payments.record_again"
LONGEST: Final = timedelta(minutes=10)
"""After this the recording goes on, whatever became of the payment."""

NO_CALL: Final = (
    "We can’t tell which call you are on, so its recording can’t be stopped from here. Put them through only if this call is"
    " not recorded, or you have stopped it yourself. Else send the link."
)
STILL_RECORDED: Final = (
    "The telephone system does not say that it has stopped recording, so nobody was put through. Send the link instead."
)


class WhichCall(NotNow):
    """The officer is on no call that the exchange told us of: she must say that it is not recorded."""


def know_call(*, vouched: bool, by: Actor) -> None:
    """Before anything is begun: see that we know which call an officer is on, or that she vouches. Raises WhichCall."""
    if exchange.has_exchange() and not vouched and (by.id is None or call_in_hand(by.id) is None):
        raise WhichCall(NO_CALL)


def pause_recording(attempt_id: UUID, *, by: Actor, at: datetime) -> None:
    """Have the call that this officer is on not recorded while it is paid on. Twice is harmless.

    Where no exchange can be told (`MOOTHALL_CALLS_URL`), nothing is recorded through us and nothing is done. On a call that
    we know nothing of she vouched that it is not recorded (`know_call`), and that is written down.

    Raises:
        NotNow: the exchange does not say so.
    """
    if not exchange.has_exchange():
        return
    found = call_in_hand(by.id) if by.id else None
    if found is None:
        with transaction.atomic():
            attempt = Attempt.objects.select_related("intent").get(id=attempt_id)
            record([events.about(events.VOUCHED, attempt.intent, at, attempt_id=str(attempt.id))], by=by)
        return
    contact_id, call = found
    with transaction.atomic():
        earlier = Attempt.objects.filter(call=call, paused_at__isnull=False, recorded_at=None).exclude(id=attempt_id)
        earlier.update(recorded_at=at, call="")  # this one answers for the call from now on
        attempt = Attempt.objects.select_for_update().select_related("intent").get(id=attempt_id)
        if attempt.paused_at is None or attempt.recorded_at is not None or attempt.call != call:
            attempt.call, attempt.paused_at, attempt.recorded_at = call, at, None
            attempt.save(update_fields=["call", "paused_at", "recorded_at"])
            told = events.about(events.PAUSED, attempt.intent, at, attempt_id=str(attempt.id))
            record([replace(told, contact_id=contact_id)], by=by)
    try:
        exchange.tell(call, recording=False)
    except (exchange.ExchangeAway, exchange.NoSuchCall) as away:
        log.warning("A recording could not be stopped", extra={"why": str(away)[:200]})
        enqueue(JOB, attempt_id=str(attempt_id), because="failed")
        raise NotNow(STILL_RECORDED) from away


def record_again(attempt_id: UUID, *, because: str, at: datetime) -> None:
    """Have the call recorded again, unless another payment is being made on it by now. Twice is harmless.

    Raises:
        ExchangeAway: asked again later.
    """
    attempt = Attempt.objects.select_related("intent").get(id=attempt_id)
    if attempt.paused_at is None or attempt.recorded_at is not None:
        return
    if not _paid_on(attempt.call, but=attempt.id):
        try:
            exchange.tell(attempt.call, recording=True)
        except exchange.NoSuchCall:
            because = "over"
        if _paid_on(attempt.call, but=attempt.id):  # another began while we spoke
            exchange.tell(attempt.call, recording=False)
    with transaction.atomic():
        if Attempt.objects.filter(id=attempt_id, recorded_at=None).update(recorded_at=at, call=""):
            told = {"attempt_id": str(attempt.id), "because": because}
            record([events.about(events.RECORDED, attempt.intent, at, **told)], by=SYSTEM)


def call_over(call_id: str, *, because: str, at: datetime) -> None:
    """The exchange tells that a call ended (its recording with it), or was put through to somebody else, who is recorded."""
    for attempt_id in paused().filter(call=call_id).values_list("id", flat=True):
        enqueue(JOB, attempt_id=str(attempt_id), because=because, once=f"record:{attempt_id}")


def paused() -> QuerySet[Attempt]:
    """Tries on whose call nothing is recorded."""
    return Attempt.objects.filter(paused_at__isnull=False, recorded_at=None)


def _paid_on(call: str, *, but: UUID) -> bool:
    return paused().filter(call=call).exclude(id=but).exists()


@handles(events.TAKEN, events.FAILED, as_="payments.record_again")
def payment_over(event: Recorded) -> None:
    """A try at paying is over: the recording goes on."""
    attempt_id = str(event.data.get("attempt_id") or "")
    if attempt_id and paused().filter(id=attempt_id).exists():
        enqueue(JOB, attempt_id=attempt_id, because="ended", once=f"record:{attempt_id}")
