"""A day's further news in one message: rather than a flood, one that says all of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from moothall.core.actors import SYSTEM
from moothall.core.events import record
from moothall.core.jobs import enqueue
from moothall.core.packs import Pack, current_pack, pack_at
from moothall.notifications import events
from moothall.notifications.actions.queueing import GATHER, asked_for, queue_again, queue_message
from moothall.notifications.deciding import words_in
from moothall.notifications.models import Message, MessageState
from moothall.notifications.wording import fill

TOGETHER = "news-together"
LINES_IN_A_TEXT = 3
_GONE = (MessageState.QUEUED, MessageState.SENDING, MessageState.SENT, MessageState.DELIVERED)


def gather(to: str, channel: str, *, at: datetime) -> list[Message]:
    """Tell what was held for one address, as one message to each person who has it; return them. Nothing held and due: none.

    News of a request that a later message has overtaken (“done” after “on its way”) is not told any more: it stays on
    record as told by that one. A single piece goes as the message it was written as. Safe to run again.
    """
    with transaction.atomic():
        held = Message.objects.select_for_update().filter(to=to, channel=channel, state=MessageState.HELD)
        due = held.filter(send_after__lte=at).order_by("created_at", "id")
        hers: dict[UUID | None, list[Message]] = {}
        for row in due:
            if not _overtaken(row, at):
                hers.setdefault(row.customer_id, []).append(row)
        return [_tell(rows, at) for rows in hers.values()]


def gather_forgotten(at: datetime) -> int:
    """Queue the telling of news that has been due for a minute: a safety net, should a job be missing."""
    due = Message.objects.filter(state=MessageState.HELD, send_after__lt=at - timedelta(minutes=1))
    waiting = set(due.values_list("to", "channel")[:1000])
    for to, channel in waiting:
        enqueue(GATHER, once=f"gather:{channel}:{to}", to=to, channel=channel)
    return len(waiting)


def _overtaken(row: Message, at: datetime) -> bool:
    if row.case_id is None:
        return False
    later = Message.objects.filter(case_id=row.case_id, to=row.to, created_at__gt=row.created_at, state__in=_GONE)
    newer = later.order_by("-created_at").first()
    if newer is not None:
        _told_by(row, newer, at)
    return newer is not None


def _tell(rows: Sequence[Message], at: datetime) -> Message:
    if len(rows) == 1:
        queue_again(rows[0], at)
        return rows[0]
    pack, last = current_pack(), rows[-1]
    who = asked_for(last)
    told = [line for line in (_line(pack, row) for row in rows) if line]
    most = LINES_IN_A_TEXT if last.channel == "sms" else len(told)
    cases: set[UUID | None] = {row.case_id for row in rows}
    message = queue_message(
        key=f"{rows[0].key}:together", template=TOGETHER, to=who, channel=last.channel, at=at,
        case_id=cases.pop() if len(cases) == 1 else None,
        values={
            "count": str(len(told)), "news": "\n\n".join(told[:most]),
            "more": str(len(told) - most) if len(told) > most else "",
        },
    )  # fmt: skip
    for row in rows:
        _told_by(row, message, at)
    return message


def _line(pack: Pack, row: Message) -> str:
    """The one line a piece of news becomes, in the words of the pack it was written under."""
    own = pack_at(row.pack_version_id) if row.pack_version_id else pack
    return fill(
        words_in(own, row.template, row.language).together, {"council": "", "name": "", "site": ""} | row.values
    )


def _told_by(row: Message, message: Message, at: datetime) -> None:
    row.state, row.told_in = MessageState.TOLD, message
    row.save(update_fields=["state", "told_in"])
    record([events.happening(events.TOGETHER, row, at)], by=SYSTEM)
