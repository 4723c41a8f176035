"""What a person wrote to us, for her copy and her erasure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.core.actors import Actor
from moothall.core.people import HeldFile, PersonEntry, PersonProvider, register_person_provider
from moothall.documents.actions import erase_received
from moothall.documents.queries import files_of_writings
from moothall.inbox.actions import erase_writings
from moothall.inbox.queries import ids_of_person, person_rows


def timeline(customer_ids: Iterable[UUID], visible_to: Actor, limit: int, until: datetime | None) -> list[PersonEntry]:
    """Return nothing: each writing is a contact, which is in the line."""
    return []


def export(customer_id: UUID) -> Mapping[str, Any]:
    """Return all she wrote and what we answered."""
    return {"what_you_wrote": list(person_rows(ids_of_person(customer_id)))}


def files(customer_id: UUID) -> Iterable[HeldFile]:
    """Bring what came with it, and each writing as it came."""
    return files_of_writings(ids_of_person(customer_id))


def erase(customer_id: UUID, by: Actor, at: datetime) -> int:
    """Take her words, her addresses and her files out of what she wrote; that she did stays."""
    ids = ids_of_person(customer_id)
    erase_writings(ids, by=by)
    return len(ids) + erase_received(ids, by=by)


register_person_provider(PersonProvider("inbox", timeline, export, erase, files=files, rank=-10))
