"""Photos of reports: how they look, for likeness; and whether everyone may see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.events import record
from moothall.documents.queries import photos_of_case
from moothall.reports import events
from moothall.reports.models import Photo, PhotoState, Report


def mark_photos(case_id: UUID, *, at: datetime) -> int:
    """Note a report's photos: none is shown before an officer has looked for faces and plates. Again is fine."""
    found = photos_of_case(case_id)
    with transaction.atomic():
        report = Report.objects.select_for_update().filter(case_id=case_id).first()
        if report is None or not found:
            return 0
        Photo.objects.bulk_create(
            [Photo(document_id=one.id, case_id=case_id, received_at=at) for one in found], ignore_conflicts=True
        )
        report.photo_marks = [one.mark for one in found if one.mark is not None]
        report.save(update_fields=["photo_marks"])
    return len(found)


REASONS = {
    "face": "Somebody’s face fills it", "plate": "Number plates fill it", "child": "A child is in it",
    "private": "It shows a home from inside, a name or an address", "indecent": "It is indecent or cruel",
    "not_it": "It does not show what was reported",
}  # fmt: skip
"""Why a photo is not shown: codes, and the words officers choose by."""
MOST_BLURRED = 20
Rectangle = tuple[int, int, int, int]
"""Left, top, width and height in thousandths of the photo's sides."""


class CannotReview(ValueError):
    """What was decided does not go together; the message says what to do."""


def review_photo(
    document_id: UUID, *, case_id: UUID, publish: bool, by: Actor, at: datetime, reason: str = "",
    blurred: Sequence[Rectangle] = (),
) -> Photo:  # fmt: skip
    """Show a photo to everyone, without what is blurred, or keep it back with a reason: an officer has looked at it.

    Raises:
        LookupError: no such photo of this case. CannotReview: an unknown reason, or a rectangle outside the photo.
        Refused.
    """
    require(by, "report.review")
    if reason and reason not in REASONS:
        raise CannotReview("Choose why it is not shown.")
    if len(blurred) > MOST_BLURRED or not all(_inside(one) for one in blurred):
        raise CannotReview("A rectangle lies outside the photo. Draw it again.")
    with transaction.atomic():
        row = Photo.objects.select_for_update().filter(document_id=document_id, case_id=case_id).first()
        if row is None:
            raise LookupError("There is no such photo.")
        row.state = PhotoState.PUBLISHED if publish else PhotoState.REFUSED
        row.reason, row.blurred = "" if publish else reason, [list(one) for one in blurred] if publish else []
        row.reviewed_at, row.reviewed_by = at, by.id
        row.save(update_fields=["state", "reason", "blurred", "reviewed_at", "reviewed_by"])
        report = Report.objects.filter(case_id=case_id).first()
        if report is not None:
            happened = events.happening(events.PHOTO_REVIEWED, report, at, photo=str(document_id), state=row.state)
            record([happened], by=by)
    return row


def _inside(one: Rectangle) -> bool:
    left, top, width, height = one
    return left >= 0 and top >= 0 and width > 0 and height > 0 and left + width <= 1000 and top + height <= 1000
