"""The announcements that touched one person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.announcements.models import How, Touched
from moothall.core.actors import Actor
from moothall.core.people import PersonEntry

WORDS = {How.OPEN: "Told before they had to call", How.LATER: "Joined to it", How.RANG: "Was in touch about it",
         How.LIVES: "Told because it is where they live"}  # fmt: skip


def timeline(customer_ids: Iterable[UUID], visible_to: Actor, limit: int, until: datetime | None) -> list[PersonEntry]:
    """Return what was announced that touched them, newest first. One query."""
    rows = Touched.objects.select_related("announcement").filter(customer_id__in=list(customer_ids))
    if until is not None:
        rows = rows.filter(at__lte=until)
    return [
        PersonEntry(
            at=row.at, kind="announcement", title=f"Announcement: {row.announcement.title}",
            detail=f"{row.announcement.place}. {WORDS[How(row.how)]}.", link_kind="announcement",
            link_id=str(row.announcement_id),
        )
        for row in rows.order_by("-at", "-id")[:limit]
    ]  # fmt: skip


def export(customer_id: UUID) -> Mapping[str, Any]:
    """Return the announcements that touched them."""
    rows = Touched.objects.filter(customer_id=customer_id).order_by("at", "id").select_related("announcement")
    return {
        "announcements": [
            {"what": row.announcement.title, "where": row.announcement.place, "at": row.at.isoformat()} for row in rows
        ]
    }
