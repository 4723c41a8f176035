"""What a person follows in the street, and the words of her reports that are kept for likeness."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.cases.models import Case
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.people import PersonEntry, PersonProvider, register_person_provider
from moothall.customers.models import ContactPoint
from moothall.reports.actions.following import count_followers
from moothall.reports.models import Alert, Follower, Photo, Report


def timeline(customer_ids: Iterable[UUID], visible_to: Actor, limit: int, until: datetime | None) -> list[PersonEntry]:
    """Return nothing: her reports are cases, and whom we tell of others' is no officer's business."""
    return []


def _addresses(customer_id: UUID) -> list[str]:
    return list(ContactPoint.objects.filter(customer_id=customer_id).values_list("value", flat=True))


def export(customer_id: UUID) -> Mapping[str, Any]:
    """Return what she asked to hear of."""
    hers = _addresses(customer_id)
    alerts = Alert.objects.filter(address__in=hers).order_by("created_at")
    return {
        "reports_followed": list(
            Follower.objects.filter(address__in=hers).values("address", "said", "since", "stopped_at", "proved_at")
        ),
        "alerts": list(
            alerts.values("address", "place", "latitude", "longitude", "metres", "service", "created_at", "stopped_at")
        ),
    }


def erase(customer_id: UUID, by: Actor, at: datetime) -> int:
    """Delete what her addresses follow, the photos of her reports and the words kept of them. Places stay."""
    require(by, "customer.erase")
    hers, cases = _addresses(customer_id), Case.objects.filter(customer_id=customer_id).values("id")
    followed = sorted(set(Follower.objects.filter(address__in=hers).values_list("case_id", flat=True)))
    gone = Follower.objects.filter(address__in=hers).delete()[0] + Alert.objects.filter(address__in=hers).delete()[0]
    for case_id in followed:
        count_followers(case_id)
    gone += Photo.objects.filter(case_id__in=cases).delete()[0]
    return gone + Report.objects.filter(case_id__in=cases).exclude(words="", description="", photo_marks=[]).update(
        words="", description="", photo_marks=[]
    )


register_person_provider(PersonProvider("reports", timeline, export, erase))
