"""What this room can say about a person: what she paid, what went back, what is still to be paid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.db.models import Q

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.clock import LONDON
from moothall.core.months import after_months
from moothall.core.packs import current_pack
from moothall.core.people import Kept, Made, PersonEntry, PersonProvider, register_person_provider
from moothall.core.references import show_reference
from moothall.customers.privacy.pack import RETENTION
from moothall.payments.actions.giving import give_payment
from moothall.payments.models import Deposit, Intent, Mandate, Refund
from moothall.payments.queries.bills import bills_of

FORGOTTEN = "Forgotten"
"""In place of why a deposit was kept: there was a reason, and its words are gone."""


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
            "asked_at": row.created_at, "paid_at": row.done_at, "lines": row.lines,
            "refunds": [
                {"pence": back.amount_pence, "reason": back.reason, "note": back.note, "state": back.state}
                for back in row.refunds.all()
            ],
            "deposits": list(Deposit.objects.filter(intent=row).values("pence", "state", "due_at", "kept_pence", "why")),
            "paid_by": list(row.attempts.values("method", "provider", "provider_id", "state", "created_at")),
        }
        for row in Intent.objects.filter(customer_id=customer_id).order_by("-created_at").prefetch_related("refunds")
    ]  # fmt: skip
    agreed = Mandate.objects.filter(customer_id=customer_id).order_by("made_at")
    fields = (
        "reference",
        "scheme",
        "holder",
        "sort_code",
        "account",
        "agreement",
        "plan",
        "day",
        "made_at",
        "ended_at",
    )
    return {"payments": paid, "leave_to_take_payments": list(agreed.values(*fields))}


def erase(customer_id: UUID, by: Actor, at: datetime) -> int:
    """Part her from the payments whose years are over; the others stay hers, as `keeps` said. Notes of refunds go."""
    require(by, "customer.erase")
    over = Mandate.objects.filter(customer_id=customer_id, state__in=["ended", "done"])
    over.exclude(_still_kept(at, "intent__")).update(
        holder="", sort_code="", account="", agreement="", customer_id=None
    )
    Refund.objects.filter(intent__customer_id=customer_id).exclude(note="").update(note="")
    Deposit.objects.filter(intent__customer_id=customer_id, kept_pence__gt=0).update(why=FORGOTTEN)
    return Intent.objects.filter(customer_id=customer_id).exclude(_still_kept(at)).update(customer_id=None)


def keeps(ids: Iterable[UUID], at: datetime) -> list[Kept]:
    """Return what is still to be paid (it stops an erasure) and what the books must show a while yet. Two queries."""
    mine = Intent.objects.filter(customer_id__in=list(ids))
    found = []
    if owed := mine.filter(state="owed").count():
        found.append(Kept("Payments still owed", owed, "What is owed has to be settled first.", stops=True))
    rule = current_pack().of(RETENTION).get("payment")
    held = mine.filter(_still_kept(at)).exclude(state="owed")
    last = held.order_by("-created_at").values_list("created_at", flat=True).first()
    if last is not None and rule is not None and rule.months is not None:
        found.append(Kept("Payments", held.count(), str(rule.because), after_months(last.date(), rule.months)))
    return found


def _still_kept(at: datetime, through: str = "") -> Q:
    """Which payments the pack has us keep: none where it says no length."""
    rule = current_pack().of(RETENTION).get("payment")
    if rule is None or rule.months is None:
        return Q(pk__isnull=True)
    since = datetime.combine(after_months(at.date(), -rule.months), time(), tzinfo=LONDON)
    return Q(**{f"{through}created_at__gte": since})


def made_between(customer_id: UUID, since: datetime, until: datetime | None) -> list[Made]:
    """Return the payments of no case or booking begun under this id in that time, and agreements made then for payments of
    before, for parting two people. What belongs to a case or booking goes with it. Two queries."""
    bills = Intent.objects.filter(customer_id=customer_id, created_at__gte=since, case_id=None, booking_id=None)
    agreed = Mandate.objects.filter(customer_id=customer_id, made_at__gte=since, intent__created_at__lt=since)
    if until is not None:
        bills, agreed = bills.filter(created_at__lt=until), agreed.filter(made_at__lt=until)
    found = [Made("payment", row.id, row.created_at) for row in bills]
    return found + [Made("payment", row.id, row.made_at) for row in agreed]


register_person_provider(
    PersonProvider(
        "payments",
        timeline,
        export,
        erase,
        kind="payment",
        made_between=made_between,
        give=give_payment,
        keeps=keeps,
    )
)
