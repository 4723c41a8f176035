"""What this sub-room knows of a person: the records of other systems, and what was decided of who she is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.people import PersonEntry, PersonProvider, register_person_provider
from moothall.customers.linking.models import Link, Merge, OwnValue, RecordVersion, SourceRecord


def timeline(ids: Iterable[UUID], visible_to: Actor, limit: int, until: datetime | None) -> list[PersonEntry]:
    """Return when records were joined and parted, newest first. One query."""
    if not visible_to.may("customer.view"):
        return []
    wanted = list(ids)
    rows = Merge.objects.filter(Q(joined__in=wanted) | Q(into__in=wanted))
    if until is not None:
        rows = rows.filter(at__lte=until)
    entries = []
    for row in rows.order_by("-at", "-id")[:limit]:
        entries.append(PersonEntry(row.at, "identity", "Two records found to be one person", row.reason))
        if row.undone_at is not None and (until is None or row.undone_at <= until):
            entries.append(PersonEntry(row.undone_at, "identity", "Records parted again", row.undone_why))
    return sorted(entries, key=lambda one: one.at, reverse=True)[:limit]


def export(customer_id: UUID) -> Mapping[str, Any]:
    """Return what each system says of her, and by which decision we took it for hers."""
    links = Link.objects.filter(customer_id=customer_id, undone_at__isnull=True).select_related("record")
    return {
        "records_of_other_systems": [
            {
                "system": link.record.system, "key": link.record.key, "says": link.record.fields,
                "figures": link.record.summary, "as_of": link.record.as_of, "linked_at": link.at, "linked_by": link.how,
            }
            for link in links.order_by("record__system", "record__key")
        ]
    }  # fmt: skip


def erase(customer_id: UUID, by: Actor, at: datetime) -> int:
    """Empty the records linked to her here of what they say; that there was one, and when, stays for the statistics."""
    require(by, "customer.erase")
    records = list(
        Link.objects.filter(customer_id=customer_id, undone_at__isnull=True).values_list("record_id", flat=True)
    )
    gone = RecordVersion.objects.filter(record__in=records).exclude(raw={}).update(raw={})
    gone += SourceRecord.objects.filter(pk__in=records).exclude(fields={}).update(fields={}, summary={}, changed_at=at)
    OwnValue.objects.filter(customer_id=customer_id).delete()
    return gone


register_person_provider(PersonProvider("linking", timeline, export, erase))
