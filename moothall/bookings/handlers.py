"""What came free is offered to who waits for it."""

from datetime import datetime
from uuid import UUID

from moothall.bookings import events, queries
from moothall.bookings.actions import arrange_needs, close_what_the_pack_closes, offer_freed, offer_lapsed
from moothall.bookings.actions.giving import give_with
from moothall.bookings.pack import BOOKABLES
from moothall.bookings.rules import Spot, promised_by
from moothall.cases.actions import agree_day, close_case, new_day, withdraw_case
from moothall.core import clock
from moothall.core.actors import SYSTEM
from moothall.core.events import Recorded, handles
from moothall.core.packs import current_pack
from moothall.services.pack import SERVICES

ASKED = "asked"
"""Why a booking was moved, where whoever booked it wished it."""
DONE_ONCE_BOOKED = frozenset({"court", "session", "room"})


@handles(
    events.CANCELLED, events.EXPIRED, events.RELEASED, events.VISIT_FAILED, events.MOVED, events.PLACES_GIVEN_UP,
    as_="bookings.offer",
)  # fmt: skip
def offer(event: Recorded) -> None:
    """Offer a freed time to the first on the list. Twice is harmless: what is held already cannot be held again."""
    if event.subject_id is None or (event.name == events.VISIT_FAILED and event.data.get("new_date")):
        return  # of a new date the move tells what came free
    at = clock.now()
    if event.name == events.MOVED:
        if "from_site" in event.data:
            was = Spot(str(event.data["from_site"]), datetime.fromisoformat(str(event.data["from"])))
            offer_freed(event.subject_id, at=at, was=was)
        return
    if event.name == events.PLACES_GIVEN_UP:
        offer_freed(event.subject_id, at=at, places=int(event.data["was"]) - int(event.data["places"]))
        return
    if event.name in {events.EXPIRED, events.RELEASED}:
        offer_lapsed(event.subject_id, at=at)
    offer_freed(event.subject_id, at=at)


@handles(events.CONFIRMED, events.MOVED, events.EXPIRED, events.RELEASED, as_="bookings.promise")
def promise_day(event: Recorded) -> None:
    """The day that is booked is the day promised (adr/0046). Moved as she wished, the promise moves with it; moved by us, the
    first day stays what we promised, and the other is the new date that we gave. Not kept any more: the count stands again.
    """
    view = queries.booking(event.subject_id) if event.subject_id else None
    if view is None or view.case_id is None or not view.is_promise:
        return
    at, due = clock.now(), promised_by(view.starts_at) if view.is_live else None
    hers = event.data.get("by_customer") or event.data.get("reason") == ASKED
    if event.name == events.MOVED and not hers and due is not None:
        new_day(view.case_id, due=due, reason=str(event.data.get("reason", "")), by=SYSTEM, at=at)
    else:
        agree_day(view.case_id, due=due, by=SYSTEM, at=at)


@handles(events.CONFIRMED, events.ATTENDED, events.MISSED, events.CANCELLED, as_="bookings.case")
def end_case(event: Recorded) -> None:
    """A request to book a court is done once it is booked; one for an appointment when it took place, or did not."""
    view = queries.booking(event.subject_id) if event.subject_id else None
    if view is None or view.case_id is None:
        return
    pack, at = current_pack(), clock.now()
    bookable, service = pack.of(BOOKABLES).get(view.bookable), pack.of(SERVICES).get(view.service)
    if bookable is None or service is None:
        return
    if event.name == events.CANCELLED:
        if not any(one.is_live for one in queries.series_of(view) if one.id != view.id):
            withdraw_case(view.case_id, by=SYSTEM, at=at)
        return
    if view.lead != view.id:
        return  # a series is one request: it is done when its first is booked
    booked = event.name == events.CONFIRMED
    if booked is not (bookable.kind in DONE_ONCE_BOOKED) or bookable.kind == "collection":
        return
    came = event.name != events.MISSED
    outcome = next((one.code for one in service.closings if one.done is came), "")
    if outcome:
        close_case(view.case_id, outcome=outcome, resolved=came, by=SYSTEM, at=at)


@handles(events.CONFIRMED, events.MOVED, events.CANCELLED, events.VISIT_FAILED, as_="bookings.arrange")
def arrange(event: Recorded) -> None:
    """An interpreter, a quiet room: somebody arranges it in time, for the time the booking has now."""
    view = queries.booking(event.subject_id) if event.subject_id else None
    if view is not None:
        arrange_needs(view, at=clock.now())


@handles("pack.applied", as_="bookings.close_days")
def close_days(event: Recorded) -> None:
    """What the new pack closes was booked before it said so: that makes way."""
    close_what_the_pack_closes(at=clock.now())


@handles("case.given", "contact.given", as_="bookings.go_with_it")
def go_with_it(event: Recorded) -> None:
    """Two people were parted and a case or contact is one's: so is what was booked for it."""
    before = event.data.get("before")
    if event.subject_id is None or event.customer_id is None or not before:
        return
    which = {"case_id" if event.name == "case.given" else "contact_id": event.subject_id}
    give_with(**which, before=UUID(str(before)), to=event.customer_id, at=clock.now())
