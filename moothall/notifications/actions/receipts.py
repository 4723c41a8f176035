"""What a provider tells us about a message: once, in any order."""

from datetime import datetime

from django.db import transaction

from moothall.core import clock
from moothall.core.actors import SYSTEM
from moothall.core.events import record
from moothall.core.ids import new_id
from moothall.notifications import events
from moothall.notifications.actions.delivering import fail, later
from moothall.notifications.models import Message, MessageState, Receipt
from moothall.notifications.rules import (
    DELIVERED,
    NOT_THERE,
    THEIR_FAULT,
    TRIED_IN_VAIN,
    is_known_status,
    read_reference_of,
)

_WITH_PROVIDER = (MessageState.SENDING, MessageState.SENT)


class UnknownMessage(LookupError):
    """The receipt is for no message of ours."""


def take_receipt(*, provider: str, provider_id: str, reference: str, status: str, at: datetime) -> Message:
    """Keep what the provider said, once, and bring the message to where that puts it.

    The same receipt again changes nothing. One that comes late (``sending`` after ``delivered``, or about an earlier
    try) is kept and changes nothing. Delivered always stands. A number or mailbox that is not there makes the message go
    by another channel; a fault of the provider's own makes it go again.

    Raises:
        UnknownMessage: no message has this reference or provider's id.
        ValueError: the status is none we know.
    """
    if not is_known_status(status):
        raise ValueError(f"We do not know the status “{status[:40]}”.")
    now = clock.now()
    with transaction.atomic():
        message, attempt = _find(provider, provider_id, reference)
        _, fresh = Receipt.objects.get_or_create(
            message=message, status=status, at=at, defaults={"id": new_id(), "received_at": now}
        )
        if not fresh:
            return message
        if status in DELIVERED:
            _delivered(message, at)
        elif attempt != message.attempts or message.state not in _WITH_PROVIDER:
            pass  # about an earlier try, or we know more already
        elif status in NOT_THERE | TRIED_IN_VAIN:
            message.error = f"The provider says: {status}."
            fail(message, now)
        elif status in THEIR_FAULT:
            later(message, f"The provider says: {status}.", now)
        elif message.state == MessageState.SENDING:
            message.state, message.sent_at, message.provider_id = MessageState.SENT, at, provider_id[:200]
            message.save(update_fields=["state", "sent_at", "provider_id"])
            record([events.happening(events.SENT, message, at)], by=SYSTEM)
        return message


def _delivered(message: Message, at: datetime) -> None:
    if message.state in (MessageState.DELIVERED, MessageState.SUPPRESSED):
        return
    if message.sent_at is None:
        message.sent_at = at
        record([events.happening(events.SENT, message, at)], by=SYSTEM)
    message.state, message.error, message.unreachable = MessageState.DELIVERED, "", False
    message.save(update_fields=["state", "error", "unreachable", "sent_at"])
    record([events.happening(events.DELIVERED, message, at)], by=SYSTEM)


def _find(provider: str, provider_id: str, reference: str) -> tuple[Message, int]:
    ours = read_reference_of(reference)
    locked = Message.objects.select_for_update()
    if ours is not None:
        try:
            message = locked.filter(id=ours[0]).first()
        except ValueError:
            message = None
        if message is not None:
            return message, ours[1]
    message = locked.filter(provider=provider, provider_id=provider_id).first() if provider_id else None
    if message is None:
        raise UnknownMessage("No message of ours has this reference.")
    return message, message.attempts
