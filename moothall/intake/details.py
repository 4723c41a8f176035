"""What was typed into the form that changes somebody's details, read and sent once to every system that holds them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from moothall.core.actors import Actor
from moothall.customers.actions import change_customer
from moothall.customers.linking.actions import change_once
from moothall.customers.linking.models import Change
from moothall.places.queries import address

FIELDS = ("title", "given_name", "family_name", "organisation_name", "address_text", "preferred_channel")


def change_details(
    customer_id: UUID, read: Callable[[str], str | None], *, key: str, by: Actor, at: datetime
) -> list[Change]:
    """Change what the form brought and tell every system that holds it. A field that was not in the form stays as it is.

    An address chosen from the list brings its property number; one written by hand has none.

    Raises:
        CannotRead, NoSuchRecord, Refused.
    """
    typed = {name: read(name) for name in FIELDS}
    changes: dict[str, Any] = {name: " ".join(value.split()) for name, value in typed.items() if value is not None}
    number = (read("uprn") or "").strip()
    if "address_text" in changes:
        known = address(int(number)) if number.isascii() and number.isdigit() and len(number) < 13 else None
        if known is not None and known.text == changes["address_text"]:
            changes |= {"uprn": known.uprn, "area_code": known.area}
        elif number == "":
            changes |= {"uprn": None, "area_code": ""}
    points = {kind: read(kind) or "" for kind in ("phone", "email")}
    with transaction.atomic():
        if (company := read("company_number")) is not None:  # ours alone: no other system holds it
            change_customer(customer_id=customer_id, changes={"company_number": company}, by=by, at=at)
        return change_once(customer_id, changes=changes, points=points, key=key, by=by, at=at)
