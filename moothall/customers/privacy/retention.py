"""When warnings that ended go, the words of sealed records that were opened, and why officers said they looked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.retention import DueRecord, Forgot, Place, RecordClass, due_on, oldest, register_record_class
from moothall.customers.models import Warning
from moothall.customers.privacy.models import Opening, Reason
from moothall.customers.privacy.terms import ended_before


def warnings_due(until: datetime, after: Place | None, limit: int) -> list[DueRecord]:
    """Return warnings that ended and whose months are over at ``until``. One query."""
    held = ended_before("warning", until)
    if held is None:
        return []
    return [
        DueRecord(row.id, row.ended_at, due_on(row.ended_at, held[1]), "A warning that ended", row.customer_id)
        for row in oldest(Warning.objects.filter(ended_at__lt=held[0]), "ended_at", after, limit)
        if row.ended_at is not None
    ]


def forget_warnings(ids: Sequence[UUID], by: Actor, at: datetime) -> Forgot:
    """Delete these."""
    require(by, "customer.erase")
    return Forgot(Warning.objects.filter(id__in=ids, ended_at__isnull=False).delete()[0])


def openings_due(until: datetime, after: Place | None, limit: int) -> list[DueRecord]:
    """Return openings that were looked into, with words, whose months are over at ``until``. One query."""
    held = ended_before("opening", until)
    if held is None:
        return []
    over = Opening.objects.filter(
        ~Q(reason="") | ~Q(finding="") | ~Q(sought=""), opened_at__lt=held[0], reviewed_at__isnull=False
    )
    return [
        DueRecord(
            row.id, row.opened_at, due_on(row.opened_at, held[1]), "Why a sealed record was opened", row.customer_id
        )
        for row in oldest(over, "opened_at", after, limit)
    ]


def forget_openings(ids: Sequence[UUID], by: Actor, at: datetime) -> Forgot:
    """Take the words out; that a sealed record was opened, when, by whom and what was found of it stays."""
    require(by, "customer.erase")
    return Forgot(Opening.objects.filter(id__in=ids).update(reason="", finding="", sought=""))


def reasons_due(until: datetime, after: Place | None, limit: int) -> list[DueRecord]:
    """Return what officers said of why they looked, whose months are over at ``until``. One query."""
    held = ended_before("look", until)
    if held is None:
        return []
    return [
        DueRecord(row.id, row.said_at, due_on(row.said_at, held[1]), "Why an officer looked", row.customer_id)
        for row in oldest(Reason.objects.filter(said_at__lt=held[0]), "said_at", after, limit)
    ]


def forget_reasons(ids: Sequence[UUID], by: Actor, at: datetime) -> Forgot:
    """Delete these. The log of looks keeps the purpose by its code."""
    require(by, "customer.erase")
    return Forgot(Reason.objects.filter(id__in=ids).delete()[0])


register_record_class(RecordClass("look", "Why officers looked", reasons_due, forget_reasons, rank=20))
register_record_class(RecordClass("warning", "Warnings that ended", warnings_due, forget_warnings, rank=20))
register_record_class(RecordClass("opening", "Openings of sealed records", openings_due, forget_openings, rank=20))
