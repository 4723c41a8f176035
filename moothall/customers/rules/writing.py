"""One way of writing each thing that people write in many: telephone numbers, e-mail addresses, names, postcodes."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from moothall.core.lines import one_line

LONGEST_NAME: Final = 120
LONGEST_EMAIL: Final = 254

_is_email = EmailValidator()
_POSTCODE = re.compile(
    r"\b([A-Z]{1,2}[0-9][0-9A-Z]?)\s*([0-9][ABD-HJLNP-UW-Z]{2})\b", re.IGNORECASE
)  # Royal Mail's shape: outward and inward code; the inward one never holds C I K M O V
_LETTERS: Final = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i"}
)
_COMPANY = re.compile(r"[0-9]{8}|[A-Z]{2}[0-9]{6}|[A-Z]{2}[0-9]{5}[A-Z]|R[0-9]{7}")
_APOSTROPHES = re.compile(r"['’‘`´ʻ]")
_NOT_WORD = re.compile(r"[^\w]|_")


class CannotRead(ValueError):
    """A name, number or address cannot be understood; the message is the sentence to show."""


def plain_phone(text: str) -> str:
    """Return a telephone number as E.164 (`+447700900123`). Numbers without a country are British.

    Ofcom's drama numbers are numbers here: only length and shape are looked at, not whether a network has handed it out.

    Raises:
        CannotRead: it is no telephone number; says how one is written.
    """
    try:
        number = phonenumbers.parse(text, "GB")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number) or _too_short(number):
        raise CannotRead("Enter a telephone number, like 07700 900982 or +44 113 496 0000.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _too_short(number: phonenumbers.PhoneNumber) -> bool:
    """A number without its area code passes for possible. British ones have nine or ten digits; Childline's has seven."""
    whole = str(number.national_number)
    return number.country_code == 44 and len(whole) < 9 and whole != "8001111"


def can_take_texts(e164: str) -> bool:
    """Say whether a text message can go to this number: a British mobile, or abroad, where we cannot tell."""
    return (e164.startswith("+447") and not e164.startswith("+4470")) or not e164.startswith("+44")


def is_british_mobile(e164: str) -> bool:
    """Say whether this is a British mobile: a text there costs what any text does, and may go to whoever asks for one."""
    return e164.startswith("+44") and can_take_texts(e164)


def show_phone(e164: str) -> str:
    """Return a number as people here write it: `07700 900123`; from abroad with its country."""
    try:
        number = phonenumbers.parse(e164, "GB")
    except phonenumbers.NumberParseException:
        return e164
    home = number.country_code == 44
    shape = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, shape)


def plain_email(text: str) -> str:
    """Return an e-mail address in lower case without spaces around it.

    Raises:
        CannotRead: it is not an address; says how one is written.
    """
    address = text.strip().lower()
    try:
        _is_email(address)
    except ValidationError:
        address = ""
    if not address or len(address) > LONGEST_EMAIL:
        raise CannotRead("Enter an email address, like name@example.com.")
    return address


def plain_name(text: str) -> str:
    """Return a name as it was written, without what nobody wrote on purpose: doubled spaces, line breaks, control
    characters.

    Raises:
        CannotRead: longer than any name we can keep.
    """
    name = one_line(text)
    if len(name) > LONGEST_NAME:
        raise CannotRead(f"Enter a name of {LONGEST_NAME} characters or fewer.")
    return name


def plain_company_number(text: str) -> str:
    """Return a company number as Companies House writes it: eight characters, noughts in front that people leave out.

    Raises:
        CannotRead: it is none; says how one is written.
    """
    bare = "".join(text.split()).upper()
    if not bare:
        return ""
    whole = bare.zfill(8) if bare.isascii() and bare.isdigit() and 4 <= len(bare) <= 8 else bare
    if not _COMPANY.fullmatch(whole):
        raise CannotRead("Enter a company number of eight characters, like 01234567 or SC123456, or leave it out.")
    return whole


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are searched: lower case, no accents, no apostrophes, hyphens parting them.

    Letters of other scripts stay letters; nothing else comes through, so a word is safe to put in a search expression.
    """
    joined = _APOSTROPHES.sub("", text.casefold())
    bare = "".join(c for c in unicodedata.normalize("NFKD", joined) if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", bare.translate(_LETTERS)).split()


def postcode_in(text: str) -> tuple[str, str] | None:
    """Return the outward and inward code of the last postcode in the text (`LS6`, `2AB`), or `None`."""
    found = list(_POSTCODE.finditer(text))
    return (found[-1][1].upper(), found[-1][2].upper()) if found else None


def cut_postcode(text: str) -> str:
    """Return the text without its postcodes."""
    return _POSTCODE.sub(" ", text)


def full_name(title: str, given: str, family: str, organisation: str) -> str:
    """Return the name as it is said: `Mrs Amina Dunn`, the organisation's, or words for a record without one."""
    said = " ".join(part for part in (title, given, family) if part)
    if said and organisation:
        return f"{said}, {organisation}"
    return said or organisation or "Name not given"
