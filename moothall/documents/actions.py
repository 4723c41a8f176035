"""The only writers of documents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.ids import new_id
from moothall.core.rows import add_rows
from moothall.documents import storage
from moothall.documents.models import Document
from moothall.documents.pictures import clean_picture
from moothall.documents.queries import rows_of
from moothall.documents.rules import Checked, FileRefused, check_file, check_received
from moothall.documents.scanning import scan

MOST_FOR_ONE_DIALOGUE = 40
ORIGINAL = "original"
"""The part by which a writing itself is kept as it came."""


def keep_upload(
    *, name: str, content: bytes, photo: bool, dialogue_id: UUID, question: str, most: int, by: Actor, at: datetime
) -> Document:
    """Keep a file sent in answer to a question; the same content to the same question is kept once.

    A photo is kept turned upright, resized and without anything a telephone wrote into it.

    Raises:
        FileRefused: not a file we take, harmful, or more than ``most`` for this question.
    """
    checked = check_file(name, content, photo=photo)
    scanned, mark = scan(name, content), None
    if photo:
        picture = clean_picture(name, content)
        checked = Checked(name=f"{checked.name.rpartition('.')[0]}.jpg", media_type="image/jpeg")
        content, mark = picture.content, picture.mark
    digest = storage.digest_of(content)
    with transaction.atomic():
        held = list(Document.objects.select_for_update().filter(dialogue_id=dialogue_id))
        mine = [row for row in held if row.question == question]
        for row in mine:
            if row.sha256 == digest:
                return row
        if len(mine) >= most or len(held) >= MOST_FOR_ONE_DIALOGUE:
            raise FileRefused(
                f"You have sent {len(mine)} already, which is the most we can take here. Take one away first."
            )
        document = Document(
            id=new_id(), sha256=digest, name=checked.name, media_type=checked.media_type, size=len(content),
            path=storage.put(content), dialogue_id=dialogue_id, question=question, received_at=at,
            scan=scanned, mark=mark,
        )  # fmt: skip
        document.save(force_insert=True)
        return document


def keep_received(
    *, name: str, content: bytes, writing_id: UUID, part: str, at: datetime, case_id: UUID | None = None,
    customer_id: UUID | None = None,
) -> Document:  # fmt: skip
    """Keep a file that came with a writing, exactly as it came. ``part`` says what it was: attached, inline, original.

    Raises:
        FileRefused: it is empty, too large, a program, or harmful. The original itself is never refused.
    """
    if part == ORIGINAL:
        checked, scanned = Checked(name=name, media_type="message/rfc822"), "not_scanned"
    else:
        checked, scanned = check_received(name, content), scan(name, content)
    document = Document(
        id=new_id(), sha256=storage.digest_of(content), name=checked.name, media_type=checked.media_type,
        size=len(content), path=storage.put(content), question=part, received_at=at, scan=scanned,
        writing_id=writing_id, case_id=case_id, customer_id=customer_id,
    )  # fmt: skip
    add_rows(document)
    return document


def keep_photo_received(
    *, name: str, content: bytes, writing_id: UUID, part: str, at: datetime, case_id: UUID | None = None,
    customer_id: UUID | None = None,
) -> Document:  # fmt: skip
    """Keep a photo that came with a writing, made anew as `keep_upload` makes one: the same content of one writing once.

    The caller holds the writing's row.

    Raises:
        FileRefused: it is no photo we take, empty, too large, damaged or harmful.
    """
    checked, scanned = check_file(name, content, photo=True), scan(name, content)
    picture = clean_picture(name, content)
    digest = storage.digest_of(picture.content)
    known = Document.objects.filter(writing_id=writing_id, sha256=digest).first()
    if known is not None:
        return known
    document = Document(
        id=new_id(), sha256=digest, name=f"{checked.name.rpartition('.')[0]}.jpg", media_type="image/jpeg",
        size=len(picture.content), path=storage.put(picture.content), question=part, received_at=at, scan=scanned,
        mark=picture.mark, writing_id=writing_id, case_id=case_id, customer_id=customer_id,
    )  # fmt: skip
    add_rows(document)
    return document


def keep_for_case(
    *, name: str, content: bytes, part: str, case_id: UUID, customer_id: UUID | None, at: datetime
) -> Document:  # fmt: skip
    """Keep a paper that a case was raised from (a filled form), exactly as it came. Raises FileRefused as `keep_received`."""
    checked = check_received(name, content)
    document = Document(
        id=new_id(), sha256=storage.digest_of(content), name=checked.name, media_type=checked.media_type,
        size=len(content), path=storage.put(content), question=part, received_at=at, scan=scan(name, content),
        case_id=case_id, customer_id=customer_id,
    )  # fmt: skip
    add_rows(document)
    return document


def give_received(writing_id: UUID, *, case_id: UUID, customer_id: UUID | None) -> int:
    """Hand the files of a writing to the case it belongs to, but for the original. Returns how many. One statement."""
    rows = Document.objects.filter(writing_id=writing_id, case_id=None).exclude(question=ORIGINAL)
    return rows.update(case_id=case_id, customer_id=customer_id)


def take_away(document_id: UUID, *, dialogue_id: UUID, by: Actor, at: datetime) -> None:
    """Take a file out of an answer that was not sent yet. Gone already is fine; kept content of others is not touched."""
    Document.objects.filter(id=document_id, dialogue_id=dialogue_id, case_id=None).delete()


def give_to_case(dialogue_id: UUID, *, case_id: UUID, customer_id: UUID | None, documents: Sequence[UUID]) -> int:
    """Hand the files of a dialogue to the case it opened. Returns how many. One statement."""
    return Document.objects.filter(dialogue_id=dialogue_id, case_id=None, id__in=documents).update(
        case_id=case_id, customer_id=customer_id
    )


def erase_documents(customer_id: UUID, *, by: Actor) -> int:
    """Delete the files of a person's requests, under way or sent; return how many. Content that another row has stays.

    The file itself goes after the commit: what is rolled back has lost nothing.
    """
    require(by, "customer.erase")
    return _delete(rows_of(customer_id))


def erase_received(writing_ids: Sequence[UUID], *, by: Actor) -> int:
    """Delete the files that came with these writings, and the writings as they came; return how many."""
    require(by, "customer.erase")
    return _delete(Document.objects.filter(writing_id__in=list(writing_ids)))


def forget_documents(case_ids: Sequence[UUID], *, by: Actor) -> int:
    """Delete the files of cases whose years are over, as `erase_documents` does; return how many."""
    require(by, "customer.erase")
    return _delete(Document.objects.filter(case_id__in=list(case_ids)))


def _delete(wanted: QuerySet[Document]) -> int:
    with transaction.atomic():
        rows = list(wanted.select_for_update())
        paths = {row.path for row in rows}
        Document.objects.filter(id__in=[row.id for row in rows]).delete()
        for path in paths - set(Document.objects.filter(path__in=paths).values_list("path", flat=True)):
            transaction.on_commit(partial(storage.remove, path))
    return len(rows)
