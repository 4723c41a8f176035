"""What this room knows of a person: when what is sealed about her was opened, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.people import Kept, PersonEntry, PersonProvider, register_person_provider
from moothall.customers.privacy.models import Copy, CopyLine, CopyState, Opening


def timeline(customer_ids: Iterable[UUID], visible_to: Actor, limit: int, until: datetime | None) -> list[PersonEntry]:
    """Return nothing: that something sealed was opened is as private as what was sealed."""
    return []


def export(customer_id: UUID) -> Mapping[str, Any]:
    """Return each opening: when, why, and what was found of it. Officers are not named."""
    fields = ("opened_at", "until", "kind", "reason", "justified", "finding")
    asked = Copy.objects.filter(customer_id=customer_id).values("asked_at", "released_at", "fetched_at")
    return {
        "sealed_records_opened": list(Opening.objects.filter(customer_id=customer_id).values(*fields)),
        "copies_asked_for": list(asked),
    }


def keeps(ids: Iterable[UUID], at: datetime) -> list[Kept]:
    """Return the openings nobody has looked into yet: they stop an erasure."""
    waiting = Opening.objects.filter(customer_id__in=list(ids), reviewed_at=None).count()
    because = "Somebody opened a sealed record. That has to be looked into first."
    return [Kept("Openings of sealed records", waiting, because, stops=True)] if waiting else []


def erase(customer_id: UUID, by: Actor, at: datetime) -> int:
    """Take the words out; that a sealed record was opened, when, by whom and what was found of it stays."""
    require(by, "customer.erase")
    gone = CopyLine.objects.filter(copy__customer_id=customer_id).delete()[0]
    Copy.objects.filter(customer_id=customer_id).update(state=CopyState.OVER)
    return gone + Opening.objects.filter(customer_id=customer_id).exclude(reason="", finding="").update(
        reason="", finding=""
    )


register_person_provider(PersonProvider("privacy", timeline, export, erase, keeps=keeps))
