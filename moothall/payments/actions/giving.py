"""Whose a payment or an agreement is, after two people who were taken for one were parted."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from moothall.core import clock
from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import Happening, Recorded, handles, record
from moothall.payments import events
from moothall.payments.models import Intent, Mandate


def give_payment(thing_id: UUID, customer_id: UUID, by: Actor, at: datetime) -> None:
    """Say whose a payment is, with the agreements to pay it, or whose an agreement is. No money moves."""
    with transaction.atomic():
        _give(Q(id=thing_id), customer_id, by, at)
        Mandate.objects.filter(id=thing_id).update(customer_id=customer_id)


@handles("case.given", "booking.given", as_="payments.go_with_it")
def go_with_it(event: Recorded) -> None:
    """Two people were parted and a case or booking is one's: so is what she owes and pays for it."""
    before = event.data.get("before")
    if event.subject_id is None or event.customer_id is None or not before:
        return
    of = Q(case_id=event.subject_id) if event.name == "case.given" else Q(booking_id=event.subject_id)
    with transaction.atomic():
        _give(of & Q(customer_id=UUID(str(before))), event.customer_id, SYSTEM, clock.now())


def _give(which: Q, customer_id: UUID, by: Actor, at: datetime) -> None:
    for row in Intent.objects.select_for_update().filter(which).order_by("id"):
        if row.customer_id == customer_id:
            continue
        before, row.customer_id = row.customer_id, customer_id
        row.save(update_fields=["customer_id"])
        Mandate.objects.filter(intent=row, customer_id=before).update(customer_id=customer_id)
        record(
            [
                Happening(
                    events.GIVEN, "payment", row.id, at, case_id=row.case_id, customer_id=customer_id, service=row.service,
                    data={"before": str(before) if before else None},
                )
            ],
            by=by,
        )  # fmt: skip
