"""The money of one booking: what is still to be paid for it, or what would go back if it were cancelled now."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

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
    """Return what a booking costs whoever holds its link; None where nothing is owed or paid. One query.

    ``ours``: we failed a visit of it, so that all of it goes back.
    """
    row = Intent.objects.filter(booking_id=booking_id).exclude(state=IntentState.VOID).first()
    if row is None:
        return None
    if row.state == IntentState.OWED:
        return BookingMoney(row.amount_pence, pay_path(row.id), 0, 0, "")
    pack = current_pack()
    price = pack.of(PRICES).get(row.service)
    terms = pack.of(CANCELLATIONS).get(price.cancellation) if price and price.cancellation else None
    back, because = given_back(terms, row.amount_pence, row.deposit_pence, hours_before=hours_before, ours=ours)
    because = "We failed you once, so you get all of it back." if ours else because
    return BookingMoney(0, "", row.amount_pence, back, because)
