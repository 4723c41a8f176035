"""What a message about a booking says. Of a restricted service neither what it is nor where is named."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.bookings.calendar_files import booking_calendar
from moothall.bookings.links import booking_link
from moothall.bookings.queries import BookingView, booking, series_of
from moothall.cases.named import reference_to_quote
from moothall.core.packs import current_pack

NEEDS = {
    "interpreter": "an interpreter", "step_free": "a room without steps", "hearing_loop": "a hearing loop",
    "quiet_room": "a quiet room",
}  # fmt: skip


WITH_CALENDAR = frozenset(
    {
        "booking-confirmed",
        "booking-moved",
        "booking-cancelled",
        "booking-fewer",
        "visit-failed-new-date",
        "visit-part-new-date",
    }
)


def calendar_for(template: str, values: Mapping[str, Any], *, at: datetime) -> bytes:
    """Return the calendar file that goes with a message about a booking, as the booking stands when it is sent; else
    nothing. Two queries where there is one, three for a series."""
    text = values.get("booking")
    if template not in WITH_CALENDAR or not isinstance(text, str):
        return b""
    view = booking(UUID(text))
    if view is None:
        return b""
    weekly = template == "booking-confirmed" and view.is_weekly
    also = [one for one in series_of(view) if one.id != view.id and one.is_live] if weekly else []
    quoted = reference_to_quote(view.case_id, view.reference)
    return booking_calendar(
        view, at=at, link=booking_link(view.id), hidden=_is_hidden(view), also=also, reference=quoted
    )


def _is_hidden(view: BookingView) -> bool:
    service = current_pack().services.get(view.service)
    return service is not None and (bool(service.restricted) or service.visibility != "public")


def booking_values(view: BookingView) -> dict[str, Any]:
    """Return the values for a booking; ``booking`` is its id, by which an answering text finds it.

    ``reference`` is that of the request it was booked with, as in every other message about it. One query.
    """
    hidden = _is_hidden(view)
    needs = [NEEDS.get(need, need) for need in view.needs]
    if view.language:
        needs.append(view.language)
    return {
        "booking": str(view.id),
        "what": "Your appointment" if hidden else view.what_for,
        "when": view.when,
        "where": "" if hidden else view.where,
        "reference": reference_to_quote(view.case_id, view.reference),
        "link": booking_link(view.id),
        "needs": ", ".join(needs),
        "before": "" if hidden else "\n".join(view.before),
    }
