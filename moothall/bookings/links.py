"""The private links to a booking, an offer and a feed: each signed for its own use, so that none opens another."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from moothall.core import tokens


def token_of(use: str, what: UUID | str) -> str:
    """Return the token that opens a booking, an offer or a feed; made from the installation's key, kept nowhere."""
    return tokens.token_of(f"bookings.{use}", what)


def opens(use: str, what: UUID | str, token: str) -> bool:
    """Say whether the token is this one's, for this use."""
    return tokens.opens(token, f"bookings.{use}", what)


def booking_link(booking_id: UUID) -> str:
    """Return the address where a booking is seen, moved and cancelled by whoever holds the link."""
    return f"{settings.PUBLIC_URL}/bookings/{booking_id}/{token_of('booking', booking_id)}"


def video_word(booking_id: UUID) -> str:
    """Return the word in the address of a booking's video call: the same for both who meet there, and nobody guesses it."""
    return token_of("video", booking_id)[:20]


def offer_link(wait_id: UUID) -> str:
    """Return the address where an offer to the waiting list is taken."""
    return f"{settings.PUBLIC_URL}/bookings/offers/{wait_id}/{token_of('offer', wait_id)}"


def feed_link(staff_id: UUID, mark: str) -> str:
    """Return the address of an officer's calendar feed. ``mark`` is the officer's of now (`private_mark`): when that changes,
    the address opens nothing any more.
    """
    return f"{settings.PUBLIC_URL}/bookings/feeds/{staff_id}/{token_of('feed', mark)}.ics"
