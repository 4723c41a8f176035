"""Whether we know somebody already whom an adviser is taking down as new: asked while she types, decided by her."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from moothall.core.actors import Actor
from moothall.customers.linking.queries import likely_customers
from moothall.customers.queries import CustomerLine, customers_with_ids, find_customers
from moothall.intake.newcomers import Newcomer

MOST: Final = 4
_OUTWARD: Final = re.compile(r"\b[A-Za-z]{1,2}[0-9][0-9A-Za-z]?\b(?=\s*(?:[0-9][A-Za-z]{0,2})?\s*$)")


@dataclass(frozen=True, slots=True)
class Alike:
    """Somebody we know who may be her. ``why``: what agrees, in words; empty where only the name is near."""

    id: UUID
    name: str
    address: str
    date_of_birth: date | None
    why: str


def alike(typed: Newcomer, *, visible_to: Actor) -> tuple[Alike, ...]:
    """Return whom we know that what was typed so far may be of, the likeliest first. At most nine queries.

    Weighed as registration weighs (name with a telephone, an address, a date of birth …); and by a name, misspelt or not,
    with half a postcode, as the one box finds people. What this actor may not see is not there.

    Raises:
        Refused.
    """
    if len(typed.family_name) < 2 and not (typed.given_name and (typed.phone or typed.email or typed.date_of_birth)):
        return ()
    fields = {
        "given_name": typed.given_name, "family_name": typed.family_name, "phone": typed.phone, "email": typed.email,
        "address": typed.address_text, "uprn": typed.uprn, "date_of_birth": typed.date_of_birth,
    }  # fmt: skip
    likely = likely_customers(fields, visible_to, limit=MOST)
    lines = {line.id: line for line in customers_with_ids([one.customer_id for one in likely], visible_to)}
    found = [_shown(lines[one.customer_id], _agreeing(one.parts)) for one in likely if one.customer_id in lines]
    outward = _OUTWARD.search(typed.address_text)
    if len(found) < MOST and outward and typed.family_name:
        near = find_customers(f"{typed.given_name} {typed.family_name} {outward[0]}", visible_to, limit=MOST)
        seen = {one.id for one in found}
        found += [_shown(line, "") for line in near if line.id not in seen]
    return tuple(found[:MOST])


def _shown(line: CustomerLine, why: str) -> Alike:
    return Alike(line.id, line.name, line.address, line.date_of_birth, why)


def _agreeing(parts: list[dict[str, object]]) -> str:
    """The fields that speak for her, as they are called."""
    speaking = [
        p
        for p in parts
        if float(str(p.get("weight", 0))) > 0 and str(p.get("level")) in {"same", "slip", "swapped", "form"}
    ]
    return ", ".join(str(p.get("words", "")).partition(":")[0].lower() for p in speaking)
