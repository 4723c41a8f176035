"""When payments part from whoever paid: after the books' years; the sums stay in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

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
from moothall.payments.models import Deposit, Intent, IntentState, Mandate, Refund

LIVE = ("pending", "active")


def due(until: datetime, after: Place | None, limit: int) -> list[DueRecord]:
    """Return payments whose months are over at ``until`` and that are somebody's, the oldest first. One query."""
    held = ended_before("payment", until)
    if held is None:
        return []
    over = (
        Intent.objects.filter(created_at__lt=held[0], customer_id__isnull=False)
        .exclude(state=IntentState.OWED)
        .exclude(mandates__state__in=LIVE)
    )
    return [
        DueRecord(
            row.id, row.created_at, due_on(row.created_at, held[1]), "A sealed payment" if row.restricted else "A payment",
            row.customer_id, row.reference,
        )
        for row in oldest(over, "created_at", after, limit)
    ]  # fmt: skip


def forget(ids: Sequence[UUID], by: Actor, at: datetime) -> Forgot:
    """Part these payments, their agreements and the notes of their refunds from whoever paid."""
    require(by, "customer.erase")
    over = Mandate.objects.filter(intent_id__in=ids).exclude(state__in=LIVE)
    over.update(holder="", sort_code="", account="", agreement="", customer_id=None)
    Refund.objects.filter(intent_id__in=ids).exclude(note="").update(note="")
    Deposit.objects.filter(intent_id__in=ids, kept_pence__gt=0).update(why="Forgotten")  # why it was kept
    return Forgot(Intent.objects.filter(id__in=ids).exclude(state=IntentState.OWED).update(customer_id=None))


def in_touch(since: datetime) -> list[tuple[QuerySet[Any], str]]:
    """Say who owes something, or was asked to pay since then."""
    return [
        (Intent.objects.filter(created_at__gte=since), "customer_id"),
        (Intent.objects.filter(state=IntentState.OWED), "customer_id"),
        (Mandate.objects.filter(state__in=LIVE), "customer_id"),
    ]


register_record_class(RecordClass("payment", "Payments, parted from who paid", due, forget, rank=20))
register_in_touch("payments", in_touch)
