"""Who is to be told: followers of a report, and those who asked to hear of a place."""

from __future__ import annotations

from uuid import UUID

from moothall.places.geometry import box_around, metres_between
from moothall.reports.models import Alert, Follower

FURTHEST = 2_000


def followers_of(case_id: UUID) -> list[Follower]:
    """Return who follows a report and has not stopped, in the order they came. One query."""
    return list(Follower.objects.filter(case_id=case_id, stopped_at=None).order_by("since", "id"))


def alerts_near(latitude: float, longitude: float, service: str) -> list[Alert]:
    """Return the confirmed wishes to hear of this kind of report at this point. One query."""
    box = box_around(latitude, longitude, FURTHEST)
    rows = Alert.objects.filter(
        confirmed_at__isnull=False, stopped_at=None, latitude__range=(box.south, box.north),
        longitude__range=(box.west, box.east), service__in=("", service),
    ).order_by("created_at", "id")  # fmt: skip
    return [row for row in rows if metres_between(latitude, longitude, row.latitude, row.longitude) <= row.metres]
