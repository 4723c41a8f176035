"""The only readers of documents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.documents import storage
from moothall.documents.models import Document


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One kept file. ``size`` in bytes."""

    id: UUID
    name: str
    media_type: str
    size: int
    question: str
    received_at: datetime
    scan: str


def documents_of_case(case_id: UUID, *, visible_to: Actor) -> list[DocumentLine]:
    """Return a case's files, oldest first, for an officer who may view cases."""
    require(visible_to, "case.view")
    return [_line(row) for row in Document.objects.filter(case_id=case_id).order_by("received_at", "id")]


def documents_of_dialogue(dialogue_id: UUID, ids: Iterable[UUID] | None = None) -> list[DocumentLine]:
    """Return the files of a dialogue under way; the caller holds its token."""
    rows = Document.objects.filter(dialogue_id=dialogue_id)
    if ids is not None:
        rows = rows.filter(id__in=list(ids))
    return [_line(row) for row in rows.order_by("received_at", "id")]


def content_of(document_id: UUID, *, case_id: UUID, visible_to: Actor) -> tuple[DocumentLine, bytes] | None:
    """Return a file of a case with its content, or ``None``. The caller has shown that the case is visible to the actor."""
    require(visible_to, "case.view")
    row = Document.objects.filter(id=document_id, case_id=case_id).first()
    return (_line(row), storage.get(row.path)) if row else None


def _line(row: Document) -> DocumentLine:
    return DocumentLine(row.id, row.name, row.media_type, row.size, row.question, row.received_at, row.scan)
