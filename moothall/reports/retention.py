"""The photos and the words kept of a report go with the case; its place on the map and the counts stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.retention import register_companion
from moothall.reports.models import Photo, Report


def forget(ids: Sequence[UUID], by: Actor, at: datetime) -> int:
    """Delete photos and words of these cases’ reports."""
    require(by, "customer.erase")
    gone = Photo.objects.filter(case_id__in=ids).delete()[0]
    return gone + Report.objects.filter(case_id__in=ids).exclude(words="", description="", photo_marks=[]).update(
        words="", description="", photo_marks=[]
    )


register_companion("case", "reports", forget)
