"""Handing messages over. "Sending" is committed before the call, so that a crash never leaves us guessing in silence."""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import formataddr
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction

from moothall.core import clock, jobs
from moothall.core.actors import SYSTEM
from moothall.core.events import record
from moothall.core.packs import Pack, current_pack, pack_at
from moothall.notifications import events, senders
from moothall.notifications.actions.queueing import DELIVER, queue_again, queue_fall_back
from moothall.notifications.booking_values import calendar_for
from moothall.notifications.carrying import held_up
from moothall.notifications.models import Message, MessageState, Stopped
from moothall.notifications.pack import MESSAGES, MESSAGING
from moothall.notifications.protocols import Accepted, Envelope, NotNow, Refused, Sender, Unclear
from moothall.notifications.rules import gives_up, pause_after, reference_of
from moothall.notifications.stop_links import stop_link

log = logging.getLogger("moothall.messages")


def deliver(message_id: UUID, *, worker: str) -> MessageState | None:
    """Try to send one message now; return its state afterwards, ``None`` when there is nothing to do.

    Only a message that waits and is due is taken, by one worker, and its being sent is committed before the provider
    is called. Safe to call again at any time.
    """
    taken = _take(message_id, worker)
    if taken is None:
        return None
    message, sender, envelope = taken
    return _write_down(_call(message, sender, envelope))


def _call(message: Message, sender: Sender, envelope: Envelope) -> Callable[[], MessageState]:
    """Hand the message over; return what is to be written about it."""
    try:
        accepted = sender.send(envelope)
    except Refused as error:
        reason = str(error)
        return lambda: _failed_for_good(message, reason)
    except NotNow as error:
        put_off = partial(_put_off, message, str(error), error.unreachable, error.wait_seconds)
        return put_off
    except Exception as error:  # it may have gone all the same: whatever failed is doubt, never a second message
        if not isinstance(error, Unclear):
            log.exception("A sender failed in a way it should not", extra={"sender": sender.name})
        return lambda: _broke_off(message, sender)
    return lambda: _sent(message, accepted)


def _write_down(what: Callable[[], MessageState]) -> MessageState:
    """Write what became of a call, and if the database has gone meanwhile, wait for it: only we know, so we hold on."""
    for pause in (0.2, 0.5, 1, 2, *[5] * 60):
        try:
            return what()
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block:
                raise
            connection.close()
            time.sleep(pause)
    return what()


def resolve(message_id: UUID) -> MessageState | None:
    """Find out what became of a message whose sending broke off.

    A provider that can be asked is asked by our reference: it has it (sent), it has it not (queued again), or it cannot
    say now (asked again later). Mail cannot be asked: it goes once more under the same Message-ID and is marked as in
    doubt for a person to see; if that breaks off as well, it is not sent a third time.
    """
    message = Message.objects.filter(id=message_id, state=MessageState.SENDING).first()
    if message is None:
        return None
    sender = senders.sender_for(message.channel)
    if sender is None or not sender.can_ask:
        return _doubt(message)
    try:
        found = sender.find(reference_of(str(message.id), message.attempts))
    except NotNow:
        log.warning("A provider cannot say what became of a message", extra={"message_id": str(message.id)})
        return MessageState.SENDING
    if found is not None:
        return _sent(message, found)
    return _back(message, "It had not reached the provider.", clock.now())


def resolve_lost() -> int:
    """Resolve every message that a dead or interrupted worker left as being sent; return how many.

    One is lost when it has been "sending" for longer than any call can take and its worker gives no sign of life, or for
    much longer whatever its worker says.
    """
    now, lease = clock.machine_now(), timedelta(seconds=settings.SEND_LEASE_SECONDS)
    living = jobs.alive(lease)
    lost = [
        message.id
        for message in Message.objects.filter(state=MessageState.SENDING, sending_at__lt=now - lease)[:500]
        if message.sending_by.partition("/")[0] not in living
        or (message.sending_at is not None and message.sending_at < now - 4 * lease)
    ]
    for message_id in lost:
        resolve(message_id)
    return len(lost)


def queue_forgotten() -> int:
    """Queue the delivery of messages that are due and have been for a minute: a safety net, should a job be missing."""
    since = clock.now() - timedelta(minutes=1)
    waiting = Message.objects.filter(state=MessageState.QUEUED, send_after__lt=since).values_list("id", flat=True)[
        :1000
    ]
    for message_id in waiting:
        jobs.enqueue(DELIVER, once=f"deliver:{message_id}", message_id=str(message_id))
    return len(waiting)


def _take(message_id: UUID, worker: str) -> tuple[Message, Sender, Envelope] | None:
    now = clock.now()
    with transaction.atomic(durable=True):
        message = Message.objects.select_for_update(skip_locked=True).filter(id=message_id).first()
        if message is None or message.state != MessageState.QUEUED or message.send_after > now:
            return None
        sender = senders.sender_for(message.channel)
        if Stopped.objects.filter(value=message.to).exists() and not _must(message):
            message.state, message.error = MessageState.SUPPRESSED, "The owner of this number or address said STOP."
            message.save(update_fields=["state", "error"])
            record([events.happening(events.SUPPRESSED, message, now)], by=SYSTEM)
            return None
        if sender is None:
            later(message, "Nobody carries this channel here.", now, unreachable=True)
            return None
        message.attempts += 1
        message.state, message.sending_at, message.sending_by = MessageState.SENDING, clock.machine_now(), worker
        message.provider = sender.name
        message.save(update_fields=["attempts", "state", "sending_at", "sending_by", "provider"])
        return message, sender, _envelope(message)


def _envelope(message: Message) -> Envelope:
    pack = pack_at(message.pack_version_id) if message.pack_version_id else current_pack()
    ways = pack.one(MESSAGING)
    template = pack.of(MESSAGES).get(message.template)
    link = stop_link(message.to) if template is not None and template.may_stop and message.channel == "email" else ""
    host = ways.email_from.rpartition("@")[2]
    envelope = Envelope(
        message_id=message.id,
        reference=reference_of(str(message.id), message.attempts),
        channel=message.channel,
        to=message.to,
        text=message.body,
        subject=message.subject,
        sender=formataddr((ways.sender_name or pack.council.name, ways.email_from)),
        reply_to=message.headers.get("Reply-To") or ways.reply_to or _front_door(pack),
        headers=_headers(message, host) if message.channel == "email" else message.headers,
        calendar=calendar_for(message.template, message.values, at=clock.now()) if message.channel == "email" else b"",
    )  # fmt: skip
    return senders.render(
        message.channel,
        senders.Outgoing(
            envelope, message.body, link, pack, language=message.language, format=message.format,
            at=message.sent_at or message.created_at, enclosures=tuple(message.values.get("enclosures", ())),
        ),
    )  # fmt: skip


def envelope_of(message: Message) -> Envelope:
    """Return what the message's channel makes of it: what was sent, or will be."""
    return _envelope(message)


def _headers(message: Message, host: str) -> dict[str, str]:
    own = {name: str(value) for name, value in message.headers.items() if name != "Reply-To"}
    return {**own, "Message-ID": f"<{message.id}@{host}>"}


def _front_door(pack: Pack) -> str:
    """The council's own e-mail address: whoever answers a message reaches somebody."""
    return next((way.value for way in pack.council.contact if way.channel == "email"), "")


def _must(message: Message) -> bool:
    """The last word after STOP ("we will send nothing more") may still go; nothing else."""
    return message.template == "text-stopped"


def _still_ours(message: Message) -> Message | None:
    """Lock the message as it stands in the database, if this try is still the one it is in."""
    row = Message.objects.select_for_update().get(id=message.id)
    return row if row.attempts == message.attempts and row.state == MessageState.SENDING else None


def _broke_off(message: Message, sender: Sender) -> MessageState:
    """The call ended and nobody knows how. A provider that can be asked is asked after the lease, when it surely knows."""
    if not sender.can_ask:
        return _doubt(message)
    Message.objects.filter(id=message.id, state=MessageState.SENDING, attempts=message.attempts).update(
        sending_by="", error="The line went dead in the middle; we will ask the provider."
    )
    return MessageState.SENDING


def _sent(message: Message, accepted: Accepted) -> MessageState:
    now = clock.now()
    with transaction.atomic():
        row = Message.objects.select_for_update().get(id=message.id)
        if row.state in (MessageState.DELIVERED, MessageState.SENT):
            return MessageState(row.state)  # the receipt was faster than the answer to our own call
        row.state, row.sent_at, row.error, row.unreachable = MessageState.SENT, now, "", False
        row.provider_id = accepted.provider_id[:200]
        _forget_private(row)
        row.save(update_fields=["state", "sent_at", "error", "unreachable", "provider_id", "body", "values"])
        record([events.happening(events.SENT, row, now)], by=SYSTEM)
    return MessageState.SENT


def _forget_private(row: Message) -> None:
    """Take the words of a private message away once it has gone: whoever reads them could use its link."""
    template = current_pack().of(MESSAGES).get(row.template)
    if template is not None and template.private:
        row.body, row.values = "(It carried a private link, so its words are not kept.)", {}


def _put_off(message: Message, reason: str, unreachable: bool, wait_seconds: int) -> MessageState:
    now = clock.now()
    with transaction.atomic():
        row = _still_ours(message)
        if row is None:
            return MessageState(message.state)
        state = later(row, reason, now, unreachable=unreachable, wait_seconds=wait_seconds)
        if unreachable:
            held_up(row.channel, at=now)
        return state


def later(
    row: Message, reason: str, now: datetime, *, unreachable: bool = False, wait_seconds: int = 0
) -> MessageState:
    """Queue a locked message for its next try, or give it up when it has been tried for days."""
    pack = current_pack()
    row.error, row.unreachable = reason[:300], unreachable
    if gives_up(row.created_at, now, pack.one(MESSAGING).try_for_days):
        return _dead(row, now)
    wait = max(pause_after(max(row.attempts, 1), unreachable=unreachable), timedelta(seconds=wait_seconds))
    queue_again(row, now + wait)
    return MessageState.QUEUED


def _back(message: Message, reason: str, at: datetime) -> MessageState:
    with transaction.atomic():
        row = _still_ours(message)
        if row is None:
            return MessageState(message.state)
        row.error = reason
        queue_again(row, at)
    return MessageState.QUEUED


def _failed_for_good(message: Message, reason: str) -> MessageState:
    now = clock.now()
    with transaction.atomic():
        row = _still_ours(message)
        if row is None:
            return MessageState(message.state)
        row.error = reason[:300]
        return fail(row, now)


def fail(row: Message, now: datetime) -> MessageState:
    """Mark a locked message as not delivered, and send it by the next channel if there is one; else it is given up."""
    row.state = MessageState.FAILED
    row.save(update_fields=["state", "error"])
    record([events.happening(events.FAILED, row, now)], by=SYSTEM)
    if queue_fall_back(row, now) is not None:
        row.settled_at, row.settlement = now, "Sent another way"
        row.save(update_fields=["settled_at", "settlement"])
        return MessageState.FAILED
    row.state = MessageState.DEAD
    row.save(update_fields=["state"])
    return MessageState.DEAD


def _dead(row: Message, now: datetime) -> MessageState:
    row.save(update_fields=["error", "unreachable"])
    return fail(row, now)


def _doubt(message: Message) -> MessageState:
    """Send a message once more that may have gone already; the second time it stays in doubt."""
    now = clock.now()
    with transaction.atomic():
        row = _still_ours(message)
        if row is None:
            return MessageState(message.state)
        again = row.doubt_at is None
        row.doubt_at = row.doubt_at or now
        row.settled_at, row.settlement = None, ""
        row.error = "A worker stopped in the middle of sending it: it may have gone twice." if again else (
            "It broke off twice in the middle of sending: nobody knows whether it went."
        )  # fmt: skip
        row.state = MessageState.DOUBT
        row.save(update_fields=["doubt_at", "settled_at", "settlement", "error", "state"])
        record([events.happening(events.DOUBT, row, now)], by=SYSTEM)
        if not again:
            return MessageState.DOUBT
        queue_again(row, now)
    return MessageState.QUEUED
