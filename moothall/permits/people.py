"""What this room keeps of a person: what was issued to her."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.cases.models import Case
from moothall.core import clock
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.people import PersonEntry, PersonProvider, register_person_provider
from moothall.permits.models import Permit
from moothall.permits.queries import permits_of


def timeline(customer_ids: Iterable[UUID], visible_to: Actor, limit: int, until: datetime | None) -> list[PersonEntry]:
    """Return what was issued to her, newest first. Two queries."""
    held = permits_of(customer_ids, visible_to=visible_to, at=clock.now())
    shown = sorted(
        (one for one in held if until is None or one.issued_at <= until), key=lambda one: one.issued_at, reverse=True
    )
    return [
        PersonEntry(
            at=one.issued_at, kind="permit", title=f"{one.name} issued",
            detail=" · ".join(part for part in (one.number, one.what, one.says) if part), link_kind="case",
            link_id=str(one.case_id), state=one.standing,
        )
        for one in shown[:limit]
    ]  # fmt: skip


def export(customer_id: UUID) -> Mapping[str, Any]:
    """Return everything that was issued to her, with its dates and why it was ended."""
    rows = Permit.objects.filter(case_id__in=_cases(customer_id)).order_by("issued_at")
    fields = ("reference", "service", "what", "starts", "ends", "issued_at", "ended_at", "ended_because")
    return {"permits_and_licences": list(rows.values(*fields))}


def erase(customer_id: UUID, by: Actor, at: datetime) -> int:
    """Empty what it was for and why it was ended; that something was issued, and its dates, stay."""
    require(by, "customer.erase")
    rows = Permit.objects.filter(case_id__in=_cases(customer_id))
    return rows.exclude(what="", ended_because="").update(what="", ended_because="")


def _cases(customer_id: UUID) -> Any:
    return Case.objects.filter(customer_id=customer_id).values("id")


register_person_provider(PersonProvider("permits", timeline, export, erase))
