"""What this room knows of a person: who may speak for her, and for whom she may speak."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.core.people import PersonEntry, PersonProvider, register_person_provider
from moothall.customers.representation.models import Representation
from moothall.customers.representation.pack import REPRESENTATIONS


def timeline(customer_ids: Iterable[UUID], visible_to: Actor, limit: int, until: datetime | None) -> list[PersonEntry]:
    """Return when somebody was allowed to speak for her and when that ended, newest first. One query."""
    rows = Representation.objects.filter(customer_id__in=list(customer_ids))
    if until is not None:
        rows = rows.filter(recorded_at__lte=until)
    kinds = current_pack().of(REPRESENTATIONS)
    entries = []
    for row in rows.order_by("-recorded_at")[:limit]:
        name = kinds[row.kind].name if row.kind in kinds else row.kind
        entries.append(PersonEntry(row.recorded_at, "representation", f"May be spoken for by: {name}"))
        if row.ended_at is not None and (until is None or row.ended_at <= until):
            entries.append(PersonEntry(row.ended_at, "representation", f"Ended: {name}", detail=row.ended_because))
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:limit]


def export(customer_id: UUID) -> Mapping[str, Any]:
    """Return both sides, without the other person's details: those are hers."""
    fields = (
        "kind",
        "role",
        "areas",
        "services",
        "evidence",
        "since",
        "until",
        "recorded_at",
        "ended_at",
        "ended_because",
    )
    return {
        "may_speak_for_you": list(Representation.objects.filter(customer_id=customer_id).values(*fields)),
        "you_may_speak_for": list(Representation.objects.filter(representative_id=customer_id).values(*fields)),
    }


def erase(customer_id: UUID, by: Actor, at: datetime) -> int:
    """End what stands on either side; that it stood, by kind and date, stays."""
    require(by, "customer.erase")
    rows = Representation.objects.filter(Q(customer_id=customer_id) | Q(representative_id=customer_id))
    rows.exclude(role="").update(role="")
    return rows.filter(ended_at__isnull=True).update(ended_at=at, ended_because="The record was erased.")


register_person_provider(PersonProvider("representation", timeline, export, erase))
