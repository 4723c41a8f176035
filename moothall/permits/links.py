"""The private link to a permit: whoever has it sees what it is for and until when, and is led to its renewal."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from moothall.core import tokens

_USE = "permits.permit"


def token_of(permit_id: UUID) -> str:
    """Return the token that opens a permit; made from the installation's key, kept nowhere."""
    return tokens.token_of(_USE, permit_id)


def opens(permit_id: UUID, token: str) -> bool:
    """Say whether the token is this permit's."""
    return tokens.opens(token, _USE, permit_id)


def permit_path(permit_id: UUID) -> str:
    """Return the path of the page of a permit."""
    return f"/permits/{permit_id}/{token_of(permit_id)}"


def permit_link(permit_id: UUID) -> str:
    """Return the address of the page of a permit."""
    return f"{settings.PUBLIC_URL}{permit_path(permit_id)}"
