"""The files a person sent, for her copy and her erasure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.core.actors import Actor
from moothall.core.people import HeldFile, PersonEntry, PersonProvider, register_person_provider
from moothall.documents.actions import erase_documents
from moothall.documents.queries import documents_until, files_of, person_rows


def timeline(customer_ids: Iterable[UUID], visible_to: Actor, limit: int, until: datetime | None) -> list[PersonEntry]:
    """Return the files that came with her cases, newest first, where the case is there for the actor. One query."""
    return [
        PersonEntry(
            at=row.received_at, kind="document", title=f"Sent us {row.name}", link_kind="case", link_id=str(row.case_id)
        )
        for row in documents_until(customer_ids, visible_to=visible_to, until=until, limit=limit)
    ]


def export(customer_id: UUID) -> Mapping[str, Any]:
    """Return what files there are, by name and number; the files themselves go beside."""
    return {"files_you_sent": person_rows(customer_id)}


def erase(customer_id: UUID, by: Actor, at: datetime) -> int:
    """Delete her files. A file whose content somebody else sent too stays theirs."""
    return erase_documents(customer_id, by=by)


def files(customer_id: UUID) -> Iterable[HeldFile]:
    """Bring her files."""
    return files_of(customer_id)


register_person_provider(PersonProvider("documents", timeline, export, erase, files=files))
