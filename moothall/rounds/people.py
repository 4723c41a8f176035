"""Words to crews about a person's door, which came from her cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.cases.models import Case
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.people import PersonEntry, PersonProvider, register_person_provider
from moothall.rounds.models import Flag

COPIED = ("uprn", "kind", "begins", "ends", "source", "note")


def timeline(customer_ids: Iterable[UUID], visible_to: Actor, limit: int, until: datetime | None) -> list[PersonEntry]:
    """Return nothing: the case that asked for it is in the line."""
    return []


def export(customer_id: UUID) -> Mapping[str, Any]:
    """Return what crews are told about her door because of her cases."""
    cases = Case.objects.filter(customer_id=customer_id).values("id")
    return {"words_to_crews": list(Flag.objects.filter(case_id__in=cases).values(*COPIED))}


def erase(customer_id: UUID, by: Actor, at: datetime) -> int:
    """Delete what crews are told about her door."""
    require(by, "customer.erase")
    cases = Case.objects.filter(customer_id=customer_id).values("id")
    return Flag.objects.filter(case_id__in=cases).delete()[0]


register_person_provider(PersonProvider("rounds", timeline, export, erase))
