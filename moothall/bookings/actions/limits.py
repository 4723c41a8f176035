"""How many unpaid times one person may keep at once, however she asks: nobody holds a centre against everybody else."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q

from moothall.bookings.errors import TooManyHeld
from moothall.bookings.models import Booking, BookingState
from moothall.bookings.rules import say_until
from moothall.customers.models import ContactPoint


def check_held(customer_id: UUID | None, most: int, *, beside: UUID, at: datetime) -> None:
    """Let one person keep so many unpaid times and no more. In the transaction that keeps one more.

    One person is a customer, and whoever gave the same e-mail address or telephone number: without an account each request
    makes a record of its own. ``beside``: what it is for (a dialogue, a case) or the booking itself, which is not counted.
    Two queries.

    Raises:
        TooManyHeld: says what to do, and when the first is let go.
    """
    if customer_id is None:
        return
    reached = sorted(ContactPoint.objects.filter(customer_id=customer_id).values_list("value", flat=True))
    with connection.cursor() as cursor:
        for one in (str(customer_id), *reached):  # so that many at the same moment are many, and not one
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"booking-held:{one}"])
    same = ContactPoint.objects.filter(value__in=reached).values("customer_id")
    held = Booking.objects.filter(Q(customer_id=customer_id) | Q(customer_id__in=same), state=BookingState.HELD)
    held = held.filter(expires_at__gt=at).exclude(Q(id=beside) | Q(for_id=beside)).exclude(for_kind="series")
    times = sorted(moment for moment in held.values_list("expires_at", flat=True)[: most + 1] if moment is not None)
    if len(times) >= most:
        raise TooManyHeld(len(times), say_until(times[0]))
