"""The only readers of documents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from moothall.cases.models import Case
from moothall.cases.queries.lists import visible
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.people import HeldFile
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


@dataclass(frozen=True, slots=True)
class PhotoLine:
    """A photo of a case and the mark of how it looks, for finding the same thing again; its content is not here."""

    id: UUID
    mark: int | None


def photos_of_case(case_id: UUID) -> list[PhotoLine]:
    """Return the cleaned photos of a case, oldest first. For rooms above, which decide who may see one."""
    rows = Document.objects.filter(case_id=case_id, mark__isnull=False).order_by("received_at", "id")
    return [PhotoLine(row.id, row.mark) for row in rows]


def marks_of_dialogue(dialogue_id: UUID) -> tuple[int, ...]:
    """Return the marks of the photos of a request under way."""
    rows = Document.objects.filter(dialogue_id=dialogue_id, mark__isnull=False).order_by("received_at", "id")
    return tuple(row.mark for row in rows if row.mark is not None)


def photo_content(document_id: UUID, *, case_id: UUID) -> bytes | None:
    """Return a cleaned photo of a case; the caller has shown that it may be seen."""
    row = Document.objects.filter(id=document_id, case_id=case_id, mark__isnull=False).first()
    return storage.get(row.path) if row else None


def documents_of_case(case_id: UUID, *, visible_to: Actor) -> list[DocumentLine]:
    """Return the files that came with a case, in order. The caller has shown that the case is visible. One query."""
    require(visible_to, "case.view")
    return [_line(row) for row in Document.objects.filter(case_id=case_id).order_by("received_at", "id")]


def documents_until(
    customer_ids: Iterable[UUID], *, visible_to: Actor, until: datetime | None, limit: int
) -> list[Document]:
    """Return the files of a person's cases, newest first, but of kinds this actor may not know of. One query."""
    cases = visible(Case.objects.filter(customer_id__in=list(customer_ids)), visible_to)
    rows = Document.objects.filter(case_id__in=cases.values("id"))
    if until is not None:
        rows = rows.filter(received_at__lte=until)
    return list(rows.order_by("-received_at", "-id")[:limit])


def content_of(document_id: UUID, *, case_id: UUID, visible_to: Actor) -> tuple[DocumentLine, bytes] | None:
    """Return a file of a case with its content, or ``None``. The caller has shown that the case is visible to the actor."""
    require(visible_to, "case.view")
    row = Document.objects.filter(id=document_id, case_id=case_id).first()
    return (_line(row), storage.get(row.path)) if row else None


def documents_of_writing(writing_id: UUID, *, visible_to: Actor) -> list[DocumentLine]:
    """Return the files that came with a writing, in order. The caller has shown that the writing is visible. One query."""
    require(visible_to, "contact.view")
    return [_line(row) for row in Document.objects.filter(writing_id=writing_id).order_by("received_at", "id")]


def content_of_writing(document_id: UUID, *, writing_id: UUID, visible_to: Actor) -> tuple[DocumentLine, bytes] | None:
    """Return a file of a writing with its content, or ``None``. The caller has shown that the writing is visible."""
    require(visible_to, "contact.view")
    row = Document.objects.filter(id=document_id, writing_id=writing_id).first()
    return (_line(row), storage.get(row.path)) if row else None


def files_of_writings(writing_ids: Iterable[UUID]) -> list[HeldFile]:
    """Return the files of writings, to be read one by one, for a person's copy. One query."""
    return [
        HeldFile(row.name, row.media_type, str(row.id), partial(storage.get, row.path))
        for row in Document.objects.filter(writing_id__in=list(writing_ids)).order_by("received_at", "id")
    ]


def paths_held(paths: Iterable[str]) -> set[str]:
    """Return which of these places a kept file lies at: content is kept once, whoever keeps it. One query."""
    return set(Document.objects.filter(path__in=list(paths)).values_list("path", flat=True))


def rows_of(customer_id: UUID) -> QuerySet[Document]:
    """Return a person's files as rows, by her record or her cases: for this room's own actions."""
    cases = Case.objects.filter(customer_id=customer_id).values("id")
    return Document.objects.filter(Q(customer_id=customer_id) | Q(case_id__in=cases))


def person_rows(customer_id: UUID) -> list[dict[str, Any]]:
    """Return what files a person sent, oldest first. One query."""
    fields = ("name", "media_type", "size", "question", "received_at", "sha256", "path")
    return list(rows_of(customer_id).order_by("received_at", "id").values(*fields))


def files_of(customer_id: UUID) -> list[HeldFile]:
    """Return a person's files, to be read one by one. One query."""
    return [
        HeldFile(row.name, row.media_type, str(row.id), partial(storage.get, row.path))
        for row in rows_of(customer_id).order_by("received_at", "id")
    ]


def _line(row: Document) -> DocumentLine:
    return DocumentLine(row.id, row.name, row.media_type, row.size, row.question, row.received_at, row.scan)
