"""When bookings go: what they say of anybody, the pack's months after their time; that the time was used stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from moothall.bookings.models import Booking
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.retention import (
    DueRecord,
    Forgot,
    Place,
    RecordClass,
    due_on,
    oldest,
    register_in_touch,
    register_record_class,
)
from moothall.customers.privacy.terms import ended_before

SAYS = (
    Q(customer_id__isnull=False) | ~Q(access="") | ~Q(language="") | ~Q(title="") | ~Q(card="") | Q(needs__len__gt=0)
)  # fmt: skip


def due(until: datetime, after: Place | None, limit: int) -> list[DueRecord]:
    """Return bookings whose months are over at ``until``, the oldest first. One query."""
    held = ended_before("booking", until)
    if held is None:
        return []
    over = Booking.objects.filter(SAYS, ends_at__lt=held[0])
    return [
        DueRecord(row.id, row.ends_at, due_on(row.ends_at, held[1]), "A booking", row.customer_id, row.reference)
        for row in oldest(over, "ends_at", after, limit)
    ]


def forget(ids: Sequence[UUID], by: Actor, at: datetime) -> Forgot:
    """Take whose they were and what was said out of these bookings."""
    require(by, "customer.erase")
    over = Booking.objects.filter(id__in=ids)
    return Forgot(over.update(access="", language="", needs=[], title="", card="", customer_id=None))


def in_touch(since: datetime) -> list[tuple[QuerySet[Any], str]]:
    """Say who booked something that is to come, or was since then."""
    return [(Booking.objects.filter(ends_at__gte=since), "customer_id")]


register_record_class(RecordClass("booking", "Bookings", due, forget, rank=20))
register_in_touch("bookings", in_touch)
