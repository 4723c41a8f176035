"""The day itself: who came, who was late, who did not come, and reminding before it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from moothall.bookings import events
from moothall.bookings.actions.taking import locked
from moothall.bookings.errors import NotBookable
from moothall.bookings.models import Booking, BookingState
from moothall.bookings.queries.views import BookingView, view_of
from moothall.core.access import require
from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import record

LATE_AFTER = timedelta(minutes=5)
"""Who comes within so long of the time is not late."""


def arrive(booking_id: UUID, *, by: Actor, at: datetime) -> BookingView:
    """Record that she is here, and by how many minutes she is late. Once; the first arrival counts.

    Raises:
        Refused; NoSuchBooking; NotBookable: it does not stand.
    """
    require(by, "booking.manage")
    with transaction.atomic():
        row = _standing(booking_id)
        if row.arrived_at is None:
            row.arrived_at = at
            late = at - row.starts_at
            row.minutes_late = int(late.total_seconds() // 60) if late > LATE_AFTER else 0
            row.save(update_fields=["arrived_at", "minutes_late"])
            name = events.LATE if row.minutes_late else events.ARRIVED
            record([events.happening(name, row, at, minutes_late=row.minutes_late)], by=by)
    return view_of(row)


def attended(booking_id: UUID, *, by: Actor, at: datetime) -> BookingView:
    """Record that it took place. Once.

    Raises:
        Refused; NoSuchBooking; NotBookable.
    """
    return _end(booking_id, BookingState.ATTENDED, events.ATTENDED, by=by, at=at)


def missed(booking_id: UUID, *, by: Actor, at: datetime) -> BookingView:
    """Record that she did not come. Once.

    Raises:
        Refused; NoSuchBooking; NotBookable: it does not stand, or has not begun.
    """
    return _end(booking_id, BookingState.MISSED, events.MISSED, by=by, at=at)


def _end(booking_id: UUID, state: BookingState, name: str, *, by: Actor, at: datetime) -> BookingView:
    require(by, "booking.manage")
    with transaction.atomic():
        row = Booking.objects.select_for_update().filter(id=booking_id).first()
        if row is not None and row.state == state:
            return view_of(row)
        row = _standing(booking_id)
        if row.starts_at > at and state == BookingState.MISSED:
            raise NotBookable("It has not begun yet.")
        row.state, row.ended_at = state, at
        row.save(update_fields=["state", "ended_at"])
        record([events.happening(name, row, at, minutes_late=row.minutes_late or 0)], by=by)
    return view_of(row)


def queue_reminders(*, at: datetime, most: int = 1000) -> int:
    """Say of every booking whose reminder is due that it is; return how many. Each once."""
    with transaction.atomic():
        due = Booking.objects.select_for_update(skip_locked=True).filter(state="confirmed", remind_at__lte=at)
        rows = list(due.order_by("remind_at")[:most])
        if not rows:
            return 0
        Booking.objects.filter(id__in=[row.id for row in rows]).update(remind_at=None)
        record([events.happening(events.REMINDER_DUE, row, at) for row in rows if row.starts_at > at], by=SYSTEM)
    return len(rows)


def _standing(booking_id: UUID) -> Booking:
    row = locked(booking_id)
    if row.state != BookingState.CONFIRMED:
        raise NotBookable("This booking does not stand any more.")
    return row
