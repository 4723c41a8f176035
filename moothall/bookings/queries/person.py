"""A person's bookings and cards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from moothall.bookings.models import Booking, HeldCard, Wait
from moothall.bookings.pack import CARDS
from moothall.bookings.queries.views import BookingView, view_of
from moothall.bookings.rules import card_number
from moothall.core.packs import current_pack


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
