"""When contacts go: what they say of anybody, the pack's months after they ended; that somebody was in touch stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from moothall.contacts.models import Contact, ContactState
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.retention import (
    DueRecord,
    Forgot,
    Place,
    RecordClass,
    due_on,
    forget_companions,
    oldest,
    register_in_touch,
    register_record_class,
)
from moothall.customers.privacy.terms import ended_before

SAYS = ~Q(caller="") | ~Q(note="") | ~Q(speaker="") | Q(customer_id__isnull=False)


def due(until: datetime, after: Place | None, limit: int) -> list[DueRecord]:
    """Return contacts whose months are over at ``until``, the oldest first. One query."""
    held = ended_before("contact", until)
    if held is None:
        return []
    over = Contact.objects.filter(SAYS, state=ContactState.CLOSED, received_at__lt=held[0])
    return [
        DueRecord(row.id, row.received_at, due_on(row.received_at, held[1]), f"A contact by {row.channel}",
                  row.customer_id, row.reference)
        for row in oldest(over, "received_at", after, limit)
    ]  # fmt: skip


def forget(ids: Sequence[UUID], by: Actor, at: datetime) -> Forgot:
    """Take who it was, the words and the number out of these contacts; channel, service, times and cause stay."""
    require(by, "customer.erase")
    forget_companions("contact", ids, by, at)
    over = Contact.objects.filter(id__in=ids, state=ContactState.CLOSED)
    return Forgot(over.update(caller="", note="", speaker="", customer_id=None, source_record_id=None))


def in_touch(since: datetime) -> list[tuple[QuerySet[Any], str]]:
    """Say who was in touch since then."""
    return [(Contact.objects.filter(Q(received_at__gte=since) | Q(state=ContactState.OPEN)), "customer_id")]


register_record_class(RecordClass("contact", "Contacts", due, forget, rank=20))
register_in_touch("contacts", in_touch)
