"""What a record says of a person, written one way so that two records can be compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from moothall.customers.matching.rules.addresses import read_address
from moothall.customers.matching.rules.dates import read_birth_parts
from moothall.customers.matching.rules.names import read_names
from moothall.customers.matching.rules.reach import read_email, read_phone, read_sex
from moothall.customers.rules.writing import words_of


class Person(NamedTuple):
    """What a record says of a person, standardised. None where nothing is known; lists hold each value once.

    `dob` is `YYYY-MM-DD` and may be no date at all where the writer slipped. `uprn` is text. `other` and `other_2` are
    whatever else a set of records holds (an occupation, a place of birth).
    """

    given: str | None = None
    given_roots: tuple[str, ...] | None = None
    given_sound: str | None = None
    middles: tuple[str, ...] | None = None
    family: str | None = None
    family_parts: tuple[str, ...] | None = None
    family_sound: str | None = None
    generation: str | None = None
    dob: str | None = None
    sex: str | None = None
    phones: tuple[str, ...] | None = None
    emails: tuple[str, ...] | None = None
    email_name: str | None = None
    uprn: str | None = None
    number: str | None = None
    street: str | None = None
    locality: str | None = None
    postcode: str | None = None
    outward: str | None = None
    id_number: str | None = None
    other: str | None = None
    other_2: str | None = None


COLUMNS: Final = Person._fields
LISTS: Final = frozenset({"given_roots", "middles", "family_parts", "phones", "emails"})
RAW: Final = (
    "title given_name middle_names family_name full_name date_of_birth birth_year birth_month birth_day sex "
    "phone phone_2 mobile email email_2 address "
    "address_1 address_2 address_3 address_4 number street locality postcode uprn id_number other other_2"
).split()
Locate = Callable[[str, str, str], str | None]


def standardise(raw: Mapping[str, str | None], locate: Locate | None = None) -> Person:
    """Return what a record says in standard form. Never fails: what cannot be read is not known, and stays in the record.

    Keys are those of `RAW`; others are left alone. `locate(number, street, postcode)` returns a UPRN for an address that came
    without one, or None.
    """
    get = raw.get
    names = read_names(
        get("given_name") or "", get("middle_names") or "", get("family_name") or "", get("full_name") or ""
    )
    lines = [text for key in ("address", "address_1", "address_2", "address_3", "address_4") if (text := get(key))]
    address = read_address(
        get("number") or "", get("street") or "", get("locality") or "", get("postcode") or "", ", ".join(lines)
    )
    phones = tuple(
        dict.fromkeys(p for key in ("mobile", "phone", "phone_2") if (v := get(key)) and (p := read_phone(v)))
    )
    emails = tuple(dict.fromkeys(e for key in ("email", "email_2") if (v := get(key)) and (e := read_email(v))))
    uprn = plain_uprn(get("uprn") or "")
    if not uprn and locate and address.street:
        uprn = locate(address.number or "", address.street, address.postcode or "")
    return Person(
        *names,
        read_birth_parts(
            str(get("date_of_birth") or ""), get("birth_year") or "", get("birth_month") or "", get("birth_day") or ""
        ),
        read_sex(get("sex") or ""),
        phones or None,
        emails or None,
        emails[0].partition("@")[0] if emails else None,
        uprn or None,
        *address[:5],
        reference(get("id_number") or ""),
        free_words(get("other") or ""),
        free_words(get("other_2") or ""),
    )


def plain_uprn(text: str) -> str | None:
    """Return a property's number without noughts before it; None for what is no number."""
    number = text.strip().lstrip("0")
    return number if number.isdigit() else None


def reference(text: str) -> str | None:
    """Return an identity number closed up, in lower case."""
    return "".join(words_of(text)) or None if text else None


def free_words(text: str) -> str | None:
    """Return the words of anything else that is compared."""
    return " ".join(words_of(text)) or None if text else None
