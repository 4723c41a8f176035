"""The secret by which a half-finished request is found again: from its cookie, or from the link we sent. Pure."""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.utils.crypto import constant_time_compare, salted_hmac

_SALT = "moothall.intake.dialogue"


def token_of(dialogue_id: UUID) -> str:
    """Return the dialogue's token. It is made from the installation's secret key, so it need not be kept to be sent again."""
    return salted_hmac(_SALT, str(dialogue_id), algorithm="sha256").hexdigest()


def digest_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def opens(token: str, dialogue_id: UUID) -> bool:
    """Say whether the token is this dialogue's."""
    return constant_time_compare(token, token_of(dialogue_id))
