"""Who and where: addresses, places, people, ways to reach them, vehicles."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from moothall.intake.dialogue.errors import AnswerError, called
from moothall.intake.dialogue.text import clean, parts

NAME_MAX = 200

_POSTCODE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})")
_PLATE = re.compile(r"[A-Z0-9]{2,8}")
_email = EmailValidator()


def postcode(text: str) -> str | None:
    """Return a UK postcode with its space ("LS1 1UR"), or None when the text is not the shape of one."""
    plain = "".join(character for character in text.upper() if character.isalnum())
    if plain == "GIR0AA":
        return "GIR 0AA"
    found = _POSTCODE.fullmatch(plain) if plain.isascii() else None
    return f"{found[1]} {found[2]}" if found else None


def email_address(text: Any, label: str, part: str = "email") -> str:
    """Return an e-mail address with its domain in lower case; empty when left empty.

    Raises:
        AnswerError: it is not the shape of an e-mail address.
    """
    value = clean(text, label, most=254, part=part).replace(" ", "")
    if not value:
        return ""
    try:
        _email(value)
    except ValidationError:
        raise AnswerError(_wrong_email(value), part) from None
    name, _, domain = value.rpartition("@")
    return f"{name}@{domain.lower()}"


def _wrong_email(value: str) -> str:
    """Return what is wrong with what was typed for an address, as far as it can be told."""
    if "," in value:
        return "The email address has a comma in it. Enter it with a full stop, like name@example.com."
    if "@" not in value:
        return "Enter an email address with an @, like name@example.com."
    return "Enter an email address in full, like name@example.com."


def phone_number(text: Any, label: str, part: str = "phone") -> str:
    """Return a telephone number in international form (+447700900123); empty when left empty.

    Possible numbers pass, not only those a numbering plan has handed out: new ranges come sooner than new tables.

    Raises:
        AnswerError: no network could have such a number.
    """
    value = clean(text, label, most=40, part=part)
    if not value:
        return ""
    wrong = AnswerError("Enter a telephone number, like 07700 900123 or 0113 496 0123.", part)
    try:
        number = phonenumbers.parse(value, "GB")
    except phonenumbers.NumberParseException:
        raise wrong from None
    if not phonenumbers.is_possible_number(number) or number.extension:
        raise wrong
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def show_phone(value: str) -> str:
    """Return a kept number as people here write it: 07700 900123; a foreign one with its country code."""
    try:
        number = phonenumbers.parse(value, "GB")
    except phonenumbers.NumberParseException:
        return value
    here = number.country_code == 44
    shape = phonenumbers.PhoneNumberFormat.NATIONAL if here else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, shape)


def read_address(given: Any, label: str) -> dict[str, Any] | None:
    """Return an address: `text`, `postcode`, and `uprn` when it was chosen from the list; None when left empty."""
    if isinstance(given, str):
        given = {"text": given}
    held = parts(given, label)
    uprn = _number_id(held.get("uprn"), 12)
    lines = [clean(held.get(key), label, part=key) for key in ("line1", "line2", "town")]
    code = clean(held.get("postcode"), label, most=20, part="postcode")
    text = clean(held.get("text"), label, most=300)
    if not (uprn or any(lines) or code or text):
        return None
    right = postcode(code) if code else None
    if code and right is None:
        raise AnswerError(f"Enter a full UK postcode for {called(label)}, like LS1 1UR.", "postcode")
    if not text and not lines[0] and not uprn:
        raise AnswerError(f"Enter the building number and street for {called(label)}.", "line1")
    if not text and not uprn and not (right or lines[2]):
        raise AnswerError(f"Enter the postcode, or the town if you do not know it, for {called(label)}.", "postcode")
    made: dict[str, Any] = {"text": text or ", ".join(part for part in (*lines, right or "") if part)[:300]}
    if not right and text:
        right = _postcode_at_end(text)
    if right:
        made["postcode"] = right
    if uprn:
        made["uprn"] = uprn
    made |= {key: line for key, line in zip(("line1", "line2", "town"), lines, strict=True) if line}
    return made


def _postcode_at_end(text: str) -> str | None:
    words = text.replace(",", " ").split()
    return postcode(" ".join(words[-2:])) or (postcode(words[-1]) if words else None)


def _number_id(value: Any, digits: int) -> int | None:
    text = str(value or "").strip()
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) <= digits and int(text) else None


def read_place(given: Any, label: str) -> dict[str, Any] | None:
    """Return a place: `text` always; `street`, `describe`, `uprn`, `usrn`, `latitude` and `longitude` when known."""
    if isinstance(given, str):
        given = {"describe": given}
    held = parts(given, label)
    street = clean(held.get("search") or held.get("street"), label, part="search")
    describe = clean(held.get("describe"), label, most=300, part="describe")
    text = clean(held.get("text"), label, most=520)
    position = _position(held, label)
    ids = {key: found for key, size in (("uprn", 12), ("usrn", 8)) if (found := _number_id(held.get(key), size))}
    if not (street or describe or text or position or ids):
        return None
    said = ", ".join(part for part in (describe, street) if part) or text or "The point on the map"
    made: dict[str, Any] = {"text": said[:300]}
    code = postcode(street) if street else _postcode_at_end(said)
    if code:
        made["postcode"] = code
    if street:
        made["search"] = street
    if describe:
        made["describe"] = describe
    return made | ids | position


def _position(held: Mapping[str, Any], label: str) -> dict[str, float]:
    texts = [
        clean(str(held.get(key) if held.get(key) is not None else ""), label, most=30)
        for key in ("latitude", "longitude")
    ]
    if not all(texts):
        return {}
    try:
        latitude, longitude = (float(text) for text in texts)
    except ValueError:
        latitude, longitude = 999.0, 999.0
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise AnswerError(
            f"The point on the map did not come through. Describe the place in words for {called(label)}.", "describe"
        )
    return {"latitude": latitude, "longitude": longitude}


def read_person(given: Any, label: str) -> dict[str, str] | None:
    """Return a person: `name`, and `date_of_birth` (ISO) when it was given; None when left empty."""
    if isinstance(given, str):
        given = {"name": given}
    held = parts(given, label)
    name = clean(held.get("name"), label, most=NAME_MAX, part="name")
    if not name:
        name = " ".join(
            filter(None, (clean(held.get(key), label, most=120, part="name") for key in ("given_name", "family_name")))
        )
    born = clean(held.get("date_of_birth"), label, most=10, part="date_of_birth")
    if not name:
        return None
    if not any(character.isalpha() for character in name):
        raise AnswerError(f"Enter a name in letters for {called(label)}.", "name")
    made = {"name": name}
    if born:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", born):
            raise AnswerError("Give the date of birth as year, month and day, like 1980-03-27.", "date_of_birth")
        made["date_of_birth"] = born
    return made


def read_contact(given: Any, label: str) -> dict[str, str] | None:
    """Return ways to reach someone: `email`, `phone`, `name`, or `by: post` when there is neither; None when left empty."""
    if isinstance(given, str):
        given = {"email": given} if "@" in given else {"phone": given}
    held = parts(given, label)
    made = {
        "name": clean(held.get("name"), label, part="name"),
        "email": email_address(held.get("email"), label),
        "phone": phone_number(held.get("phone") or held.get("mobile"), label),
        "by": clean(held.get("by"), label, most=10),
    }
    if made["by"] not in {"", "email", "sms", "phone", "post"}:
        raise AnswerError("Choose email, text message, telephone or post.", "by")
    kept = {key: value for key, value in made.items() if value}
    if not kept:
        return None
    if not (made["email"] or made["phone"] or made["by"] == "post"):
        raise AnswerError(
            "Enter an email address or a telephone number, so that we can tell you what happens.", "email"
        )
    return kept


def read_vehicle(given: Any, label: str) -> dict[str, str] | None:
    """Return a vehicle: `registration` (capitals, no space) and what it looks like; None when left empty."""
    if isinstance(given, str):
        given = {"registration": given}
    held = parts(given, label)
    written = clean(held.get("registration"), label, most=40, part="registration")
    describe = clean(held.get("describe"), label, most=300, part="describe")
    plate = "".join(character for character in written.upper() if character.isalnum())
    if written and not (_PLATE.fullmatch(plate) if plate.isascii() else None):
        raise AnswerError(
            "Enter the registration as it stands on the plate, like AB12 CDE. Leave it empty if you do not know it.",
            "registration",
        )
    made = {"registration": plate, "describe": describe}
    return {key: value for key, value in made.items() if value} or None
