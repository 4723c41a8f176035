"""What we already know of the customer, offered so that nobody is asked twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moothall.services.letters import takes_letters
from moothall.services.pack import Question


@dataclass(frozen=True, slots=True)
class Known:
    """What is held of a customer, as plain values; empty where nothing is. ``by`` is how she asked to be written to."""

    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    postcode: str = ""
    uprn: int | None = None
    date_of_birth: str = ""
    by: str = ""


def offer(question: Question, known: Known) -> Any:
    """Return an answer to this question from what is known, in its kept form; None when we do not know it."""
    match question.known_from or "", question.type:
        case "name", _:
            return _person(known) if question.type == "person" else known.name or None
        case "person", _:
            return _person(known)
        case "contact", _:
            held = {"name": known.name, "email": known.email, "phone": known.phone}
            return {key: value for key, value in held.items() if value} if known.email or known.phone else None
        case "email", "contact":
            return {"email": known.email} if known.email else None
        case "email", _:
            return known.email or None
        case "phone", "contact":
            return {"phone": known.phone} if known.phone else None
        case "phone", _:
            return known.phone or None
        case "address", _:
            return _address(known)
        case "date_of_birth", _:
            return known.date_of_birth or None
        case _:
            return None


def _person(known: Known) -> dict[str, str] | None:
    if not known.name:
        return None
    made = {"name": known.name}
    return made | ({"date_of_birth": known.date_of_birth} if known.date_of_birth else {})


def _address(known: Known) -> dict[str, Any] | None:
    if not (known.address or known.uprn):
        return None
    made: dict[str, Any] = {"text": known.address}
    if known.postcode:
        made["postcode"] = known.postcode
    if known.uprn:
        made["uprn"] = known.uprn
    return made


def known_from_answers(questions: Mapping[str, Question], answers: Mapping[str, Any]) -> Known:
    """Gather what these answers say of the customer: the questions marked ``known_from`` are about the customer.

    An address asked for letters alone says where to write to, not where she lives; one to which none go is not hers.
    """
    held: dict[str, Any] = {}
    for key, value in answers.items():
        question = questions.get(key)
        if question is None or not question.known_from or not value:
            continue
        if isinstance(value, Mapping):
            held.setdefault("name", value.get("name"))
            held.setdefault("email", value.get("email"))
            held.setdefault("phone", value.get("phone"))
            held.setdefault("date_of_birth", value.get("date_of_birth"))
            held.setdefault("by", value.get("by"))
            if takes_letters(question):
                uprn = None if question.letters else value.get("uprn")
                held |= {"address": value.get("text"), "postcode": value.get("postcode"), "uprn": uprn}
        elif question.known_from in {"name", "email", "phone", "date_of_birth"}:
            held[question.known_from] = value
        held = {name: found for name, found in held.items() if found}
    return Known(**held)
