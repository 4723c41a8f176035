"""When messages go: address and words, the pack's months after they were written; that one was sent stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast, Concat

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.retention import (
    DueRecord,
    Forgot,
    Place,
    RecordClass,
    due_on,
    oldest,
    register_companion,
    register_record_class,
)
from moothall.customers.privacy.terms import ended_before
from moothall.notifications.models import Message, MessageState, Quarantined

SAYS = ~Q(to="") | ~Q(body="") | Q(customer_id__isnull=False)
NOT_YET = (MessageState.QUEUED, MessageState.SENDING)
WAYS = {"email": "An email", "sms": "A text message", "post": "A letter", "social": "An answer on social media"}


def due(until: datetime, after: Place | None, limit: int) -> list[DueRecord]:
    """Return messages whose months are over at ``until``, the oldest first. One query."""
    held = ended_before("message", until)
    if held is None:
        return []
    over = Message.objects.filter(SAYS, created_at__lt=held[0]).exclude(state__in=NOT_YET)
    return [
        DueRecord(
            row.id, row.created_at, due_on(row.created_at, held[1]), WAYS.get(row.channel, "A message"), row.customer_id
        )
        for row in oldest(over.defer("body", "values", "given"), "created_at", after, limit)
    ]  # fmt: skip


def forget(ids: Sequence[UUID], by: Actor, at: datetime) -> Forgot:
    """Take the address and the words out of these messages, as an erasure does."""
    require(by, "customer.erase")
    over = Message.objects.filter(id__in=ids).exclude(state__in=NOT_YET)
    return Forgot(
        over.update(
            to="", subject="", body="", values={}, given={}, provider_id="", error="", settlement="", customer_id=None,
            key=Concat(Value("erased:"), Cast("id", CharField())),
        )
    )  # fmt: skip


def unread_due(until: datetime, after: Place | None, limit: int) -> list[DueRecord]:
    """Return what could not be read, was dealt with, and whose months are over at ``until``. One query."""
    held = ended_before("quarantine", until)
    if held is None:
        return []
    over = Quarantined.objects.filter(settled_at__isnull=False, arrived_at__lt=held[0]).defer("raw")
    return [
        DueRecord(row.id, row.arrived_at, due_on(row.arrived_at, held[1]), f"Something that came in by {row.source}")
        for row in oldest(over, "arrived_at", after, limit)
    ]


def forget_unread(ids: Sequence[UUID], by: Actor, at: datetime) -> Forgot:
    """Delete these."""
    require(by, "customer.erase")
    return Forgot(Quarantined.objects.filter(id__in=ids, settled_at__isnull=False).delete()[0])


def forget_with_cases(ids: Sequence[UUID], by: Actor, at: datetime) -> int:
    """Empty the messages about these cases that named nobody: nobody could find them for their reader any more."""
    named_nobody = Message.objects.filter(SAYS, case_id__in=ids, customer_id=None).values_list("id", flat=True)
    return forget(list(named_nobody), by, at).count


register_companion("case", "notifications", forget_with_cases)
register_record_class(RecordClass("message", "Messages we sent", due, forget, rank=20))
register_record_class(RecordClass("quarantine", "What could not be read", unread_due, forget_unread, rank=20))
