"""What another hour of the same booking would cost, for a customer who moves it: she is told before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from moothall.bookings.pack import BOOKABLES
from moothall.bookings.queries import BookingView
from moothall.cases.models import Case
from moothall.core import clock
from moothall.core.packs import Pack, current_pack
from moothall.core.zone import LONDON, council_date
from moothall.payments.models import Intent, IntentState
from moothall.payments.pack import CONCESSIONS, MONEY, PRICES, VAT
from moothall.payments.rules.pricing import PriceRefused, is_peak, quote, worth
from moothall.services.pack import SERVICES

PAID_FOR = (IntentState.OWED, IntentState.DONE)


def more_to_move(view: BookingView, starts: Sequence[datetime]) -> list[int]:
    """Return by how many pence each of these starts is dearer than the one it has (less than nothing: cheaper), by the prices
    of today for both: only the hour counts, not what has risen since. Nothing where no money was asked. Two queries.
    """
    none = [0] * len(starts)
    pack = current_pack()
    price, service = pack.of(PRICES).get(view.service), pack.of(SERVICES).get(view.service)
    if price is None or service is None or not any("peak" in row.when for row in price.rows):
        return none
    if not Intent.objects.filter(booking_id=view.lead, state__in=PAID_FOR).exists():
        return none
    case = Case.objects.filter(id=view.case_id).first() if view.case_id else None
    if case is None:
        return none
    try:
        costs = {peak: _cost(pack, view, case, peak) for peak in ("yes", "no")}
    except PriceRefused:
        return none
    return [costs[_peak(pack, one)] - costs[_peak(pack, view.starts_at)] for one in starts]


def _peak(pack: Pack, at: datetime) -> str:
    return "yes" if is_peak(at.astimezone(LONDON), pack.one(MONEY).peak) else "no"


def _cost(pack: Pack, view: BookingView, case: Case, peak: str) -> int:
    price, bookable = pack.of(PRICES)[view.service], pack.of(BOOKABLES).get(view.bookable)
    quoted = quote(
        pack.of(SERVICES)[view.service], case.answers, case.fee_pence, "", price=price, vat=pack.of(VAT).get(price.vat),
        concessions=pack.of(CONCESSIONS), facts={"peak": peak}, on=council_date(clock.now()), most=pack.one(MONEY).most,
        card=view.card if bookable is not None and bookable.asks.card else None,
    )  # fmt: skip
    return worth(quoted.pence - quoted.deposit, view.places, view.places + view.places_given_up)
