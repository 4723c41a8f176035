"""A fault a crew found becomes a case at the front door; here it is tied to the report it came from."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from moothall.field.actions.photos import hand_over
from moothall.field.models import DeviceReport


def fault_raised(report_id: UUID, case_id: UUID) -> None:
    """Tie a fault to the case that was opened for it and give that case its photos. Once."""
    with transaction.atomic():
        report = DeviceReport.objects.select_for_update().get(id=report_id)
        report.case_id = case_id
        report.save(update_fields=["case_id"])
        hand_over(report)
