"""Forgetting a person's words, and bringing in bookings made elsewhere."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.bookings.models import Booking, HeldCard, Wait
from moothall.core.actors import Actor


def erase_bookings(customer_id: UUID, *, by: Actor, at: datetime) -> int:
    """Take what she told us out of her bookings; delete her cards and waiting. Returns how many rows were touched."""
    with transaction.atomic():
        told = Booking.objects.filter(customer_id=customer_id).update(
            access="", language="", needs=[], title="", card=""
        )
        cards, _ = HeldCard.objects.filter(customer_id=customer_id).delete()
        waits, _ = Wait.objects.filter(customer_id=customer_id).delete()
    return told + cards + waits
