"""The waiting list: who wants what is full is offered what comes free, one after another, each for a while."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from moothall.bookings import events
from moothall.bookings.actions.holding import hold, release
from moothall.bookings.errors import HoldGone, NotBookable
from moothall.bookings.models import Booking, Wait, WaitState
from moothall.bookings.pack import BOOKABLES
from moothall.bookings.queries.views import BookingView
from moothall.bookings.rules import Spot, any_left
from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import record
from moothall.core.ids import new_id
from moothall.core.packs import current_pack
from moothall.core.zone import LONDON

MOST_OFFERS = 3
MOST_LOOKED_AT = 50


def join_list(
    bookable: str, *, since: datetime, until: datetime, by: Actor, at: datetime, sites: tuple[str, ...] = (),
    from_minute: int = 0, to_minute: int = 24 * 60, places: int = 1, email: str = "", phone: str = "",
    customer_id: UUID | None = None, service: str = "",
) -> UUID:  # fmt: skip
    """Put somebody on the list for what is full; return the entry's id. The same wish by the same address again: the same.

    Raises:
        NotBookable: nothing to offer, no way to reach her, or the time has passed.
    """
    if bookable not in current_pack().of(BOOKABLES):
        raise NotBookable("This cannot be booked here.")
    if not (email or phone):
        raise NotBookable("Enter an email address or a mobile number, so that we can tell you.")
    if not any_left(max(since, at), until, from_minute, to_minute):
        raise NotBookable("That time has passed. Choose a later one.")
    with transaction.atomic():
        mine = Wait.objects.select_for_update().filter(
            bookable=bookable, email=email, phone=phone, since=since, until=until,
            state__in=(WaitState.WAITING, WaitState.OFFERED),
        )  # fmt: skip
        if (held := mine.first()) is not None:
            return held.id
        row = Wait(
            id=new_id(), bookable=bookable, service=service, sites=list(sites), since=since, until=until,
            from_minute=from_minute, to_minute=to_minute, places=places, customer_id=customer_id, email=email, phone=phone,
            joined_at=at,
        )  # fmt: skip
        row.save(force_insert=True)
        record([events.waiting(events.WAITED, row, at)], by=by)
        return row.id


def leave_list(wait_id: UUID, *, by: Actor, at: datetime) -> None:
    """Take somebody off the list; what was offered her goes to the next. Gone already is fine."""
    with transaction.atomic():
        row = Wait.objects.select_for_update().filter(id=wait_id).first()
        if row is None or row.state not in {WaitState.WAITING, WaitState.OFFERED}:
            return
        booking_id, row.booking_id, row.state = row.booking_id, None, WaitState.LEFT
        row.save(update_fields=["booking_id", "state"])
        if booking_id is not None:
            release(booking_id, reason="left_list", by=by, at=at)


def offer_freed(booking_id: UUID, *, at: datetime) -> BookingView | None:
    """Offer the time that a booking gave back to the first on the list who wants it; None when nobody does.

    Who let an offer of this very time lapse is not offered it again.
    """
    freed = Booking.objects.filter(id=booking_id).first()
    if freed is None or freed.starts_at <= at:
        return None
    return _offer(freed.bookable, freed.site, freed.starts_at, skip=freed.for_id, at=at)


def _offer(bookable: str, site: str, starts_at: datetime, *, skip: UUID | None, at: datetime) -> BookingView | None:
    found = current_pack().of(BOOKABLES).get(bookable)
    if found is None:
        return None
    local = starts_at.astimezone(LONDON)
    minute = local.hour * 60 + local.minute
    with transaction.atomic():
        line = (
            Wait.objects.select_for_update(skip_locked=True)
            .filter(
                bookable=bookable, state=WaitState.WAITING, since__lte=starts_at, until__gt=starts_at,
                from_minute__lte=minute, to_minute__gt=minute,
            )
            .exclude(id__in=[skip] if skip else [])
            .order_by("offers", "joined_at", "id")
        )  # fmt: skip
        row = next((one for one in line[:MOST_LOOKED_AT] if not one.sites or site in one.sites), None)
        if row is None:
            return None
        until = min(at + timedelta(minutes=found.offer_minutes), starts_at)
        try:
            view = hold(
                bookable, Spot(site, starts_at).key, for_kind="wait", for_id=row.id, places=row.places,
                customer_id=row.customer_id, service=row.service, expires_at=until, by=SYSTEM, at=at,
            )  # fmt: skip
        except NotBookable:  # taken again already, or too soon by now: nothing to offer
            return None
        row.state, row.booking_id, row.offers = WaitState.OFFERED, view.id, row.offers + 1
        row.save(update_fields=["state", "booking_id", "offers"])
        data = {"booking_id": str(view.id), "expires_at": until.isoformat(), "starts_at": starts_at.isoformat()}
        record([events.waiting(events.OFFERED, row, at, **data)], by=SYSTEM)
    return view


def offer_lapsed(booking_id: UUID, *, at: datetime) -> None:
    """An offer ran out: she keeps her place for another time, until she has let three go by."""
    with transaction.atomic():
        row = Wait.objects.select_for_update().filter(booking_id=booking_id, state=WaitState.OFFERED).first()
        if row is None:
            return
        row.booking_id = None
        row.state = WaitState.PASSED if row.until <= at else WaitState.WAITING
        if row.offers >= MOST_OFFERS:
            row.state = WaitState.LEFT
        row.save(update_fields=["booking_id", "state"])
        record([events.waiting(events.OFFER_LAPSED, row, at, booking_id=str(booking_id))], by=SYSTEM)


def take_offer(wait_id: UUID, *, at: datetime) -> UUID:
    """Say that she takes what was offered; return the booking that is held for her, to go on with.

    Raises:
        HoldGone: the offer has run out.
    """
    with transaction.atomic():
        row = Wait.objects.select_for_update().filter(id=wait_id).first()
        if row is None or row.state not in {WaitState.OFFERED, WaitState.TAKEN} or row.booking_id is None:
            raise HoldGone
        held = Booking.objects.filter(id=row.booking_id, state="held", expires_at__gt=at).exists()
        if not held:
            raise HoldGone
        row.state = WaitState.TAKEN
        row.save(update_fields=["state"])
        return row.booking_id
