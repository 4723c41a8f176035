"""The events this room records."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from moothall.announcements.models import Announcement
from moothall.core.events import Happening

MADE: Final = "announcement.made"
NEWS: Final = "announcement.news"
OVER: Final = "announcement.over"
JOINED: Final = "announcement.joined"


def happening(
    name: str, row: Announcement, at: datetime, *, case_id: UUID | None = None, contact_id: UUID | None = None,
    customer_id: UUID | None = None, **data: str | int | None,
) -> Happening:  # fmt: skip
    """Return the event about an announcement, with the columns insight counts by."""
    return Happening(
        name=name, subject_kind="announcement", subject_id=row.id, occurred_at=at, case_id=case_id, contact_id=contact_id,
        customer_id=customer_id, service=row.services[0] if row.services else "", area=row.area, data=data,
    )  # fmt: skip
