"""What this room knows of a person: nothing it can show. Erasing her takes her answers out."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.people import PersonEntry, PersonProvider, register_person_provider
from moothall.customers.monitoring.actions import take_back
from moothall.customers.monitoring.queries import has_answered


def timeline(customer_ids: Iterable[UUID], visible_to: Actor, limit: int, until: datetime | None) -> list[PersonEntry]:
    """Return nothing: no officer learns whether, when or what she answered."""
    return []


def export(customer_id: UUID) -> Mapping[str, Any]:
    """Say that answers are kept apart, and whether there are any; an officer reviews the copy, so not what they are."""
    return {"equality_answers": "kept apart under a pseudonym" if has_answered(customer_id) else "none"}


def erase(customer_id: UUID, by: Actor, at: datetime) -> int:
    """Delete her answers. Returns how many there were."""
    require(by, "customer.erase")
    return take_back(customer_id)


register_person_provider(PersonProvider("monitoring", timeline, export, erase))
