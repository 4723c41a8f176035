"""The private links to a booking, an offer and a feed: each signed for its own use, so that none opens another."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac


def token_of(use: str, what: UUID | str) -> str:
    """Return the token that opens a booking, an offer or a feed; made from the installation's key, kept nowhere."""
    return salted_hmac(f"moothall.bookings.{use}", str(what), algorithm="sha256").hexdigest()[:32]


def opens(use: str, what: UUID | str, token: str) -> bool:
    """Say whether the token is this one's, for this use."""
    return constant_time_compare(token, token_of(use, what))


def booking_link(booking_id: UUID) -> str:
    """Return the address where a booking is seen, moved and cancelled by whoever holds the link."""
    return f"{settings.PUBLIC_URL}/bookings/{booking_id}/{token_of('booking', booking_id)}"


def offer_link(wait_id: UUID) -> str:
    """Return the address where an offer to the waiting list is taken."""
    return f"{settings.PUBLIC_URL}/bookings/offers/{wait_id}/{token_of('offer', wait_id)}"


def feed_link(staff: str) -> str:
    """Return the address of an officer's calendar feed."""
    return f"{settings.PUBLIC_URL}/bookings/feeds/{staff}/{token_of('feed', staff)}.ics"
