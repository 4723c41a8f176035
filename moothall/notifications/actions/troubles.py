"""What a person does about a message that did not arrive, may have gone twice, or could not be read."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.events import Happening, record
from moothall.core.ids import new_id
from moothall.notifications import events
from moothall.notifications.actions.queueing import queue_again
from moothall.notifications.models import Message, MessageState, Quarantined
from moothall.notifications.reading_again import StillUnread, reader_of

log = logging.getLogger("moothall.notifications")
PERMISSION = "message.manage"
LONGEST_RAW = 1_000_000
_STUCK = (MessageState.DEAD, MessageState.FAILED, MessageState.DOUBT, MessageState.QUEUED)


CUT = (
    "Only its beginning was kept here, for it is larger than we take. An e-mail that came by the mailbox lies in the "
    "mailbox’s folder “Moothall”: move it back into its inbox, and it is read again."
)


class CannotReadAgain(ValueError):
    """It stays in quarantine, or left it before; the message says why and what to do."""


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


def quarantine(
    *, source: str, reason: str, raw: bytes, details: dict[str, Any], at: datetime, most: int = LONGEST_RAW
) -> Quarantined:
    """Keep something that arrived and could not be read, for a person. It blocks nothing. Longer than ``most`` it is cut.

    ``at`` is when it arrived: what is read again later counts from there.
    """
    return Quarantined.objects.create(
        id=new_id(), source=source[:60], reason=reason[:300], raw=raw[:most], details=details, arrived_at=at
    )


def read_again(quarantined_id: UUID, *, by: Actor, at: datetime) -> Quarantined:
    """Read something in quarantine again, once what stopped it is mended: it is taken in as having arrived when it did.

    It happens once: whoever comes second is told so. What still cannot be read stays where it is.

    Raises:
        Refused: the actor may not.
        CannotReadAgain: it was dealt with, only its beginning was kept, nobody reads its kind again, or it is still unread.
    """
    require(by, "quarantine.manage")
    try:
        with transaction.atomic():
            row = Quarantined.objects.select_for_update().get(id=quarantined_id)
            if row.settled_at is not None:
                raise CannotReadAgain(f"It was dealt with before: {row.settlement}.")
            reader, raw = reader_of(row.source), bytes(row.raw)
            if reader is None:
                raise CannotReadAgain(
                    "What came this way cannot be read again here. Say what was done about it instead."
                )
            if is_cut(row.details, len(raw)):
                raise CannotReadAgain(CUT)
            reader(raw, row.arrived_at, row.details)
            row.settled_at, row.settled_by, row.settlement = at, by.id, "Read again and taken in"
            row.save(update_fields=["settled_at", "settled_by", "settlement"])
            record([Happening("quarantine.read_again", "quarantine", row.id, at)], by=by)
            return row
    except (CannotReadAgain, DatabaseError, Quarantined.DoesNotExist):
        raise
    except StillUnread as why:
        raise CannotReadAgain(f"It still cannot be read. {why}") from why
    except Exception as error:  # our own reading fails in as many ways as when it came
        log.exception("Something in quarantine could not be read again")
        raise CannotReadAgain(f"It still cannot be read: our reading of it failed ({type(error).__name__}).") from error


def is_cut(details: Mapping[str, Any], kept: int) -> bool:
    """Say whether only the beginning was kept of something in quarantine, of which ``kept`` bytes are there."""
    return int(details.get("bytes", kept)) > kept


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
