"""What was typed into the form that changes somebody's details, read and sent once to every system that holds them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.customers.actions import change_customer
from moothall.customers.linking.actions import change_once
from moothall.customers.linking.models import Change
from moothall.customers.models import Customer
from moothall.customers.pack import FORMATS, LANGUAGES
from moothall.customers.queries import survivor_of
from moothall.customers.rules.writing import CannotRead
from moothall.places.matching import premises_of
from moothall.places.queries import address
from moothall.places.rules import search_text

FIELDS = (
    "title", "given_name", "family_name", "organisation_name", "address_text", "preferred_channel", "language",
    "preferred_format",
)  # fmt: skip


def change_details(
    customer_id: UUID, read: Callable[[str], str | None], *, key: str, by: Actor, at: datetime
) -> list[Change]:
    """Change what the form brought and tell every system that holds it. A field that was not in the form stays as it is.

    An address chosen from the list brings its property number; one written by hand that of the premises it surely is, or that
    she has where it is hers written another way, else none. It is kept as it was written.

    Raises:
        CannotRead, NoSuchRecord, Refused.
    """
    typed = {name: read(name) for name in FIELDS}
    changes: dict[str, Any] = {name: " ".join(value.split()) for name, value in typed.items() if value is not None}
    check_chosen(changes)
    number = (read("uprn") or "").strip()
    if "address_text" in changes:
        known = address(int(number)) if number.isascii() and number.isdigit() and len(number) < 13 else None
        if known is None or known.text != changes["address_text"]:
            known = premises_of([(changes["address_text"], "")])[0]
        if known is not None:
            changes |= {"uprn": known.uprn, "area_code": known.area}
        elif not _same_written(customer_id, changes["address_text"]):
            changes |= {"uprn": None, "area_code": ""}
    points = {kind: read(kind) or "" for kind in ("phone", "email")}
    with transaction.atomic():
        if (company := read("company_number")) is not None:  # ours alone: no other system holds it
            change_customer(customer_id=customer_id, changes={"company_number": company}, by=by, at=at)
        return change_once(customer_id, changes=changes, points=points, key=key, by=by, at=at)


def check_chosen(changes: Mapping[str, Any]) -> None:
    """Let through what is on the pack's lists. Raises CannotRead for a language or format that is not."""
    pack = current_pack()
    if "language" in changes and changes["language"] not in pack.of(LANGUAGES):
        raise CannotRead("Choose a language from the list.")
    if "preferred_format" in changes and changes["preferred_format"] not in pack.of(FORMATS):
        raise CannotRead("Choose a format from the list.")


def _same_written(customer_id: UUID, typed: str) -> bool:
    """Whether an address is the one on her record, but for capitals, commas and what stands around a comma."""
    held = (
        Customer.objects.filter(pk=survivor_of(customer_id) or customer_id)
        .values_list("address_text", flat=True)
        .first()
    )
    return bool(held) and search_text(str(held)) == search_text(typed)
