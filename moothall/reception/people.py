"""What this room can say about one person: her visits, for her copy and her erasure. Her time line has the contacts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.core.actors import Actor
from moothall.core.people import PersonEntry, PersonProvider, register_person_provider
from moothall.reception.actions import erase_visits
from moothall.reception.queries.person import visit_rows_of


def timeline(customer_ids: Iterable[UUID], visible_to: Actor, limit: int, until: datetime | None) -> list[PersonEntry]:
    """Return nothing of its own: each visit is a contact, and stands there already."""
    return []


def export(customer_id: UUID) -> Mapping[str, Any]:
    """Return every visit of hers."""
    return {"visits": visit_rows_of(customer_id)}


def erase(customer_id: UUID, by: Actor, at: datetime) -> int:
    """Take what she said and needed out of her visits; that somebody came stays, counted."""
    return erase_visits(customer_id, by=by, at=at)


register_person_provider(PersonProvider("reception", timeline, export, erase))
