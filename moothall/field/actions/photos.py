"""Photos a crew took: kept once each, given to the case their report belongs to, whichever of the two comes first."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from moothall.core.access import require
from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import Happening, record
from moothall.documents.actions import give_to_case, keep_upload
from moothall.field.events import FAULT_PHOTOGRAPHED
from moothall.field.models import Device, DeviceReport, JobPhoto, ReportKind

MOST_FOR_ONE_REPORT = 12


def keep_photo(
    photo_id: UUID, *, device_id: UUID, report_id: UUID, content: bytes, by: Actor, at: datetime
) -> tuple[UUID, bool]:
    """Keep one photo of one report; return the document's id and whether it is new. The same photo again is the same.

    Raises:
        FileRefused: not a picture, harmful, or more than twelve for one report. Refused.
    """
    require(by, "field.work")
    known = JobPhoto.objects.filter(id=photo_id).first()
    if known is not None:
        return known.document_id, False
    try:
        with transaction.atomic():
            document = keep_upload(
                name=f"{photo_id}.jpg", content=content, photo=True, dialogue_id=report_id, question="crew",
                most=MOST_FOR_ONE_REPORT, by=by, at=at,
            )  # fmt: skip
            device = Device.objects.get(id=device_id)
            JobPhoto(id=photo_id, device=device, report_id=report_id, document_id=document.id, received_at=at).save(
                force_insert=True
            )
            report = DeviceReport.objects.select_for_update().filter(id=report_id, device=device).first()
            if report is not None:
                hand_over(report)
    except IntegrityError:  # the same photo at the same moment: the other one was first
        return JobPhoto.objects.get(id=photo_id).document_id, False
    return document.id, True


def hand_over(report: DeviceReport) -> None:
    """Give the photos of a report to its case, once it has one. Officers look at those of a fault."""
    if report.case_id is None:
        return
    held = list(JobPhoto.objects.filter(report_id=report.id).values_list("document_id", flat=True))
    given = give_to_case(report.id, case_id=report.case_id, customer_id=None, documents=held) if held else 0
    if given and report.kind == ReportKind.FAULT:
        happening = Happening(
            name=FAULT_PHOTOGRAPHED, subject_kind="device_report", subject_id=report.id, occurred_at=report.occurred_at,
            case_id=report.case_id, channel="field", data={"photos": given},
        )  # fmt: skip
        record([happening], by=SYSTEM)
