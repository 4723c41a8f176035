"""Addresses to tell people at, as they type them. Pure."""

from __future__ import annotations

import re
from typing import Final

import phonenumbers

_EMAIL: Final = re.compile(
    r"[^\s@<>\"',;:()\[\]\\]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,187}[A-Za-z0-9])?\.[A-Za-z]{2,24}"
)


def email_or_mobile(text: str) -> str:
    """Return an e-mail address in lower case or a mobile number as +44…; empty when it is neither."""
    plain = text.strip()
    if "@" in plain:
        return plain.lower() if _EMAIL.fullmatch(plain) and ".." not in plain else ""
    try:
        number = phonenumbers.parse(plain, "GB")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number) or number.country_code != 44:
        return ""
    # numbers kept for drama are no valid ones, and demonstrations are made of them
    return (
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        if str(number.national_number)[0] == "7"
        else ""
    )
