"""What officers book: many times at once, for a club, a school, a works closure; and cards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from moothall.bookings.actions.changing import cancel
from moothall.bookings.actions.holding import confirm, hold
from moothall.bookings.errors import NoSuchBooking, NotBookable, SlotTaken
from moothall.bookings.models import LIVE, Booking, HeldCard
from moothall.bookings.pack import CARDS
from moothall.bookings.queries.views import BookingView
from moothall.bookings.rules import Spot, card_number, read_key, weekly
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.ids import new_id
from moothall.core.packs import current_pack
from moothall.core.zone import council_date

MOST_WEEKS = 52
MOST_TOGETHER = 20


@dataclass(frozen=True, slots=True)
class Series:
    """What became of a recurring or block booking: those booked, and the times that were not to be had (as said)."""

    id: UUID
    booked: tuple[BookingView, ...]
    taken: tuple[datetime, ...]


def book_series(
    bookable: str, slot: str, *, weeks: int, title: str, together: int = 1, all_or_none: bool = False, by: Actor,
    at: datetime, customer_id: UUID | None = None,
) -> Series:  # fmt: skip
    """Book the same hour every week, ``together`` of them side by side, for a group. Confirmed at once; paid by invoice.

    The hour is the one on the wall: it stays when the clocks change. Times that are taken are left out and told, or with
    ``all_or_none`` nothing is booked.

    Raises:
        Refused; NotBookable: not a time we offer, too many, or no title; SlotTaken: ``all_or_none`` and one is taken.
    """
    require(by, "booking.manage")
    if not (1 <= weeks <= MOST_WEEKS and 1 <= together <= MOST_TOGETHER):
        raise NotBookable(f"Book 1 to {MOST_WEEKS} weeks, and 1 to {MOST_TOGETHER} side by side.")
    if not title.strip():
        raise NotBookable("Say whose booking it is: the club, the school, the works.")
    first, series_id = read_key(slot), new_id()
    booked: list[BookingView] = []
    taken: list[datetime] = []
    with transaction.atomic():
        for spot in weekly(first, council_date(first.starts_at) + timedelta(weeks=weeks - 1)):
            for _ in range(together):
                try:
                    with transaction.atomic():
                        booked.append(_book_one(bookable, spot, series_id, title.strip(), customer_id, by=by, at=at))
                except SlotTaken:
                    if all_or_none:
                        raise
                    taken.append(spot.starts_at)
                    break
    return Series(series_id, tuple(booked), tuple(taken))


def _book_one(
    bookable: str, spot: Spot, series_id: UUID, title: str, customer_id: UUID | None, *, by: Actor, at: datetime
) -> BookingView:
    view = hold(
        bookable, spot.key, for_kind="staff", for_id=new_id(), customer_id=customer_id, any_time=True, by=by, at=at
    )
    Booking.objects.filter(id=view.id).update(series_id=series_id, title=title[:120])
    return confirm(view.id, by=by, at=at)


def cancel_from(booking_id: UUID, *, asked: bool, all_that_follow: bool, by: Actor, at: datetime) -> int:
    """Cancel a booking for an officer, or it and all of its series that follow; return how many. Once each.

    ``asked``: the customer wishes it, and the terms for money hold; else it is our doing and all of it goes back.

    Raises:
        Refused; NoSuchBooking; NotBookable: it is over already.
    """
    require(by, "booking.manage")
    reason = "asked" if asked else "closed"
    with transaction.atomic():
        row = Booking.objects.filter(id=booking_id).first()
        if row is None:
            raise NoSuchBooking
        ids = [row.id]
        if all_that_follow and row.series_id is not None:
            later = Booking.objects.filter(series_id=row.series_id, starts_at__gte=row.starts_at, state__in=LIVE)
            ids += later.exclude(id=row.id).order_by("starts_at", "id").values_list("id", flat=True)
        for n, one in enumerate(ids):
            more = {"following": len(ids) - 1} if n == 0 else {"quiet": True}
            cancel(one, reason=reason, asked=asked, by=by, at=at, **more)
    return len(ids)


def issue_card(
    number: str, *, card: str, customer_id: UUID, valid_from: date, valid_to: date | None = None, by: Actor, at: datetime
) -> UUID:  # fmt: skip
    """Keep that a customer holds a card of the council's. The same number again changes whose and until when.

    Raises:
        NotBookable: the pack has no such card.
    """
    if card not in current_pack().of(CARDS):
        raise NotBookable("There is no such card here.")
    row, _ = HeldCard.objects.update_or_create(
        number=card_number(number),
        defaults={"card": card, "customer_id": customer_id, "valid_from": valid_from, "valid_to": valid_to},
        create_defaults={
            "id": new_id(), "card": card, "customer_id": customer_id, "valid_from": valid_from, "valid_to": valid_to,
        },
    )  # fmt: skip
    return row.id
