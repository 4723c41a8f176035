"""What this room keeps of a person: where crews went for her, and what they wrote there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.cases.models import Case
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.people import PersonEntry, PersonProvider, register_person_provider
from moothall.field.models import DeviceReport, Job


def timeline(customer_ids: Iterable[UUID], visible_to: Actor, limit: int, until: datetime | None) -> list[PersonEntry]:
    """Return nothing: what a crew did stands on the time line with its case."""
    return []


def export(customer_id: UUID) -> Mapping[str, Any]:
    """Return the visits for her cases and what crews wrote of them."""
    cases = Case.objects.filter(customer_id=customer_id).values("id")
    jobs = Job.objects.filter(case_id__in=cases).order_by("made_at")
    reports = DeviceReport.objects.filter(case_id__in=cases).order_by("occurred_at")
    return {
        "visits": list(
            jobs.values("reference", "service", "place_text", "uprn", "latitude", "longitude", "state", "ended_at")
        ),
        "reports_of_crews": list(reports.values("kind", "occurred_at", "reason", "words")),
    }


def erase(customer_id: UUID, by: Actor, at: datetime) -> int:
    """Empty the places of her visits and what was written there; that a crew came, and when, stays."""
    require(by, "customer.erase")
    cases = Case.objects.filter(customer_id=customer_id).values("id")
    gone = DeviceReport.objects.filter(case_id__in=cases).exclude(words="").update(words="")
    return gone + Job.objects.filter(case_id__in=cases).update(
        place_text="", uprn=None, latitude=None, longitude=None, changed_at=at
    )


register_person_provider(PersonProvider("field", timeline, export, erase))
