"""One-time codes: those we send, and those an authenticator app shows (TOTP, RFC 6238). Pure but for chance."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct
from datetime import datetime
from typing import Final
from urllib.parse import quote

STEP: Final = 30
DIGITS: Final = 6
DRIFT: Final = 1
"""Steps before and after now whose code is taken too: clocks of telephones are not exact."""
_SPARE: Final = "23456789bcdfghjkmnpqrstvwxyz"


def new_code() -> str:
    """Return a code to send: six digits, each as likely as another."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def read_code(text: str) -> str:
    """Return the digits of what was typed ("123 456", "123-456"); empty when they are not six."""
    digits = "".join(text.replace("-", " ").split())
    return digits if digits.isascii() and digits.isdigit() and len(digits) == DIGITS else ""


def new_secret() -> str:
    """Return a secret for an authenticator app: 160 bits in base 32, as RFC 4226 asks."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def code_at(secret: str, step: int) -> str:
    """Return the code of one time step (RFC 6238, SHA-1, 30 seconds, six digits)."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def step_of(at: datetime) -> int:
    """Return the time step of a moment."""
    return int(at.timestamp()) // STEP


def step_matching(secret: str, code: str, at: datetime, *, after: int) -> int | None:
    """Return the step whose code this is, near now and later than ``after`` (a code is good once); else nothing."""
    now = step_of(at)
    for step in range(now - DRIFT, now + DRIFT + 1):
        if step > after and hmac.compare_digest(code_at(secret, step), code):
            return step
    return None


def app_address(secret: str, name: str, council: str) -> str:
    """Return what the picture holds that an authenticator app photographs."""
    label = quote(f"{council}:{name}")
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(council)}&digits={DIGITS}&period={STEP}"


def new_spare_codes(many: int = 8) -> list[str]:
    """Return spare codes to write down: ten letters and figures that cannot be mistaken for another."""
    return ["".join(secrets.choice(_SPARE) for _ in range(10)) for _ in range(many)]


def plain_spare(text: str) -> str:
    """Return a spare code as it is kept, however it was typed."""
    return "".join(text.split()).replace("-", "").lower()


def digest_of(text: str) -> str:
    """Return what is kept of a spare code: it has 48 bits of chance in it, so a plain digest will do."""
    return hashlib.sha256(text.encode()).hexdigest()
