"""A firm or other organisation we do not know yet, taken down while somebody of it is on the line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from moothall.contacts.models import Capacity
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.zone import council_date
from moothall.customers.actions import create_customer
from moothall.customers.linking.actions.pairs import note_pair
from moothall.customers.queries import Alike, is_organisation, organisations_alike
from moothall.customers.representation.actions import record_representation
from moothall.customers.rules.organisations import LIKELY
from moothall.customers.rules.writing import CannotRead, plain_company_number, plain_email, plain_name, plain_phone
from moothall.intake.desk_actions import say_who, speak_for
from moothall.intake.speaking_for import let_speak
from moothall.places.queries import address

KIND: Final = "works-for"
NEW: Final = "new"


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """What was typed of it, word for word. ``shown_by`` is what the officer saw that shows that the person acts for it."""

    name: str = ""
    company_number: str = ""
    address_text: str = ""
    uprn: str = ""
    phone: str = ""
    email: str = ""
    given_name: str = ""
    family_name: str = ""
    role: str = ""
    shown_by: str = ""

    @classmethod
    def from_form(cls, read: Callable[[str], str]) -> NewOrganisation:
        """Read the fields of the form, each posted as ``firm-<name>``."""
        return cls(**{name: read(f"firm-{name}").strip()[:300] for name in cls.__dataclass_fields__})

    @property
    def person(self) -> str:
        """Who speaks for it, as one name."""
        return " ".join(part for part in (self.given_name, self.family_name) if part)


class NotTaken(ValueError):
    """Something typed does not stand; ``field`` is what, the message the sentence to show beside it."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class MayBeKnown(ValueError):
    """We may know it already: the officer says which it is, or that it is none of these."""

    def __init__(self, alike: tuple[Alike, ...]) -> None:
        self.alike = alike
        super().__init__("We may know it already. Is it one of these?")


def take_organisation(
    contact_id: UUID, typed: NewOrganisation, *, chosen: str = "", known: UUID | None = None, by: Actor, at: datetime
) -> UUID:
    """Say that a contact is with an organisation: ``known`` of those that were offered, or a new record.

    Who speaks for it stands in the contact; with something seen that shows it, she acts for it from now on too, and a record
    of her is made. With ``chosen`` “new” although one with the same number, or like it at the same postcode, is known, both
    are put on the list of records for a records officer to look at.

    Raises:
        MayBeKnown: it was not said yet whether it is one that we know.
        NotTaken: something is missing or cannot be read. ContactClosed. Refused.
    """
    require(by, "contact.take")
    require(by, "customer.change")
    _check(typed, named=known is None)
    if known is not None and not is_organisation(known):
        raise NotTaken("name", "That record is a person’s. Choose an organisation.")
    alike: tuple[Alike, ...] = ()
    if known is None:
        found = organisations_alike(typed.name, by, address=typed.address_text, company_number=typed.company_number)
        alike = tuple(found)
    if alike and chosen != NEW:
        raise MayBeKnown(alike)
    with transaction.atomic():
        whom = known or _make(typed, by=by, at=at)
        for one in alike:
            if one.how in LIKELY:
                note_pair(whom, one.line.id, weight=0.0, parts=(), by_hand=True, at=at)
        say_who(contact_id, customer_id=whom, by=by, at=at)
        _speaks(contact_id, whom, typed, by=by, at=at)
    return whom


def _check(typed: NewOrganisation, *, named: bool) -> None:
    """Raise NotTaken for the first thing that does not stand."""
    if named and not typed.name:
        raise NotTaken("name", "Enter the organisation’s name.")
    read = {
        "name": plain_name, "company_number": plain_company_number, "phone": plain_phone, "email": plain_email,
        "given_name": plain_name, "family_name": plain_name,
    }  # fmt: skip
    for field, plain in read.items():
        if text := str(getattr(typed, field)):
            try:
                plain(text)
            except CannotRead as wrong:
                raise NotTaken(field, str(wrong)) from wrong
    if typed.person and not typed.role:
        raise NotTaken("role", "Enter what they are there, like office manager or director.")
    if typed.shown_by and not (typed.given_name and typed.family_name):
        missing = "family_name" if typed.given_name else "given_name"
        raise NotTaken(missing, "Enter the first and last name of who acts for it.")


def _make(typed: NewOrganisation, *, by: Actor, at: datetime) -> UUID:
    points = [(kind, value) for kind, value in (("phone", typed.phone), ("email", typed.email)) if value]
    line = address(int(typed.uprn)) if typed.uprn.isascii() and typed.uprn.isdigit() and len(typed.uprn) < 13 else None
    chosen = line if line is not None and line.text == typed.address_text else None
    return create_customer(
        organisation_name=typed.name, company_number=typed.company_number, contact_points=points,
        uprn=chosen.uprn if chosen else None, address_text=typed.address_text, area_code=chosen.area if chosen else "",
        by=by, at=at,
    ).id  # fmt: skip


def _speaks(contact_id: UUID, organisation: UUID, typed: NewOrganisation, *, by: Actor, at: datetime) -> None:
    if not typed.person:
        return
    if not typed.shown_by:
        says = f"{typed.person}, {typed.role}"
        speak_for(contact_id, speaker=says, speaks_as=Capacity.ORGANISATION.value, by=by, at=at)
        return
    who = create_customer(given_name=typed.given_name, family_name=typed.family_name, by=by, at=at)
    line = record_representation(
        customer_id=organisation, representative_id=who.id, kind=KIND, evidence=typed.shown_by, role=typed.role,
        since=council_date(at), by=by, at=at,
    )  # fmt: skip
    let_speak(contact_id, representation_id=line.id, by=by, at=at)
