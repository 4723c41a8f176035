"""Somebody we do not know yet, taken down while they are on the line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.customers.actions import create_customer
from moothall.customers.matching.rules.dates import read_birth
from moothall.customers.models import Customer
from moothall.places.queries import address


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What was typed of a new record, word for word."""

    given_name: str = ""
    family_name: str = ""
    phone: str = ""
    email: str = ""
    address_text: str = ""
    uprn: str = ""
    prefers: str = ""
    date_of_birth: str = ""

    @classmethod
    def from_form(cls, read: Callable[[str], str]) -> Newcomer:
        """Read the fields of the form, each posted as ``newcomer-<name>``."""
        return cls(**{name: read(f"newcomer-{name}").strip() for name in cls.__dataclass_fields__})


def make_newcomer(typed: Newcomer, *, by: Actor, at: datetime) -> Customer:
    """Make the record of somebody new.

    Raises:
        ValueError: a name is missing or something cannot be read; the message is the sentence to show.
    """
    require(by, "contact.take")
    if not (typed.given_name or typed.family_name):
        raise ValueError("Enter a name, or go on without one.")
    born = read_birth(typed.date_of_birth)
    try:
        date_of_birth = date.fromisoformat(born) if born else None
    except ValueError:
        date_of_birth = None
    if typed.date_of_birth and date_of_birth is None:
        raise ValueError("Enter a date of birth like 27 3 1985, or leave it empty.")
    points = [(kind, value) for kind, value in (("phone", typed.phone), ("email", typed.email)) if value]
    line = address(int(typed.uprn)) if typed.uprn.isascii() and typed.uprn.isdigit() and len(typed.uprn) < 13 else None
    chosen = line if line is not None and line.text == typed.address_text else None
    return create_customer(
        given_name=typed.given_name,
        family_name=typed.family_name,
        date_of_birth=date_of_birth,
        contact_points=points,
        uprn=chosen.uprn if chosen else None,
        address_text=typed.address_text,
        area_code=chosen.area if chosen else "",
        preferred_channel=typed.prefers if typed.prefers in {"email", "sms", "post", "none"} else "",
        by=by,
        at=at,
    )
