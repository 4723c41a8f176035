"""What people of the stories hire in the invented borough: a court every week, halls with their deposits; and garden waste
that is paid in parts by card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from moothall.bookings.importing import ImportedBooking
from moothall.bookings.pack import BOOKABLES, Bookable, Unit, units_of
from moothall.bookings.rules import moment_of, say_slot, starts_on
from moothall.core.actors import SYSTEM
from moothall.core.packs import Pack
from moothall.core.zone import LONDON, council_date
from moothall.payments.importing import (
    Brought,
    ImportedAgreement,
    ImportedPayment,
    import_agreements,
    import_payments,
)
from moothall.payments.pack import INSTALMENTS, MONEY, PRICES
from moothall.promises.pack import calendar_of
from moothall.services.pack import does

SERVICE = "book-court"
EACH, DEPOSIT = 1200, 5000
WEEKS = 5
GARDEN = 9800
PARTS = (("dunn", 62, 3), ("osei", 1, 1), ("jones", 120, 4))
"""Who pays for garden waste in parts by card, how many days ago it was agreed, and how many parts are paid."""


@dataclass(frozen=True, slots=True)
class Hires:
    """What is booked, and the payment for each first of them."""

    bookings: tuple[ImportedBooking, ...]
    payments: tuple[ImportedPayment, ...]


def hires_of(pack: Pack, known: Mapping[str, UUID], *, at: datetime, seed: int) -> Hires:
    """Return what is hired round a moment; nothing where the pack lets no such things. The same seed gives the same."""
    if not does(pack, SERVICE) or SERVICE not in pack.of(PRICES):
        return Hires((), ())
    rng, today = Random(f"hires:{seed}"), council_date(at)
    bookings: list[ImportedBooking] = []
    payments: list[ImportedPayment] = []
    for who, days in (("dunn", -1), ("osei", 4)):
        hall = _evening(pack, "hall", today + timedelta(days=days), known[who], rng, came=days < 0)
        if hall is not None:
            hall = _owing(hall, EACH + DEPOSIT)
            bookings.append(hall)
            payments.append(_payment(pack, hall, EACH + DEPOSIT, at, deposit=DEPOSIT))
    series = _weekly(pack, today + timedelta(days=2), known["bloggs"], rng)
    bookings += series
    if series:
        payments.append(_payment(pack, series[0], EACH * len(series), at, more=len(series) - 1))
    return Hires(tuple(bookings), tuple(payments))


def bring_payments(pack: Pack, known: Mapping[str, UUID], *, at: datetime, seed: int) -> list[Brought]:
    """Bring in what was paid for these, and the agreements by card with what was paid by them."""
    paid = import_payments(hires_of(pack, known, at=at, seed=seed).payments, by=SYSTEM)
    return paid + import_agreements(_agreements(pack, known, at), by=SYSTEM)


def _agreements(pack: Pack, known: Mapping[str, UUID], at: datetime) -> list[ImportedAgreement]:
    price = pack.of(PRICES).get("garden-waste")
    plans = [pack.of(INSTALMENTS)[code] for code in price.plans] if price is not None else []
    plan = next((one for one in plans if one.by == "card"), None)
    if price is None or plan is None or pack.one(MONEY).cards is None or not does(pack, "garden-waste"):
        return []
    made = []
    for who, ago, paid in PARTS:
        first = council_date(at) - timedelta(days=ago)
        days = [first + timedelta(days=30 * n) for n in range(plan.payments)]
        made.append(
            ImportedAgreement(
                "garden-waste", pack.services["garden-waste"].name, price.income, GARDEN, days, paid, None, plan.code,
                datetime(first.year, first.month, first.day, 9, 40, tzinfo=LONDON), known[who], card="govuk_pay",
            )
        )  # fmt: skip
    return made


def _evening(pack: Pack, code: str, day: date, who: UUID, rng: Random, *, came: bool = False) -> ImportedBooking | None:
    """The first start after six on that day, at the first place that has any; a booking by this person."""
    bookable = pack.of(BOOKABLES).get(code)
    for unit in units_of(pack, code) if bookable is not None else ():
        begins = _start(pack, bookable, unit, day)
        if bookable is not None and begins is not None:
            return ImportedBooking(
                bookable=code, site=unit.resource.site or "", resource=unit.code, starts_at=begins,
                ends_at=begins + timedelta(minutes=bookable.minutes), state="attended" if came else "confirmed",
                service=SERVICE, way=unit.resource.ways[0], customer_id=who,
                id=UUID(int=rng.getrandbits(128), version=4), owes_pence=EACH,
            )  # fmt: skip
    return None


def _start(pack: Pack, bookable: Bookable | None, unit: Unit, day: date) -> datetime | None:
    if bookable is None or day in unit.closed:
        return None
    calendar = calendar_of(pack, unit.calendar)
    starts = [moment_of(one) for one in starts_on(calendar, day, minutes=bookable.minutes, step=bookable.step)]
    late = [one for one in starts if one.astimezone(LONDON).hour >= 18]
    return next(iter(late or starts[-1:]), None)


def _weekly(pack: Pack, day: date, who: UUID, rng: Random) -> list[ImportedBooking]:
    series, made = UUID(int=rng.getrandbits(128), version=4), list[ImportedBooking]()
    for week in range(WEEKS):
        one = _evening(pack, "squash", day + timedelta(weeks=week), who, rng)
        if one is not None and (not made or (one.resource, _clock(one)) == (made[0].resource, _clock(made[0]))):
            lead = made[0].id if made else None
            made.append(_owing(one, EACH, series=series, lead=lead))
    return made


def _clock(one: ImportedBooking) -> tuple[int, int]:
    local = one.starts_at.astimezone(LONDON)
    return local.hour, local.minute


def _owing(
    one: ImportedBooking, pence: int, *, series: UUID | None = None, lead: UUID | None = None
) -> ImportedBooking:
    return replace(one, owes_pence=pence, series_id=series, lead=lead)


def _payment(
    pack: Pack, booking: ImportedBooking, pence: int, at: datetime, *, deposit: int = 0, more: int = 0
) -> ImportedPayment:
    bookable, price = pack.of(BOOKABLES)[booking.bookable], pack.of(PRICES)[SERVICE]
    words = say_slot(bookable, booking.starts_at, booking.ends_at)
    paid = min(booking.starts_at - timedelta(days=4), at - timedelta(hours=3))
    return ImportedPayment(
        SERVICE, f"{pack.services[SERVICE].name}: {words}{f', and {more} weeks more' if more else ''}", pence, price.income,
        paid, provider_id=f"hire{booking.id.hex[:22] if booking.id else ''}", customer_id=booking.customer_id,
        booking_id=booking.id, deposit=deposit,
        deposit_due=booking.ends_at + timedelta(hours=price.deposit_hours) if deposit else None,
    )  # fmt: skip
