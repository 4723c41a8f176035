"""Whose a booking, a place in a line or a card is, after two people who were taken for one were parted."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from moothall.bookings import events
from moothall.bookings.models import Booking, HeldCard, Wait
from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import record


def give_booked(thing_id: UUID, customer_id: UUID, by: Actor, at: datetime) -> None:
    """Say whose a booking, a wait or a card is (their ids are told apart by themselves). Hers already is fine.

    What is offered to somebody who waits is given with her place in the line.
    """
    with transaction.atomic():
        for wait in Wait.objects.select_for_update().filter(id=thing_id).exclude(customer_id=customer_id):
            wait.customer_id = customer_id
            wait.save(update_fields=["customer_id"])
            if wait.booking_id is not None:
                _give(Q(id=wait.booking_id), customer_id, by, at)
        HeldCard.objects.filter(id=thing_id).update(customer_id=customer_id)
        _give(Q(id=thing_id), customer_id, by, at)


def give_with(
    *, case_id: UUID | None = None, contact_id: UUID | None = None, before: UUID, to: UUID, at: datetime
) -> None:
    """A case or contact is somebody's now: so is what was booked for it by the one before."""
    of = Q(case_id=case_id) if case_id is not None else Q(for_kind="contact", for_id=contact_id)
    with transaction.atomic():
        _give(of & Q(customer_id=before), to, SYSTEM, at)


def _give(which: Q, customer_id: UUID, by: Actor, at: datetime) -> None:
    for row in Booking.objects.select_for_update().filter(which).order_by("id"):
        if row.customer_id != customer_id:
            before, row.customer_id = row.customer_id, customer_id
            row.save(update_fields=["customer_id"])
            record([events.happening(events.GIVEN, row, at, before=str(before) if before else None)], by=by)
