"""Records that a system no longer has go after that system's months; whom a living one speaks of is still dealt with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.core.retention import (
    DueRecord,
    Forgot,
    Place,
    RecordClass,
    due_on,
    oldest,
    over_before,
    register_in_touch,
    register_record_class,
)
from moothall.customers.linking import weighing
from moothall.customers.linking.models import Link, RecordVersion, RefusedRow, SourceRecord
from moothall.customers.linking.pack import SYSTEMS


def due(until: datetime, after: Place | None, limit: int) -> list[DueRecord]:
    """Return records gone from their system for its months at ``until``, the longest gone first. One query."""
    systems = current_pack().of(SYSTEMS)
    over = Q(pk__in=[])
    for code, system in systems.items():
        over |= Q(system=code, as_of__lt=over_before(until, system.retention_months))
    rows = SourceRecord.objects.filter(over, gone=True).exclude(fields={}, summary={}).defer("fields", "summary")
    return [
        DueRecord(
            row.id, row.as_of, due_on(row.as_of, systems[row.system].retention_months),
            "A sealed record of another system" if row.restricted else f"A record of {systems[row.system].name}",
        )
        for row in oldest(rows, "as_of", after, limit)
    ]  # fmt: skip


def forget(ids: Sequence[UUID], by: Actor, at: datetime) -> Forgot:
    """Empty these records and every delivery of them; that there was one, and whose, stays."""
    require(by, "customer.erase")
    over = list(SourceRecord.objects.filter(id__in=ids, gone=True))
    RecordVersion.objects.filter(record__in=over).exclude(raw={}).update(raw={})
    for row in over:
        weighing.matcher().forget(row.id)
        RefusedRow.objects.filter(delivery__system=row.system, key=row.key).exclude(raw={}).update(raw={})
    Link.objects.filter(record__in=over).exclude(parts=[], reason="").update(parts=[], reason="")
    return Forgot(
        SourceRecord.objects.filter(id__in=[row.id for row in over]).update(fields={}, summary={}, changed_at=at)
    )


def in_touch(since: datetime) -> list[tuple[QuerySet[Any], str]]:
    """Say whom a record speaks of that its system still has, or had since then."""
    standing = Link.objects.filter(undone_at__isnull=True).filter(Q(record__gone=False) | Q(record__as_of__gte=since))
    return [(standing, "customer_id")]


register_record_class(RecordClass("record", "Records gone from other systems", due, forget, rank=20))
register_in_touch("linking", in_touch)
