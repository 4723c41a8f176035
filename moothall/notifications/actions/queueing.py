"""A message is written down once for its event, recipient and purpose; delivering it is another matter."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from moothall.cases.models import Case
from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import record
from moothall.core.ids import new_id
from moothall.core.jobs import enqueue
from moothall.core.packs import current_pack
from moothall.notifications import events
from moothall.notifications.deciding import NoSuchTemplate, hold_until, led_in, named_in, way_of, words_in
from moothall.notifications.models import Message, MessageState
from moothall.notifications.pack import MESSAGES, MessageTemplate
from moothall.notifications.recipients import Recipient, recipient
from moothall.notifications.wording import fill, fill_markdown

DELIVER = "notifications.deliver"
GATHER = "notifications.gather"
__all__ = ["DELIVER", "GATHER", "NoSuchTemplate", "compose_message", "queue_again", "queue_fall_back", "queue_message"]


def queue_message(
    *, key: str, template: str, to: Recipient, values: Mapping[str, Any], at: datetime, by: Actor = SYSTEM,
    channel: str = "", case_id: UUID | None = None, contact_id: UUID | None = None, event_id: UUID | None = None,
    fell_back_from: Message | None = None, failed: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Message:  # fmt: skip
    """Write a message down and queue its delivery; the same ``key`` again returns the first one unchanged.

    ``key`` is ``event:recipient:purpose``. The words are those of the pack in force now. ``channel`` narrows the choice
    to one channel (an answer to a text is a text). Someone who asked for no messages, or who said STOP, gets a record
    that none was sent and why. A text message waits for daytime unless its template may come at any hour. News of which
    there was some today already waits to be told with the rest of the day, where the pack says so. Why it goes as it
    goes is kept with it (`rules.way.decide`). ``failed`` are channels tried in vain before, with what was said.
    ``headers`` are an e-mail's own (``In-Reply-To``, ``Reply-To``), and win over those that every e-mail of ours has.

    Raises:
        NoSuchTemplate: the pack in force has no message ``template``.
    """
    message, reachable = _composed(
        key=key, template=template, to=to, values=values, at=at, channel=channel, case_id=case_id, contact_id=contact_id,
        event_id=event_id, fell_back_from=fell_back_from, failed=failed, headers=headers,
    )  # fmt: skip
    with transaction.atomic(savepoint=False):
        if not _insert(message):
            return Message.objects.get(key=message.key)
        if message.state == MessageState.QUEUED:
            enqueue(DELIVER, message_id=str(message.id), at=message.send_after)
        elif message.state == MessageState.HELD:
            enqueue(GATHER, to=message.to, channel=message.channel, at=message.send_after)
        name = events.QUEUED if reachable else events.SUPPRESSED
        record([events.happening(name, message, at)], by=by)
    return message


def compose_message(
    *, template: str, to: Recipient, values: Mapping[str, Any], at: datetime, channel: str = ""
) -> Message:  # fmt: skip
    """Return a message as `queue_message` would write it down, and write nothing: to look at it before it goes.

    Raises:
        NoSuchTemplate: the pack in force has no message ``template``.
    """
    return _composed(key="", template=template, to=to, values=values, at=at, channel=channel)[0]


def _composed(
    *, key: str, template: str, to: Recipient, values: Mapping[str, Any], at: datetime, channel: str = "",
    case_id: UUID | None = None, contact_id: UUID | None = None, event_id: UUID | None = None,
    fell_back_from: Message | None = None, failed: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[Message, bool]:  # fmt: skip
    """The message, and whether it can go at all."""
    pack = current_pack()
    way = way_of(pack, template, to, at, only=channel, failed=failed)
    words = words_in(pack, template, way.language, way.format)
    kind = way.channel
    held = hold_until(pack, words, way, at) if fell_back_from is None else None
    everything = {"council": pack.council.short_name or pack.council.name, "name": to.name, "site": settings.PUBLIC_URL}
    everything |= led_in(pack, to.language, named_in(pack, way.language, values))
    message = Message(
        id=new_id(), key=key[:200], event_id=event_id, template=template, pack_version_id=pack.version_id,
        purpose=template[:40], channel=kind, to=way.address.value if way.address else "",
        language=way.language, format=way.format,
        customer_id=to.customer_id, case_id=case_id, contact_id=contact_id, created_at=at,
        subject=fill(words.subject, everything)[:300] if kind in {"email", "post"} else "",
        body=_body(words, kind, everything),
        send_after=held or way.send_after, reasons=[asdict(one) for one in way.reasons],
        state=MessageState.SUPPRESSED if way.address is None else MessageState.HELD if held else MessageState.QUEUED,
        error=way.suppressed, fell_back_from=fell_back_from, values=dict(values), given=to.given,
        headers=dict(headers or {}),
    )  # fmt: skip
    return message, way.address is not None


def _body(words: MessageTemplate, kind: str, values: Mapping[str, Any]) -> str:
    if kind in {"email", "post"}:
        return fill_markdown(words.body, values)
    return fill(words.social if kind == "social" else words.sms, values)


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


def asked_for(row: Message) -> Recipient:
    """Return who a message was for, from the beginning: of a case, by the record that it was asked for with."""
    of = Case.objects.filter(id=row.case_id).values_list("customer_id", flat=True).first() if row.case_id else None
    given = row.given
    return recipient(
        of or row.customer_id, email=given.get("email", ""), phone=given.get("sms", ""), post=given.get("post", "")
    )


def queue_fall_back(row: Message, at: datetime) -> Message | None:
    """Queue the same message by a channel not tried yet, or return ``None`` when there is none.

    Its words are filled in again from the values kept with it.
    """
    failed, first = {row.channel: row.error}, row
    while first.fell_back_from is not None:
        first = first.fell_back_from
        failed[first.channel] = first.error
    pack = current_pack()
    if row.template not in pack.of(MESSAGES):
        return None
    to = asked_for(row)
    way = way_of(pack, row.template, to, at, failed=failed)
    if way.address is None:
        return None
    return queue_message(
        key=f"{first.key}:{way.channel}", template=row.template, to=to, values=row.values, at=at, case_id=row.case_id,
        contact_id=row.contact_id, event_id=row.event_id, fell_back_from=row, failed=failed,
    )  # fmt: skip
