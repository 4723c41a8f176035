"""What one system tells another, signed with a key both hold: HMAC-SHA256 over the moment and the bytes. Pure."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

OPEN311: Final = "X-Open311"
OLDEST: Final = timedelta(minutes=5)


def signed(body: bytes, key: str, *, at: datetime, name: str = OPEN311) -> dict[str, str]:
    """Return the headers that sign a body: seconds since 1970, and `sha256=` with the digest in hexadecimal.

    ``name`` is what the headers begin with, by the contract spoken.
    """
    moment = str(int(at.timestamp()))
    return {f"{name}-Timestamp": moment, f"{name}-Signature": f"sha256={_digest(body, key, moment)}"}


def is_signed(body: bytes, headers: Mapping[str, str], key: str, *, at: datetime, name: str = OPEN311) -> bool:
    """Say whether the headers sign this body with this key, within five minutes of now."""
    moment, given = headers.get(f"{name}-Timestamp", ""), headers.get(f"{name}-Signature", "")
    if not key or not (moment.isascii() and moment.isdigit() and len(moment) <= 12):
        return False
    fresh = abs(at.timestamp() - int(moment)) <= OLDEST.total_seconds()
    return hmac.compare_digest(given.encode(), f"sha256={_digest(body, key, moment)}".encode()) and fresh


def _digest(body: bytes, key: str, moment: str) -> str:
    return hmac.new(key.encode(), moment.encode() + b"." + body, sha256).hexdigest()
