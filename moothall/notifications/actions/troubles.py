"""What a person does about a message that did not arrive, may have gone twice, or could not be read."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.events import Happening, record
from moothall.core.ids import new_id
from moothall.notifications import events
from moothall.notifications.actions.queueing import queue_again
from moothall.notifications.models import Message, MessageState, Quarantined

PERMISSION = "message.manage"
LONGEST_RAW = 1_000_000
_STUCK = (MessageState.DEAD, MessageState.FAILED, MessageState.DOUBT, MessageState.QUEUED)


class CannotRetry(ValueError):
    """The message is on its way, has arrived or was not wanted: there is nothing to send again."""


def retry_message(message_id: UUID, *, by: Actor, at: datetime) -> Message:
    """Send a message again now: one given up, in doubt, or waiting for its next try.

    Raises:
        Refused: the actor may not.
        CannotRetry: it is being sent, was sent, or was suppressed.
    """
    require(by, PERMISSION)
    with transaction.atomic():
        message = Message.objects.select_for_update().get(id=message_id)
        if message.state not in _STUCK:
            raise CannotRetry("This message cannot be sent again: it is on its way, was sent or was not wanted.")
        _settle(message, "Sent again", by, at)
        queue_again(message, at)
        return message


def give_up_message(message_id: UUID, *, by: Actor, at: datetime, reason: str) -> Message:
    """Stop trying to send a message. One that was sent already is left alone."""
    require(by, PERMISSION)
    with transaction.atomic():
        message = Message.objects.select_for_update().get(id=message_id)
        if message.state in _STUCK:
            message.state = MessageState.DEAD
            message.save(update_fields=["state"])
            _settle(message, f"Given up: {reason}"[:200], by, at)
        return message


def settle_message(message_id: UUID, *, by: Actor, at: datetime, how: str) -> Message:
    """Say that a doubt or failure has been dealt with (``how`` in words): it leaves the console's list."""
    require(by, PERMISSION)
    with transaction.atomic():
        message = Message.objects.select_for_update().get(id=message_id)
        _settle(message, how[:200], by, at)
        return message


def _settle(message: Message, how: str, by: Actor, at: datetime) -> None:
    message.settled_at, message.settled_by, message.settlement = at, by.id, how
    message.save(update_fields=["settled_at", "settled_by", "settlement"])
    record([events.happening(events.SETTLED, message, at)], by=by)


def quarantine(*, source: str, reason: str, raw: bytes, details: dict[str, Any], at: datetime) -> Quarantined:
    """Keep something that arrived and could not be read, for a person. It blocks nothing. Very long things are cut."""
    return Quarantined.objects.create(
        id=new_id(), source=source[:60], reason=reason[:300], raw=raw[:LONGEST_RAW], details=details, arrived_at=at
    )


def settle_quarantined(quarantined_id: UUID, *, by: Actor, at: datetime, how: str) -> Quarantined:
    """Say that something in quarantine has been dealt with (``how`` in words). Twice is once."""
    require(by, "quarantine.manage")
    with transaction.atomic():
        row = Quarantined.objects.select_for_update().get(id=quarantined_id)
        if row.settled_at is None:
            row.settled_at, row.settled_by, row.settlement = at, by.id, how[:200]
            row.save(update_fields=["settled_at", "settled_by", "settlement"])
            record([Happening("quarantine.settled", "quarantine", row.id, at)], by=by)
        return row
