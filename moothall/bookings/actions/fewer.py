"""Part of a party does not come: some places of a booking go back to who waits for them, the others stand."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.bookings import events
from moothall.bookings.actions.changing import check_notice
from moothall.bookings.actions.holding import let_moves_go
from moothall.bookings.actions.taking import give_places_back, locked
from moothall.bookings.errors import NotBookable
from moothall.bookings.models import BookingState
from moothall.bookings.queries.views import BookingView, view_of
from moothall.bookings.rules import hours_before
from moothall.core.access import require
from moothall.core.actors import Actor, ActorKind
from moothall.core.events import record
from moothall.core.packs import current_pack


def keep_places(
    booking_id: UUID, keep: int, *, by: Actor, at: datetime, asked: bool | None = None, reason: str = "asked"
) -> BookingView:
    """Keep so many places of a booking that stands and give the others up. Asked for as many as it has, nothing changes.

    A customer may until the pack's `change_until` before; the council until it begins. Payments gives back what the places
    that were given up were paid with: by the terms where the customer wishes it (``asked``, else whether it is she who
    acts), else all of it. What waits on the list is offered them.

    Raises:
        Refused; NoSuchBooking; TooLate; NotBookable: it does not stand or has begun, or that is none or more than it has.
    """
    hers = by.kind is ActorKind.CUSTOMER
    if by.kind is ActorKind.STAFF:
        require(by, "booking.manage")
    pack = current_pack()
    with transaction.atomic():
        row = locked(booking_id)
        if row.state != BookingState.CONFIRMED:
            raise NotBookable("Only a booking that stands can be made smaller.")
        if keep == row.places:
            return view_of(row, pack)
        if keep < 1:
            raise NotBookable("To give up every place, cancel the booking.")
        if keep > row.places:
            many = "1 place" if row.places == 1 else f"{row.places} places"
            raise NotBookable(f"This booking has {many}. For more, book those that are still free.")
        if hers:
            check_notice(pack, row, at, "give up places")
        elif row.starts_at <= at:
            raise NotBookable("It has begun, so nobody else can have the place any more.")
        was, row.places = row.places, keep
        row.places_given_up += was - keep
        if row.load.keys() == {"units"}:  # a session's; of anything else places are not what is counted
            give_places_back(row, was - keep)
        row.save(update_fields=["places", "places_given_up", "load"])
        let_moves_go(row.id, reason="changed", by=by, at=at)  # it was held for all of them
        data = {"was": was, "places": keep, "by_customer": hers if asked is None else asked, "reason": reason[:60]}
        data |= {"hours_before": hours_before(row.starts_at, at), "all_back": row.visits_failed > 0}
        record([events.happening(events.PLACES_GIVEN_UP, row, at, **data)], by=by)
    return view_of(row, pack)
