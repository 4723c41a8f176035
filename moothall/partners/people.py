"""What this room keeps of a person: to whom she was referred, why, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from moothall.cases.models import Case
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.people import PersonEntry, PersonProvider, register_person_provider
from moothall.partners.actions.helped import take_back_all
from moothall.partners.models import PersonReferral


def _hers(customer_id: UUID) -> Q:
    return Q(customer_id=customer_id) | Q(case_id__in=Case.objects.filter(customer_id=customer_id).values("id"))


def timeline(customer_ids: Iterable[UUID], visible_to: Actor, limit: int, until: datetime | None) -> list[PersonEntry]:
    """Return nothing: each step of a referral is a note of its case, and stands on the time line with it."""
    return []


def export(customer_id: UUID) -> Mapping[str, Any]:
    """Return to whom she was referred, what was shared by which agreement, and what they said."""
    rows = PersonReferral.objects.filter(_hers(customer_id)).order_by("made_at", "id")
    return {
        "referred_to": list(
            rows.values(
                "organization", "name", "way", "shares", "about", "agreed", "agreed_how", "state", "reason", "words",
                "made_at", "answered_at", "ended_at",
            )
        )
    }  # fmt: skip


def erase(customer_id: UUID, by: Actor, at: datetime) -> int:
    """Shut what is still shared, and empty why and what was said; that there was a referral, and how it went, stays."""
    require(by, "customer.erase")
    take_back_all([customer_id], at=at)
    rows = PersonReferral.objects.filter(_hers(customer_id)).exclude(about="", words="", agreed="")
    return rows.update(about="", words="", agreed="")


register_person_provider(PersonProvider("partners", timeline, export, erase))
