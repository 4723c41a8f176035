"""Telephone numbers, e-mail addresses and sex, for comparing."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from moothall.customers.rules.writing import CannotRead, plain_phone

_NOT_DIGIT: Final = re.compile(r"\D")
_EXTENSION: Final = re.compile(r"(?:ext|x|extn)\.?\s*\d+\s*$", re.IGNORECASE)
_EMAIL: Final = re.compile(r"^[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>.]+$")
_NOBODY: Final = frozenset(
    "none no noemail nomail na nil null unknown test tbc notknown donotreply noreply refused x".split()
)
_SEXES: Final = {
    "m": "m",
    "male": "m",
    "man": "m",
    "boy": "m",
    "1": "m",
    "f": "f",
    "female": "f",
    "woman": "f",
    "girl": "f",
    "2": "f",
}


@lru_cache(maxsize=100_000)
def read_phone(text: str) -> str | None:
    """Return a telephone number as E.164, or None for what is none: too short, one figure over and over, `01234567890`.

    A first nought lost in a spreadsheet is put back; `(0)` after the country and extensions are left out.
    """
    if len(text) == 11 and text[0] == "0" and text[1] != "0" and text.isascii() and text.isdigit():  # most, quickly
        return None if len(set(text[-9:])) < 3 or text == "01234567890" else "+44" + text[1:]
    written = _EXTENSION.sub("", text.replace("(0)", ""))
    digits = _NOT_DIGIT.sub("", written)
    if len(digits) < 9 or len(set(digits[-9:])) < 3 or digits in {"01234567890", "1234567890", "0123456789"}:
        return None
    if digits.startswith("00"):
        digits = digits[2:]
        if not digits.startswith("44"):
            return _elsewhere("+" + digits)
    elif written.lstrip().startswith("+") and not digits.startswith("44"):
        return _elsewhere("+" + digits)
    if digits.startswith("44") and 11 <= len(digits) <= 12:
        return "+" + digits
    if digits.startswith("0") and 10 <= len(digits) <= 11:
        return "+44" + digits[1:]
    if len(digits) == 10 and digits[0] in "12378":
        return "+44" + digits
    return _elsewhere(written)


def _elsewhere(text: str) -> str | None:
    try:
        return plain_phone(text)
    except CannotRead:
        return None


@lru_cache(maxsize=100_000)
def read_email(text: str) -> str | None:
    """Return an e-mail address in lower case without a `+tag`, or None for what is none or says so (`none@…`)."""
    address = text.strip().strip("<>").lower()
    if not _EMAIL.match(address):
        return None
    name, _, host = address.partition("@")
    name = name.split("+", 1)[0] or name
    return None if name in _NOBODY or host.startswith(("none.", "unknown.", "nomail.")) else f"{name}@{host}"


def read_sex(text: str) -> str | None:
    """Return `m` or `f`, or None where neither is said."""
    return _SEXES.get(text.strip().lower())
