"""Where crews went, and what they wrote there, goes with the case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.retention import register_companion
from moothall.field.models import DeviceReport, Job


def forget(ids: Sequence[UUID], by: Actor, at: datetime) -> int:
    """Empty the places of the visits for these cases and what was written there."""
    require(by, "customer.erase")
    gone = DeviceReport.objects.filter(case_id__in=ids).exclude(words="").update(words="")
    return gone + Job.objects.filter(case_id__in=ids).update(
        place_text="", uprn=None, latitude=None, longitude=None, changed_at=at
    )


register_companion("case", "field", forget)
