"""The events this room records."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from moothall.core.actors import Actor
from moothall.core.events import Happening, record
from moothall.reports.models import Report

REPORT_FOLLOWED: Final = "report.followed"
REPORT_SHOWN: Final = "report.shown"
PHOTO_REVIEWED: Final = "report.photo_reviewed"


def happening(name: str, report: Report, at: datetime, **data: str | int | float | None) -> Happening:
    """Return the event about a report, with the columns insight counts by."""
    return Happening(
        name=name, subject_kind="case", subject_id=report.case_id, occurred_at=at, case_id=report.case_id,
        service=report.service, area=report.area, data=data,
    )  # fmt: skip


def followed(report: Report, *, said: str, by: Actor, at: datetime) -> None:
    """Record that somebody follows a report: ``said`` is ``follow`` or ``me_too``."""
    record([happening(REPORT_FOLLOWED, report, at, said=said)], by=by)
