"""The private link to an order: whoever has it sees the visit and chooses its time."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from moothall.core import tokens

_USE = "repairs.order"


def token_of(order_id: UUID) -> str:
    """Return the token that opens an order; made from the installation's key, kept nowhere."""
    return tokens.token_of(_USE, order_id)


def opens(order_id: UUID, token: str) -> bool:
    """Say whether the token is this order's."""
    return tokens.opens(token, _USE, order_id)


def order_path(order_id: UUID) -> str:
    """Return the path of the page of an order."""
    return f"/repairs/{order_id}/{token_of(order_id)}"


def order_link(order_id: UUID) -> str:
    """Return the address of the page of an order."""
    return f"{settings.PUBLIC_URL}{order_path(order_id)}"
