"""The secret by which a half-finished request is found again: from its cookie, or from the link we sent. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from uuid import UUID

from django.conf import settings

from moothall.core import tokens
from moothall.core.references import SPACE, reference_of

_USE, _LENGTH = "intake.dialogue", 64


def token_of(dialogue_id: UUID, number: int = 0) -> str:
    """Return one of the dialogue's tokens: 0 is where it was begun, above that the links that were sent, in their order.

    It is made from the installation's secret key, so it need not be kept to be sent again.
    """
    return tokens.token_of(_USE, _what(dialogue_id, number), length=_LENGTH)


def code_of(dialogue_id: UUID, number: int = 0) -> str:
    """Return the code by which somebody who rings is found again, while the link of a number holds the request.

    It tells nothing of other codes, unlike a reference.
    """
    drawn = tokens.token_of(f"{_USE}.code", _what(dialogue_id, number))
    return reference_of(int(drawn[:16], 16) % SPACE)


def digest_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def number_of(token: str, dialogue_id: UUID, numbers: Collection[int]) -> int | None:
    """Return which of the numbers that still open this dialogue the token has; None where it has none of them."""
    held = [one for one in numbers if tokens.opens(token, _USE, _what(dialogue_id, one), length=_LENGTH)]
    return max(held, default=None)


def link_of(dialogue_id: UUID, number: int = 0) -> str:
    """Return the address that opens a request under way wherever it was begun. Whoever has it sees its answers."""
    return f"{settings.PUBLIC_URL}/return/{dialogue_id}/{token_of(dialogue_id, number)}"


def _what(dialogue_id: UUID, number: int) -> str:
    return f"{dialogue_id}.{number}" if number else str(dialogue_id)
