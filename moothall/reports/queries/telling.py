"""Who is to be told: followers of a report, and those who asked to hear of a place."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from moothall.cases.queries import cases_under
from moothall.places.geometry import box_around, metres_between
from moothall.reports.models import Alert, Follower

FURTHEST = 2_000


def followers_of(case_id: UUID, *, since: datetime | None = None) -> list[Follower]:
    """Return who follows a report, or one that was joined to it, and has not stopped, in the order they came. Two queries.

    Each address once, as it follows this very report if it does. With ``since`` only those to whom the report was already of
    one with what they follow at that moment.
    """
    under = cases_under(case_id) or {case_id: None}
    found: dict[str, Follower] = {}
    for row in Follower.objects.filter(case_id__in=under, stopped_at=None).order_by("since", "id"):
        joined = under[row.case_id]
        if since is not None and (row.since > since or (joined is not None and joined > since)):
            continue
        if row.case_id == case_id or row.address not in found:
            found[row.address] = row
    return list(found.values())


def count_proved(case_id: UUID) -> int:
    """Return how many follow a report, or one that was joined to it, of whom we know that they want it. Two queries."""
    rows = Follower.objects.filter(case_id__in=cases_under(case_id) or {case_id: None}, stopped_at=None)
    return rows.exclude(proved_at=None).values("address").distinct().count()


def alerts_near(latitude: float, longitude: float, service: str) -> list[Alert]:
    """Return the confirmed wishes to hear of this kind of report at this point. One query."""
    box = box_around(latitude, longitude, FURTHEST)
    rows = Alert.objects.filter(
        confirmed_at__isnull=False, stopped_at=None, latitude__range=(box.south, box.north),
        longitude__range=(box.west, box.east), service__in=("", service),
    ).order_by("created_at", "id")  # fmt: skip
    return [row for row in rows if metres_between(latitude, longitude, row.latitude, row.longitude) <= row.metres]
