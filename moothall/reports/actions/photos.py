"""Photos of reports: how they look, for likeness; and whether everyone may see them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.documents.queries import photos_of_case
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


def review_photo(document_id: UUID, *, case_id: UUID, publish: bool, by: Actor, at: datetime) -> Photo:
    """Show a photo to everyone, or keep it back: an officer has looked for faces, plates and names.

    Raises:
        LookupError: no such photo of this case. Refused.
    """
    require(by, "report.review")
    with transaction.atomic():
        row = Photo.objects.select_for_update().filter(document_id=document_id, case_id=case_id).first()
        if row is None:
            raise LookupError("There is no such photo.")
        row.state = PhotoState.PUBLISHED if publish else PhotoState.REFUSED
        row.reviewed_at, row.reviewed_by = at, by.id
        row.save(update_fields=["state", "reviewed_at", "reviewed_by"])
    return row
