"""What came free is offered to who waits for it."""

from moothall.bookings import events
from moothall.bookings.actions import offer_freed, offer_lapsed
from moothall.core import clock
from moothall.core.events import Recorded, handles


@handles(events.CANCELLED, events.EXPIRED, events.RELEASED, events.VISIT_FAILED, as_="bookings.offer")
def offer(event: Recorded) -> None:
    """Offer a freed time to the first on the list. Twice is harmless: what is held already cannot be held again."""
    if event.subject_id is None:
        return
    at = clock.now()
    if event.name in {events.EXPIRED, events.RELEASED}:
        offer_lapsed(event.subject_id, at=at)
    offer_freed(event.subject_id, at=at)
