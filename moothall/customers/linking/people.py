"""What this sub-room knows of a person: the records of other systems, and what was decided of who she is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from moothall.core.access import require
from moothall.core.actors import Actor, ActorKind
from moothall.core.people import PersonEntry, PersonProvider, register_person_provider
from moothall.customers.linking import weighing
from moothall.customers.linking.models import (
    Apart,
    Change,
    HouseholdTie,
    Link,
    Merge,
    OwnValue,
    Pair,
    PairState,
    RecordVersion,
    RefusedRow,
    SourceRecord,
    Telling,
)
from moothall.customers.rules.access import seals_open_to


def timeline(ids: Iterable[UUID], visible_to: Actor, limit: int, until: datetime | None) -> list[PersonEntry]:
    """Return when records were joined and parted, newest first. One query."""
    if not visible_to.may("customer.view"):
        return []
    wanted = list(ids)
    rows = Merge.objects.filter(Q(joined__in=wanted) | Q(into__in=wanted))
    if (seals := seals_open_to(visible_to)) is not None:
        rows = rows.filter(joined__sealed__in=seals, into__sealed__in=seals)
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
    raw: dict[UUID, list[Any]] = {}
    for version in RecordVersion.objects.filter(record__in=[link.record_id for link in links]).order_by("as_of", "id"):
        raw.setdefault(version.record_id, []).append({"as_of": version.as_of, "row": version.raw})
    changes = Change.objects.filter(customer_id=customer_id).prefetch_related("tellings").order_by("asked_at")
    merges = Merge.objects.filter(Q(joined=customer_id) | Q(into=customer_id)).order_by("at")
    looked = Pair.objects.filter(Q(one=customer_id) | Q(other=customer_id)).exclude(state="open").order_by("found_at")
    return {
        "changes_told_to_systems": [
            {
                "kind": change.kind, "is_now": change.values, "asked_at": change.asked_at,
                "told": [
                    {"system": one.system, "state": one.state, "receipt": one.receipt, "reason": one.reason}
                    for one in change.tellings.all() if not one.restricted
                ],
            }
            for change in changes
        ],
        "records_joined": [
            {"at": row.at, "how": row.how, "reason": row.reason, "alike_in": row.parts, "taken_back_at": row.undone_at,
             "taken_back_because": row.undone_why}
            for row in merges
        ],
        "lives_with_others_at": [
            {"uprn": row.uprn, "bound_by": row.relation, "since": row.at, "ended_at": row.ended_at, "because": row.ended_why}
            for row in HouseholdTie.objects.filter(Q(one=customer_id) | Q(other=customer_id)).order_by("at")
        ],
        "looked_alike": [
            {"found_at": row.found_at, "decided": row.state, "reason": row.reason, "alike_in": row.parts}
            for row in looked
        ],
        "records_of_other_systems": [
            {
                "system": link.record.system, "key": link.record.key, "says": link.record.fields,
                "figures": link.record.summary, "alike_in": link.parts, "reason": link.reason,
                "as_delivered": raw.get(link.record_id, []),
                "as_of": link.record.as_of, "linked_at": link.at, "linked_by": link.how,
            }
            for link in links.order_by("record__system", "record__key")
        ]
    }  # fmt: skip


def erase(customer_id: UUID, by: Actor, at: datetime) -> int:
    """Empty the records linked to her here of what they say, the changes told and why records were joined.

    That there was one, and when, stays for the statistics. None of them speaks of her any more: where a system delivers its
    record anew, it is of somebody we do not know yet, and leads to nothing of hers.
    """
    require(by, "customer.erase")
    records = list(
        Link.objects.filter(customer_id=customer_id, undone_at__isnull=True).values_list("record_id", flat=True)
    )
    rows = list(SourceRecord.objects.filter(pk__in=records))
    gone = RecordVersion.objects.filter(record__in=records).exclude(raw={}).update(raw={})
    gone += (
        SourceRecord.objects.filter(pk__in=records)
        .exclude(fields={}, summary={})
        .update(fields={}, summary={}, changed_at=at)
    )
    for row in rows:
        weighing.matcher().forget(row.id)
        gone += RefusedRow.objects.filter(delivery__system=row.system, key=row.key).exclude(raw={}).update(raw={})
    gone += HouseholdTie.objects.filter(Q(one=customer_id) | Q(other=customer_id)).delete()[0]
    gone += OwnValue.objects.filter(customer_id=customer_id).delete()[0]
    gone += (
        Telling.objects.filter(change__customer_id=customer_id)
        .exclude(receipt="", reason="")
        .update(receipt="", reason="")
    )
    gone += Change.objects.filter(customer_id=customer_id).exclude(values={}).update(values={})
    mine = Q(one=customer_id) | Q(other=customer_id)
    gone += Pair.objects.filter(mine, state=PairState.OPEN).delete()[0]  # whom nobody knows any more nobody can compare
    gone += Pair.objects.filter(mine).exclude(parts=[], reason="").update(parts=[], reason="")
    gone += Apart.objects.filter(mine).exclude(reason="").update(reason="")
    gone += (
        Link.objects.filter(record__in=records)
        .exclude(parts=[], reason="", undone_why="")
        .update(parts=[], reason="", undone_why="")
    )
    gone += Link.objects.filter(record__in=records, undone_at__isnull=True).update(
        undone_at=at, undone_by=by.id if by.kind is ActorKind.STAFF else None
    )
    SourceRecord.objects.filter(Q(pk__in=records) | Q(own=customer_id)).update(own=None)
    joined = Merge.objects.filter(Q(joined=customer_id) | Q(into=customer_id))
    return gone + joined.exclude(parts=[], reason="", undone_why="").update(parts=[], reason="", undone_why="")


register_person_provider(PersonProvider("linking", timeline, export, erase, rank=60))
