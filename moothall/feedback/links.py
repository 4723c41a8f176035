"""The link in a message by which somebody says how we did: signed, so that nobody answers for another."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from moothall.core.tokens import read_signed_id, signed_id, token_of

_USE = "feedback"


def ask_link(ask_id: UUID) -> str:
    """Return the address at which one question is answered."""
    return f"{settings.PUBLIC_URL}/feedback/{ask_token(ask_id)}"


def ask_token(ask_id: UUID) -> str:
    """Return the token that opens one question."""
    return signed_id(_USE, ask_id)


def read_ask_token(token: str) -> UUID | None:
    """Return the question a token opens, or ``None`` where we never made it."""
    return read_signed_id(_USE, token)


def mark_of_person(value: str) -> str:
    """Return what is kept of who was asked: a mark of an id, an address or a number that cannot be led back to it."""
    return token_of(_USE, value.strip().lower(), length=40)
