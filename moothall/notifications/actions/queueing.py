"""A message is written down once for its event, recipient and purpose; delivering it is another matter."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import record
from moothall.core.ids import new_id
from moothall.core.jobs import enqueue
from moothall.core.packs import Pack, current_pack
from moothall.notifications import events, senders
from moothall.notifications.models import Message, MessageState
from moothall.notifications.pack import MESSAGES, MESSAGING, MessageTemplate
from moothall.notifications.recipients import Recipient, recipient
from moothall.notifications.rules import Choice, choose, next_allowed
from moothall.notifications.wording import fill, fill_markdown

DELIVER = "notifications.deliver"


class NoSuchTemplate(LookupError):
    """The pack has no message of this code."""


def queue_message(
    *, key: str, template: str, to: Recipient, values: Mapping[str, Any], at: datetime, by: Actor = SYSTEM,
    channel: str = "", case_id: UUID | None = None, contact_id: UUID | None = None, event_id: UUID | None = None,
    fell_back_from: Message | None = None,
) -> Message:  # fmt: skip
    """Write a message down and queue its delivery; the same ``key`` again returns the first one unchanged.

    ``key`` is ``event:recipient:purpose``. The words are those of the pack in force now. ``channel`` narrows the choice
    to one channel (an answer to a text is a text). Someone who asked for no messages, or who said STOP, gets a record
    that none was sent and why. A text message waits for daytime unless its template may come at any hour.

    Raises:
        NoSuchTemplate: the pack in force has no message ``template``.
    """
    pack = current_pack()
    words = _template(pack, template, to.language)
    choice = _choose(words, to, channel)
    kind = choice.address.channel if choice.address else (channel or words.channels[0])
    everything = {"council": pack.council.short_name or pack.council.name, "name": to.name, "site": settings.PUBLIC_URL}
    everything |= values
    message = Message(
        id=new_id(), key=key[:200], event_id=event_id, template=template, pack_version_id=pack.version_id,
        purpose=template[:40], channel=kind, to=choice.address.value if choice.address else "",
        customer_id=to.customer_id, case_id=case_id, contact_id=contact_id, created_at=at,
        subject=fill(words.subject, everything)[:300] if kind == "email" else "",
        body=fill_markdown(words.body, everything) if kind == "email" else fill(words.sms, everything),
        send_after=_when(pack, words, to, kind, at),
        state=MessageState.QUEUED if choice.address else MessageState.SUPPRESSED,
        error=choice.suppressed, fell_back_from=fell_back_from, values=dict(values), given=to.given,
    )  # fmt: skip
    with transaction.atomic(savepoint=False):
        if not _insert(message):
            return Message.objects.get(key=message.key)
        if message.state == MessageState.QUEUED:
            enqueue(DELIVER, message_id=str(message.id), at=message.send_after)
        name = events.QUEUED if choice.address else events.SUPPRESSED
        record([events.happening(name, message, at)], by=by)
    return message


def _template(pack: Pack, code: str, language: str) -> MessageTemplate:
    """Return the template in the customer's language where the pack has it (``case-opened-cy``), else as it is."""
    templates = pack.of(MESSAGES)
    found = templates.get(f"{code}-{language}") or templates.get(code)
    if found is None:
        raise NoSuchTemplate(f"The pack {pack.name} has no message “{code}”.")
    return found


def _choose(words: MessageTemplate, to: Recipient, channel: str) -> Choice:
    offered = [channel] if channel else list(words.channels)
    return choose(offered, to.preference, to.addresses, here=senders.channels_here(), must=words.must)


def _when(pack: Pack, words: MessageTemplate, to: Recipient, channel: str, at: datetime) -> datetime:
    if channel != "sms" or words.any_hour or not to.quiet:
        return at
    hours = pack.one(MESSAGING)
    return next_allowed(at, hours.texts_from, hours.texts_until)


def _insert(message: Message) -> bool:
    """Insert unless the key is taken; two at once: the second waits for the first to commit and finds it."""
    fields: list[Any] = list(Message._meta.concrete_fields)
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    values = [field.get_db_prep_save(getattr(message, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO notifications_message ({columns}) VALUES ({marks}) ON CONFLICT (key) DO NOTHING",  # noqa: S608
            values,
        )
        return bool(cursor.rowcount == 1)


def queue_again(row: Message, at: datetime) -> None:
    """Queue a locked message for another try at ``at``."""
    row.state, row.send_after = MessageState.QUEUED, at
    row.save(update_fields=["state", "send_after", "error", "unreachable"])
    enqueue(DELIVER, message_id=str(row.id), at=at)


def queue_fall_back(row: Message, at: datetime) -> Message | None:
    """Queue the same message by a channel not tried yet, or return ``None`` when there is none.

    Its words are filled in again from the values kept with it.
    """
    tried, first = {row.channel}, row
    while first.fell_back_from is not None:
        first = first.fell_back_from
        tried.add(first.channel)
    words = current_pack().of(MESSAGES).get(row.template)
    if words is None:
        return None
    to = recipient(row.customer_id, email=row.given.get("email", ""), phone=row.given.get("sms", ""))
    left = [c for c in words.channels if c not in tried]
    choice = choose(left, to.preference, to.addresses, here=senders.channels_here(), must=words.must)
    if choice.address is None:
        return None
    return queue_message(
        key=f"{first.key}:{choice.address.channel}", template=row.template, to=to, values=row.values, at=at,
        channel=choice.address.channel, case_id=row.case_id, contact_id=row.contact_id, event_id=row.event_id,
        fell_back_from=row,
    )  # fmt: skip
