"""The events this room records. Their data name codes, times and numbers; never a name, a card or a word of the customer."""

from datetime import datetime
from typing import Any

from moothall.bookings.models import Booking, Closure, Wait
from moothall.core.events import Happening

HELD = "booking.held"
CONFIRMED = "booking.confirmed"
EXPIRED = "booking.expired"
RELEASED = "booking.released"
CANCELLED = "booking.cancelled"
MOVED = "booking.moved"
PLACES_GIVEN_UP = "booking.places_given_up"
VISIT_FAILED = "booking.visit_failed"
REMINDER_DUE = "booking.reminder_due"
ARRIVED = "booking.arrived"
LATE = "booking.late"
ATTENDED = "booking.attended"
MISSED = "booking.missed"
WAITED = "booking.waited"
OFFERED = "booking.offered"
OFFER_LAPSED = "booking.offer_lapsed"
GIVEN = "booking.given"
RESEATED = "booking.reseated"
CLOSED = "site.closed"
REOPENED = "site.reopened"


def happening(name: str, booking: Booking, at: datetime, **data: Any) -> Happening:
    """Return the event about a booking."""
    always = {"bookable": booking.bookable, "resource": booking.resource, "starts_at": booking.starts_at.isoformat()}
    return Happening(
        name=name, subject_kind="booking", subject_id=booking.id, occurred_at=at, case_id=booking.case_id,
        customer_id=booking.customer_id, service=booking.service, data={**always, **data},
    )  # fmt: skip


def waiting(name: str, wait: Wait, at: datetime, **data: Any) -> Happening:
    """Return the event about somebody on the waiting list."""
    return Happening(
        name=name, subject_kind="wait", subject_id=wait.id, occurred_at=at, customer_id=wait.customer_id,
        data={"bookable": wait.bookable, **data},
    )  # fmt: skip


def closing(name: str, closure: Closure, at: datetime) -> Happening:
    """Return the event about a place that closed or is open again."""
    data = {"site": closure.site, "resource": closure.resource, "since": closure.since.isoformat()}
    return Happening(
        name=name, subject_kind="closure", subject_id=closure.id, occurred_at=at,
        data={**data, "until": closure.until.isoformat()},
    )  # fmt: skip
