"""What a message about a booking says. Of a restricted service neither what it is nor where is named."""

from typing import Any

from moothall.bookings.links import booking_link
from moothall.bookings.queries import BookingView
from moothall.core.packs import current_pack

NEEDS = {
    "interpreter": "an interpreter", "step_free": "a room without steps", "hearing_loop": "a hearing loop",
    "quiet_room": "a quiet room",
}  # fmt: skip


def booking_values(view: BookingView) -> dict[str, Any]:
    """Return the values for a booking; ``booking`` is its id, by which an answering text finds it."""
    service = current_pack().services.get(view.service)
    hidden = service is not None and (bool(service.restricted) or service.visibility != "public")
    needs = [NEEDS.get(need, need) for need in view.needs]
    if view.language:
        needs.append(view.language)
    return {
        "booking": str(view.id),
        "what": "Your appointment" if hidden else view.what,
        "when": view.when,
        "where": "" if hidden else view.where,
        "reference": view.reference,
        "link": booking_link(view.id),
        "needs": ", ".join(needs),
        "before": "" if hidden else "\n".join(view.before),
    }
