"""The money of one booking: what is still to be paid for it, or what would go back if it were cancelled now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from moothall.bookings.models import Booking
from moothall.bookings.queries import BookingView, booking, series_of
from moothall.bookings.rules import MOVE
from moothall.core.packs import current_pack
from moothall.payments.links import pay_path
from moothall.payments.models import Intent, IntentState
from moothall.payments.pack import CANCELLATIONS, PRICES, Cancellation
from moothall.payments.rules.pricing import given_back, worth


@dataclass(frozen=True, slots=True)
class BookingMoney:
    """`to_pay` pence at `pay_path`, or `paid` pence of which `back` would go back and `because`; a deposit is in both."""

    to_pay: int
    pay_path: str
    paid: int
    back: int
    because: str


def money_of_booking(booking_id: UUID, *, hours_before: float, ours: bool = False) -> BookingMoney | None:
    """Return what a booking costs whoever holds its link; None where nothing is owed or paid. Six queries at most.

    ``ours``: we failed a visit of it, so that all of it goes back.
    """
    share = share_of(booking_id)
    if share is None or share.intent.state == IntentState.VOID:
        return None
    row = share.intent
    if row.state == IntentState.OWED:
        return BookingMoney(row.amount_pence, pay_path(row.id), 0, 0, "")
    back, because = given_back(terms_for(row), share.paid, share.deposit, hours_before=hours_before, ours=ours)
    because = "We failed you once, so you get all of it back." if ours else because
    return BookingMoney(0, "", share.paid, back, because)


@dataclass(frozen=True, slots=True)
class PaidFor:
    """Sums in pence, without the deposit, each with how many places it was paid for."""

    sums: tuple[tuple[int, int], ...]

    def worth(self, places: int) -> int:
        """What so many of the places were paid with."""
        return sum(worth(pence, places, of) for pence, of in self.sums)

    def between(self, was: int, now: int) -> int:
        """What the places were paid with that were given up from one number to another."""
        return self.worth(was) - self.worth(now)


@dataclass(frozen=True, slots=True)
class Share:
    """What a booking was paid with: the payment, the part in pence of the places this booking still has, and the deposit in
    that. ``more``: what was paid on top of it for dearer times it was moved to, which is in ``paid``; ``paid_for``: the
    sums of both for all the places they were paid for.
    """

    intent: Intent
    paid: int
    deposit: int
    is_weekly: bool
    more: tuple[Intent, ...] = ()
    paid_for: PaidFor = PaidFor(())


def share_of(booking_id: UUID) -> Share | None:
    """Return what a booking was paid with; None: nothing was asked for it. Five queries at most.

    Of a series each has its own part; the deposit is with the last of it that stands.
    """
    view = booking(booking_id)
    row = Intent.objects.filter(booking_id=view.lead).first() if view is not None else None
    if view is None or row is None:
        return None
    more = tuple(_for_dearer_times(booking_id)) if view.moved else ()
    all_of_it = _paid_for(view, row, more)
    if not view.is_weekly:
        paid = all_of_it.worth(view.places) + row.deposit_pence
        return Share(row, paid, row.deposit_pence, is_weekly=False, more=more, paid_for=all_of_it)
    over = {"cancelled", "released", "expired"}
    others = any(one.state not in over for one in series_of(view) if one.id != view.id)
    deposit = 0 if others else row.deposit_pence
    paid = all_of_it.worth(view.places) + deposit
    return Share(row, paid, deposit, is_weekly=True, more=more, paid_for=all_of_it)


def _paid_for(view: BookingView, first: Intent, more: Sequence[Intent]) -> PaidFor:
    """What was paid for a booking without the deposit, each sum with how many places it was for. One query where it was moved
    to a dearer time."""
    if view.is_weekly:
        pence = view.owes_pence - (first.deposit_pence if view.id == view.lead else 0)
    else:
        pence = first.amount_pence - first.deposit_pence
    held = [one.booking_id for one in more if one.booking_id is not None]
    places = dict(Booking.objects.filter(id__in=held).values_list("id", "places")) if held else {}
    on_top = [(one.amount_pence, places[one.booking_id]) for one in more if one.booking_id in places]
    return PaidFor(((pence, view.places + view.places_given_up), *on_top))


@dataclass(frozen=True, slots=True)
class BackForFewer:
    """So many places kept: `back` pence go back for those given up."""

    keep: int
    back: int


def back_for_fewer(booking_id: UUID, *, hours_before: float, ours: bool = False) -> tuple[list[BackForFewer], str]:
    """Return what would go back for giving up some places of a booking, for each number it could keep, most first, and why
    that much. Nothing where nothing was paid. Six queries at most.
    """
    view, share = booking(booking_id), share_of(booking_id)
    if view is None or share is None or share.intent.state != IntentState.DONE:
        return [], ""
    terms = terms_for(share.intent)
    why, choices = "", []
    for keep in range(view.places - 1, 0, -1):
        value = share.paid_for.between(view.places, keep)
        back, why = given_back(terms, value, 0, hours_before=hours_before, ours=ours)
        choices.append(BackForFewer(keep, back))
    return choices, why


def terms_for(intent: Intent) -> Cancellation | None:
    """Return the terms by which money for this goes back when a customer cancels."""
    pack = current_pack()
    price = pack.of(PRICES).get(intent.service)
    return pack.of(CANCELLATIONS).get(price.cancellation) if price and price.cancellation else None


def _for_dearer_times(booking_id: UUID) -> QuerySet[Intent]:
    """What was paid for holds that this booking was moved to."""
    held = Booking.objects.filter(for_kind=MOVE, for_id=booking_id).values("id")
    return Intent.objects.filter(booking_id__in=held, how=MOVE, state=IntentState.DONE).order_by("created_at", "id")
