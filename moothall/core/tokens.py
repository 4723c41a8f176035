"""The secrets in private links: made from the installation's key for one use and one thing, kept nowhere."""

from __future__ import annotations

from uuid import UUID

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac


def token_of(use: str, what: UUID | str, *, length: int = 32) -> str:
    """Return the secret that opens one thing for one use (`repairs.order`), in hexadecimal; the same each time."""
    return salted_hmac(f"moothall.{use}", str(what), algorithm="sha256").hexdigest()[:length]


def opens(token: str, use: str, what: UUID | str, *, length: int = 32) -> bool:
    """Say whether a secret is this thing's, for this use; how long it takes tells nothing."""
    return constant_time_compare(token, token_of(use, what, length=length))


def signed_id(use: str, of: UUID) -> str:
    """Return an id that can be read back, and by us alone be made, for one use."""
    return signing.Signer(salt=f"moothall.{use}").sign(str(of))


def read_signed_id(use: str, token: str) -> UUID | None:
    """Return the id in a token of `signed_id`, or ``None`` where we never made it for this use."""
    try:
        return UUID(signing.Signer(salt=f"moothall.{use}").unsign(token))
    except (signing.BadSignature, ValueError):
        return None
