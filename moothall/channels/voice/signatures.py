"""Twilio's signature of a webhook: HMAC-SHA1 over the address and the sorted fields, base64. Source: Twilio’s docs. Pure."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha1


def signature_of(url: str, fields: Mapping[str, Sequence[str]], key: str) -> str:
    """Return the signature of a post of these fields to this whole address (with its query)."""
    told = url + "".join(f"{name}{value}" for name in sorted(fields) for value in sorted(set(fields[name])))
    return b64encode(hmac.new(key.encode(), told.encode(), sha1).digest()).decode()


def is_signed(url: str, fields: Mapping[str, Sequence[str]], key: str, given: str) -> bool:
    """Say whether the signature given is right; never without a key of ours."""
    return bool(key) and hmac.compare_digest(signature_of(url, fields, key).encode(), given.encode())
