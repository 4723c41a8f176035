"""Moving to an hour that costs more: it is held, the difference paid, then it is moved; until then nothing changes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.bookings import actions as bookings
from moothall.bookings.errors import NotBookable
from moothall.bookings.rules import MOVE
from moothall.core.access import require
from moothall.core.actors import Actor, ActorKind
from moothall.core.events import together
from moothall.core.money import pounds
from moothall.core.packs import current_pack
from moothall.payments.actions.owing import NewIntent, owe
from moothall.payments.models import Intent
from moothall.payments.pack import PRICES, VAT
from moothall.payments.rules.pricing import vat_in
from moothall.services.pack import SERVICES


def move_when_paid(booking_id: UUID, slot: str, *, channel: str, by: Actor, at: datetime) -> Intent:
    """Hold a dearer time for a booking and write down the difference that is owed for it. What is paid moves the booking, in
    the transaction that books the money (`saga.settle`); what is not paid leaves it as it was. Twice is once.

    Raises:
        NotBookable, TooLate, SlotTaken, TooManyHeld, NoSuchBooking: as `bookings.actions.hold_dearer`; nothing is held then.
    """
    if by.kind is ActorKind.STAFF:
        require(by, "booking.manage")
    pack = current_pack()
    with transaction.atomic(), together():
        now, held = bookings.hold_dearer(booking_id, slot, by=by, at=at)
        known = Intent.objects.filter(booking_id=held.id).first()
        if known is not None:
            return known
        first, price = Intent.objects.filter(booking_id=now.lead).first(), pack.of(PRICES).get(now.service)
        if first is None or price is None:
            raise NotBookable("Nothing was paid for this booking. Look at the times again.")
        service, vat = pack.of(SERVICES).get(now.service), pack.of(VAT).get(price.vat)
        pence = held.owes_pence
        why = f"{held.when} costs {pounds(pence)} more than {now.when}."
        return owe(
            NewIntent(
                service=now.service, description=f"{service.name if service else now.what}: moved to {held.words}",
                channel=channel, pence=pence, income=first.income, vat=vat_in(pence, vat.percent) if vat else 0,
                lines=[{"says": "The difference in price", "pence": pence, "why": why}], case_id=now.case_id,
                booking_id=held.id, customer_id=now.customer_id, team=first.team, area=first.area,
                restricted=first.restricted, how=MOVE, expires_at=held.expires_at,
            ),
            by=by, at=at,
        )  # fmt: skip
