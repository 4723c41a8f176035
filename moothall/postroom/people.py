"""A person's papers that came by post, for her copy and her erasure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.core.actors import Actor
from moothall.core.people import PersonEntry, PersonProvider, register_person_provider
from moothall.postroom.actions import erase_originals
from moothall.postroom.queries import originals_of


def timeline(customer_ids: Iterable[UUID], visible_to: Actor, limit: int, until: datetime | None) -> list[PersonEntry]:
    """Return nothing: a letter is in the line as the contact it was."""
    return []


def export(customer_id: UUID) -> Mapping[str, Any]:
    """Return what of value she sent, and where it went."""
    return {"papers_you_sent": originals_of(customer_id)}


def erase(customer_id: UUID, by: Actor, at: datetime) -> int:
    """Take the words about her papers away."""
    return erase_originals([customer_id], by=by)


register_person_provider(PersonProvider("postroom", timeline, export, erase))
