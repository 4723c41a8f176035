"""A person's bookings and cards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from moothall.bookings.models import Booking, HeldCard, Wait
from moothall.bookings.pack import BOOKABLES, CARDS
from moothall.bookings.queries.views import BookingView, view_of
from moothall.bookings.rules import card_number
from moothall.core.access import restrictions_visible_to
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.core.people import Made
from moothall.core.zone import LONDON, council_date

SHOWN: Final = ("confirmed", "attended", "missed", "cancelled")


@dataclass(frozen=True, slots=True)
class Dated:
    """A booking and when it was made."""

    held_at: datetime
    shown: BookingView


def bookings_until(
    customer_ids: Iterable[UUID], *, until: datetime | None, limit: int, case_ids: Iterable[UUID] = ()
) -> list[Dated]:
    """Return the newest bookings not after a moment, those of requests that are hers besides among them. One query."""
    rows = Booking.objects.filter(Q(customer_id__in=list(customer_ids)) | Q(case_id__in=list(case_ids)))
    if until is not None:
        rows = rows.filter(held_at__lte=until)
    return [Dated(row.held_at, view_of(row)) for row in rows.order_by("-held_at", "-id")[:limit]]


def booking_rows_of(customer_id: UUID) -> dict[str, Any]:
    """Return all that is kept about one person's bookings, for her copy."""
    bookings = Booking.objects.filter(customer_id=customer_id).order_by("starts_at")
    return {
        "bookings": list(
            bookings.values(
                "reference", "state", "bookable", "site", "starts_at", "ends_at", "way", "places", "needs", "language",
                "access", "card", "held_at", "confirmed_at", "ended_at", "ended_because", "arrived_at", "minutes_late",
                "title",
            )
        ),
        "cards": list(HeldCard.objects.filter(customer_id=customer_id).values("number", "card", "valid_from", "valid_to")),
        "waiting": list(
            Wait.objects.filter(customer_id=customer_id).values(
                "bookable", "since", "until", "state", "joined_at", "email", "phone", "way", "needs", "language", "access",
                "card", "near_latitude", "near_longitude", "answers",
            )
        ),
    }  # fmt: skip


def made_between(customer_id: UUID, since: datetime, until: datetime | None) -> list[Made]:
    """Return what was booked, waited for and what cards began under this id in that time, for parting two people.

    What belongs to a case or a contact goes with it and is not here. Three queries.
    """
    booked = Booking.objects.filter(customer_id=customer_id, held_at__gte=since, case_id=None, state__in=SHOWN)
    waits = Wait.objects.filter(customer_id=customer_id, joined_at__gte=since, state__in=["waiting", "offered"])
    cards = HeldCard.objects.filter(customer_id=customer_id, valid_from__gt=council_date(since))
    if until is not None:
        booked, waits = booked.filter(held_at__lt=until), waits.filter(joined_at__lt=until)
        cards = cards.filter(valid_from__lt=council_date(until))
    found = [Made("booking", row.id, row.held_at) for row in booked.exclude(for_kind="contact")]
    found += [Made("booking", row.id, row.joined_at) for row in waits]
    found += [Made("booking", row.id, datetime.combine(row.valid_from, time(), tzinfo=LONDON)) for row in cards]
    return sorted(found, key=lambda one: (one.at, one.id))


def booked_in_words(ids: Iterable[UUID], *, visible_to: Actor) -> dict[UUID, str]:
    """Return what these bookings, waits and cards are, in words, by id; what a restricted service booked only to who may
    know of it. Three queries, none for nothing."""
    wanted, pack, allowed = list(ids), current_pack(), restrictions_visible_to(visible_to)
    if not wanted:
        return {}

    def hidden(service: str) -> bool:
        kind = str(getattr(pack.services.get(service), "restricted", None) or "")
        return bool(kind) and allowed is not None and kind not in allowed

    names, cards = pack.of(BOOKABLES), pack.of(CARDS)
    found = {
        row.id: f"The booking “{view_of(row, pack).words}”"
        for row in Booking.objects.filter(id__in=wanted)
        if not hidden(row.service)
    }
    for wait in Wait.objects.filter(id__in=wanted):
        if not hidden(wait.service):
            name = names[wait.bookable].name if wait.bookable in names else wait.bookable
            found[wait.id] = f"A place in the line for “{name}”"
    for card in HeldCard.objects.filter(id__in=wanted):
        found[card.id] = f"A card, {cards[card.card].name if card.card in cards else card.card}"
    return found


@dataclass(frozen=True, slots=True)
class CardLine:
    """A card that vouches for somebody: its code and name, and whether it brings the price down."""

    code: str
    name: str
    concession: bool
    customer_id: UUID


def card_held(number: str, *, on: date) -> CardLine | None:
    """Return the card of this number that is valid on a date, or None. One query."""
    row = HeldCard.objects.filter(number=card_number(number), valid_from__lte=on).first() if number else None
    if row is None or (row.valid_to is not None and row.valid_to < on):
        return None
    card = current_pack().of(CARDS).get(row.card)
    return CardLine(row.card, card.name, card.concession, row.customer_id) if card else None
