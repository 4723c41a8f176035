"""What this room can say about a person: what she paid, what went back, what is still to be paid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.people import PersonEntry, PersonProvider, register_person_provider
from moothall.core.references import show_reference
from moothall.payments.models import Intent
from moothall.payments.queries.bills import bills_of


def timeline(customer_ids: Iterable[UUID], visible_to: Actor, limit: int, until: datetime | None) -> list[PersonEntry]:
    """Return what she was asked to pay and what became of it, newest first. Two queries."""
    return [
        PersonEntry(
            at=bill.at, kind="payment", title=f"{bill.state_words}: {bill.says}", detail=bill.what, state=bill.state,
            link_kind="case" if bill.case_id else "", link_id=str(bill.case_id or ""), channel=bill.channel,
        )
        for bill in bills_of(customer_ids, visible_to=visible_to, limit=limit, until=until)
    ]  # fmt: skip


def export(customer_id: UUID) -> Mapping[str, Any]:
    """Return every payment of hers with its dates and amounts."""
    paid = [
        {
            "reference": show_reference(row.reference), "for": row.description, "pence": row.amount_pence, "state": row.state,
            "asked_at": row.created_at, "paid_at": row.done_at,
        }
        for row in Intent.objects.filter(customer_id=customer_id).order_by("-created_at")[:1000]
    ]  # fmt: skip
    return {"payments": paid}


def erase(customer_id: UUID, by: Actor, at: datetime) -> int:
    """Part her from her payments. What was paid stays, without her: the law has the council keep its books."""
    require(by, "customer.erase")
    return Intent.objects.filter(customer_id=customer_id).update(customer_id=None)


register_person_provider(PersonProvider("payments", timeline, export, erase))
