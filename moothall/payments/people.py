"""What this room can say about a person: what she paid, what went back, what is still to be paid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.people import PersonEntry, PersonProvider, register_person_provider
from moothall.core.references import show_reference
from moothall.payments.models import Intent, Mandate
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
    """Return every payment of hers with its dates and amounts, and her direct debits without the bank details."""
    paid = [
        {
            "reference": show_reference(row.reference), "for": row.description, "pence": row.amount_pence, "state": row.state,
            "asked_at": row.created_at, "paid_at": row.done_at,
        }
        for row in Intent.objects.filter(customer_id=customer_id).order_by("-created_at")[:1000]
    ]  # fmt: skip
    debits = [
        {"reference": row.reference, "state": row.state, "account_ends_in": row.ends_in, "signed_at": row.signed_at}
        for row in Mandate.objects.filter(customer_id=customer_id).order_by("-signed_at")[:100]
    ]
    return {"payments": paid, "direct_debits": debits}


def erase(customer_id: UUID, by: Actor, at: datetime) -> int:
    """Forget her bank details. What was paid stays, without her: the law has the council keep its books."""
    require(by, "customer.erase")
    with transaction.atomic():
        forgotten = Mandate.objects.filter(customer_id=customer_id).update(
            sealed=b"", holder="", ends_in="", customer_id=None, changed_at=at
        )
        return forgotten + Intent.objects.filter(customer_id=customer_id).update(customer_id=None)


register_person_provider(PersonProvider("payments", timeline, export, erase))
