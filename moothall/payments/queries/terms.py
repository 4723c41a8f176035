"""The money of one booking: what is still to be paid for it, or what would go back if it were cancelled now."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from moothall.bookings.models import Booking
from moothall.bookings.queries import booking, series_of
from moothall.bookings.rules import MOVE
from moothall.core.packs import current_pack
from moothall.payments.links import pay_path
from moothall.payments.models import Intent, IntentState
from moothall.payments.pack import CANCELLATIONS, PRICES
from moothall.payments.rules.pricing import given_back


@dataclass(frozen=True, slots=True)
class BookingMoney:
    """`to_pay` pence at `pay_path`, or `paid` pence of which `back` would go back and `because`; a deposit is in both."""

    to_pay: int
    pay_path: str
    paid: int
    back: int
    because: str


def money_of_booking(booking_id: UUID, *, hours_before: float, ours: bool = False) -> BookingMoney | None:
    """Return what a booking costs whoever holds its link; None where nothing is owed or paid. Five queries at most.

    ``ours``: we failed a visit of it, so that all of it goes back.
    """
    share = share_of(booking_id)
    if share is None or share.intent.state == IntentState.VOID:
        return None
    row = share.intent
    if row.state == IntentState.OWED:
        return BookingMoney(row.amount_pence, pay_path(row.id), 0, 0, "")
    pack = current_pack()
    price = pack.of(PRICES).get(row.service)
    terms = pack.of(CANCELLATIONS).get(price.cancellation) if price and price.cancellation else None
    back, because = given_back(terms, share.paid, share.deposit, hours_before=hours_before, ours=ours)
    because = "We failed you once, so you get all of it back." if ours else because
    return BookingMoney(0, "", share.paid, back, because)


@dataclass(frozen=True, slots=True)
class Share:
    """What a booking was paid with: the payment, this booking's part in pence, and the deposit in that. ``more``: what was
    paid on top of it for dearer times it was moved to, which is in ``paid``.
    """

    intent: Intent
    paid: int
    deposit: int
    is_weekly: bool
    more: tuple[Intent, ...] = ()


def share_of(booking_id: UUID) -> Share | None:
    """Return what a booking was paid with; None: nothing was asked for it. Four queries at most.

    Of a series each has its own part; the deposit is with the last of it that stands.
    """
    view = booking(booking_id)
    row = Intent.objects.filter(booking_id=view.lead).first() if view is not None else None
    if view is None or row is None:
        return None
    more = tuple(_for_dearer_times(booking_id)) if view.moved else ()
    on_top = sum(one.amount_pence for one in more)
    if not view.is_weekly:
        return Share(row, row.amount_pence + on_top, row.deposit_pence, is_weekly=False, more=more)
    own = view.owes_pence - (row.deposit_pence if view.id == view.lead else 0)
    over = {"cancelled", "released", "expired"}
    others = any(one.state not in over for one in series_of(view) if one.id != view.id)
    deposit = 0 if others else row.deposit_pence
    return Share(row, own + deposit + on_top, deposit, is_weekly=True, more=more)


def _for_dearer_times(booking_id: UUID) -> QuerySet[Intent]:
    """What was paid for holds that this booking was moved to."""
    held = Booking.objects.filter(for_kind=MOVE, for_id=booking_id).values("id")
    return Intent.objects.filter(booking_id__in=held, how=MOVE, state=IntentState.DONE).order_by("created_at", "id")
