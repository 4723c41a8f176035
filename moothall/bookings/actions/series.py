"""The same time every week for a customer: held together, paid together, kept or lost together; cancelled one by one.

The first of a series is held like any booking; the others hang on it (`for_kind` "series", `for_id` the first).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from moothall.bookings.actions.changing import cancel
from moothall.bookings.actions.holding import hold
from moothall.bookings.actions.taking import locked
from moothall.bookings.errors import NoSuchBooking, NotBookable, SlotTaken
from moothall.bookings.models import LIVE, Booking
from moothall.bookings.pack import BOOKABLES
from moothall.bookings.queries.views import BookingView
from moothall.bookings.rules import SERIES, Spot, read_key, weekly
from moothall.core.actors import Actor
from moothall.core.ids import new_id
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.promises.rules import say_day


@dataclass(frozen=True, slots=True)
class Weekly:
    """What became of a wish for the same time every week: those held, the first of them first, and those not to be had."""

    held: tuple[BookingView, ...]
    taken: tuple[datetime, ...]


def hold_weekly(
    bookable: str, slot: str, *, until: date, for_kind: str, for_id: UUID, by: Actor, at: datetime,
    **more: Any,
) -> Weekly:  # fmt: skip
    """Hold the same hour every week up to and with a day, as `hold` holds one; the hour is the one on the wall.

    The first must be free; later ones that are taken, or when the place is shut, are left out and told.

    Raises:
        NotBookable, SlotTaken: as `hold`; the day is before the first, or more weeks off than the pack lets a customer book.
    """
    pack = current_pack()
    found = pack.of(BOOKABLES).get(bookable)
    if found is None:
        raise NotBookable("This cannot be booked here.")
    if found.weeks_most == 1:
        raise NotBookable("This can be booked one time at once. Leave the last day empty.")
    first = read_key(slot)
    day = council_date(first.starts_at)
    last = day + timedelta(weeks=found.weeks_most - 1)
    if until < day:
        raise NotBookable(f"Choose a last day on or after the first time, {say_day(day)}, or book it once.")
    if until >= last + timedelta(weeks=1):
        raise NotBookable(
            f"The same time can be booked for {found.weeks_most} weeks at most. Choose a last day up to {say_day(last)}."
        )
    with transaction.atomic():
        lead = hold(bookable, slot, for_kind=for_kind, for_id=for_id, by=by, at=at, **more)
        held, taken = [lead], list[datetime]()
        if until < day + timedelta(weeks=1):
            return Weekly((lead,), ())
        series = new_id()
        for spot in weekly(first, until)[1:]:
            try:
                with transaction.atomic():
                    held.append(_hold_one(bookable, spot, lead, by=by, at=at, more=more))
            except (SlotTaken, NotBookable):
                taken.append(spot.starts_at)
        Booking.objects.filter(id__in=[one.id for one in held]).update(series_id=series)
    return Weekly(tuple(held), tuple(taken))


def _hold_one(
    bookable: str, spot: Spot, lead: BookingView, *, by: Actor, at: datetime, more: Mapping[str, Any]
) -> BookingView:
    return hold(
        bookable, spot.key, for_kind=SERIES, for_id=lead.id, expires_at=lead.expires_at, any_time=True, beside=True, by=by,
        at=at, **more,
    )  # fmt: skip


def cancel_following(booking_id: UUID, *, by: Actor, at: datetime) -> int:
    """Cancel a booking of a series and all of it that follow, for the customer; return how many.

    She is told once, with the number; the money of each goes by the terms, by its own hour. Those that begin too soon to be
    cancelled here stand, if the one she chose does not.

    Raises:
        NoSuchBooking; TooLate, NotBookable: as `cancel`, of the one she chose; then nothing is cancelled.
    """
    with transaction.atomic():
        row = Booking.objects.filter(id=booking_id).first()
        if row is None:
            raise NoSuchBooking
        later: Sequence[UUID] = ()
        if row.series_id is not None:
            rest = Booking.objects.filter(series_id=row.series_id, starts_at__gt=row.starts_at, state__in=LIVE)
            later = list(rest.order_by("starts_at", "id").values_list("id", flat=True))
        locked(booking_id)  # before the later ones: whoever pays for a series takes its first, first
        gone = sum(_cancel_if(one, by=by, at=at) for one in later)
        cancel(booking_id, reason="asked", by=by, at=at, following=gone)
    return 1 + gone


def _cancel_if(booking_id: UUID, *, by: Actor, at: datetime) -> bool:
    """Cancel one of the later ones, unless it must stand."""
    try:
        with transaction.atomic():
            cancel(booking_id, reason="asked", by=by, at=at, quiet=True)
    except NotBookable:  # too late to cancel here, or over by now
        return False
    return True
