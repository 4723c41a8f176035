"""Photos that come in the form of a report itself: our extension. GeoReport v2 knows only an address of one, `media_url`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from moothall.core.actors import Actor
from moothall.core.ids import new_id
from moothall.documents.actions import give_to_case, keep_upload
from moothall.documents.rules import FileRefused, check_size
from moothall.documents.storage import digest_of
from moothall.interfaces.api.open311.wire import Problem

MOST_PHOTOS: Final = 3
_QUESTION: Final = "photo"


@dataclass(frozen=True, slots=True)
class Photo:
    """One picture as it came, by the name its sender gave it."""

    name: str
    content: bytes

    @property
    def digest(self) -> str:
        """What tells two reports apart that differ in their pictures alone."""
        return digest_of(self.content)


def photos_in(files: MultiValueDict[str, UploadedFile[bytes]]) -> list[Photo]:
    """Read the pictures of a form, under whatever name its fields have. Raises Problem: 400 for too many or too large."""
    sent = [one for _, several in files.lists() for one in several if one.size]
    if len(sent) > MOST_PHOTOS:
        raise Problem(400, f"A report takes {MOST_PHOTOS} photos at most; {len(sent)} were sent.")
    for one in sent:
        try:
            check_size(_name(one), one.size or 0)
        except FileRefused as refused:
            raise Problem(400, str(refused)) from refused
    return [Photo(_name(one), one.read()) for one in sent]


def keep(photos: Sequence[Photo], *, by: Actor, at: datetime) -> tuple[UUID, list[UUID]]:
    """Keep the pictures, cleaned as every photo is; nobody sees them before an officer did.

    Raises:
        Problem: 400 with each one that is no picture we take, and why.
    """
    group, kept, problems = new_id(), [], []
    for one in photos:
        try:
            document = keep_upload(
                name=one.name, content=one.content, photo=True, dialogue_id=group, question=_QUESTION, most=MOST_PHOTOS,
                by=by, at=at,
            )  # fmt: skip
        except FileRefused as refused:
            problems.append(str(refused))
        else:
            kept.append(document.id)
    if problems:
        raise Problem(400, *problems)
    return group, kept


def give(group: UUID, kept: Sequence[UUID], *, case_id: UUID) -> None:
    """Hand kept pictures to the case that was opened with them, in the transaction that opened it."""
    if kept:
        give_to_case(group, case_id=case_id, customer_id=None, documents=kept)


def _name(one: UploadedFile[bytes]) -> str:
    return (one.name or "photo.jpg")[:80]
