"""“C” to cancel, “M” to move, “2” to take the second time offered: a text in answer to one we sent about a booking.

The number we texted is the proof: only a booking we wrote to this number about can be changed from it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from moothall.bookings import actions as bookings
from moothall.bookings.queries import BookingView, booking
from moothall.core.actors import customer_actor
from moothall.notifications.booking_values import booking_values
from moothall.notifications.models import Message

_ASKED = re.compile(r"\s*(?:(c|cancel|cancel it)|(m|move|move it)|([1-9]))\s*[.!]?\s*", re.IGNORECASE)
ABOUT_BOOKINGS = (
    "booking-reminder",
    "booking-confirmed",
    "booking-moved",
    "booking-fewer",
    "visit-failed-new-date",
    "visit-part-new-date",
    "text-booking-times",
)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a text led to: the template to answer with; none where the change itself is told."""

    template: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


def booking_asked_about(sender: str, words: str) -> BookingView | None:
    """Return the booking that such a text is about: the one we last texted this number of, if it still stands.

    One that is cancelled is still what a second, impatient “cancel” is about.
    """
    asked = _ASKED.fullmatch(words)
    if asked is None:
        return None
    last = Message.objects.filter(to=sender, channel="sms", template__in=ABOUT_BOOKINGS).order_by("-created_at").first()
    number = str(last.values.get("booking", "")) if last is not None else ""
    view = booking(UUID(number)) if number else None
    stands = view is not None and (view.state == "confirmed" or (bool(asked[1]) and view.state == "cancelled"))
    return view if stands else None


def last_asked_about_booking(sender: str, words: str) -> datetime | None:
    """Return when we last wrote to this number about a booking that such a text would answer; None: it answers none."""
    if booking_asked_about(sender, words) is None:
        return None
    last = Message.objects.filter(to=sender, channel="sms", template__in=ABOUT_BOOKINGS).order_by("-created_at").first()
    return last.created_at if last is not None else None


def change_booking(view: BookingView, words: str, *, at: datetime) -> Answered | None:
    """Do what the text asks; None where it asks nothing of a booking (a number when no times were offered)."""
    asked = _ASKED.fullmatch(words)
    if asked is None:
        return None
    her = customer_actor(view.customer_id)
    if asked[1] and view.state == "cancelled":
        return Answered("booking-cancelled", {**booking_values(view), "ours": "", "following": "", "why": ""})
    try:
        if asked[1]:
            bookings.cancel(view.id, reason="asked", by=her, at=at)
            return Answered()
        if asked[3]:
            bookings.move_to_offered(view.id, int(asked[3]), by=her, at=at)
            return Answered()
        return _times(view, at)
    except bookings.TooLate as late:
        return Answered("text-booking-stands", {**booking_values(view), "why": str(late)})
    except bookings.SlotTaken:
        return _times(view, at)
    except bookings.NotBookable:
        return None


def _times(view: BookingView, at: datetime) -> Answered:
    offered = bookings.offer_times(view.id, at=at)
    if not offered:
        why = "No other time is free just now."
        return Answered("text-booking-stands", {**booking_values(view), "why": why})
    times = "; ".join(f"{n} for {words}" for n, (_, words) in enumerate(offered, 1))
    return Answered("text-booking-times", {**booking_values(view), "times": times})
