"""A move to an hour that costs more: the new time is held until the difference is paid, and the old one stands until then."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from moothall.bookings.actions.changing import check_notice
from moothall.bookings.actions.holding import hold, let_moves_go
from moothall.bookings.actions.taking import locked
from moothall.bookings.errors import NotBookable
from moothall.bookings.models import Booking, BookingState
from moothall.bookings.pack import BOOKABLES
from moothall.bookings.paying import more_to_move
from moothall.bookings.queries.views import BookingView, view_of
from moothall.bookings.rules import MOVE, access_in, read_key
from moothall.core.actors import Actor, ActorKind
from moothall.core.packs import current_pack


def hold_dearer(booking_id: UUID, slot: str, *, by: Actor, at: datetime) -> tuple[BookingView, BookingView]:
    """Hold a dearer time for a booking that stands, for the pack's `pay_minutes`; return the booking and the hold, whose
    `owes_pence` is the difference. The booking is untouched until `confirm` of the hold moves it. The same time again is the
    same hold; another lets the first go.

    Raises:
        NoSuchBooking; NotBookable: it is over, that is not a time we offer, or one that costs no more (`move` it);
        TooLate; SlotTaken; TooManyHeld.
    """
    pack, spot = current_pack(), read_key(slot)
    hers = by.kind is ActorKind.CUSTOMER
    with transaction.atomic():
        row = locked(booking_id)
        bookable = pack.of(BOOKABLES).get(row.bookable)
        if row.state != BookingState.CONFIRMED or bookable is None:
            raise NotBookable("Only a booking that stands can be moved.")
        if hers:
            check_notice(pack, row, at, "move it")
        kept = Booking.objects.filter(
            for_kind=MOVE, for_id=row.id, state=BookingState.HELD, expires_at__gt=at, site=spot.site, starts_at=spot.starts_at
        ).first()  # fmt: skip
        if kept is not None:
            return view_of(row, pack), view_of(kept, pack)
        (more,) = more_to_move(view_of(row, pack), [spot.starts_at])
        if more <= 0:
            raise NotBookable("That time costs no more than the one you have. Look at the times again.")
        let_moves_go(row.id, reason="changed", by=by, at=at)
        access = access_in(row.needs)
        held = hold(
            row.bookable, slot, for_kind=MOVE, for_id=row.id, places=row.places, load=row.load or None, way=row.way,
            needs=[one for one in row.needs if one not in access], access_needs=access, language=row.language,
            access=row.access, card=row.card, customer_id=row.customer_id, service=row.service,
            expires_at=at + timedelta(minutes=bookable.pay_minutes), any_time=not hers, beside=True, indoor=row.indoor, by=by,
            at=at,
        )  # fmt: skip
        Booking.objects.filter(id=held.id).update(owes_pence=more)
        return view_of(row, pack), view_of(Booking.objects.get(id=held.id), pack)
