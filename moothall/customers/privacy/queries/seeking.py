"""Whom only a restricted system knows, found in need: by the exact name with date of birth or address, and not else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from moothall.core.actors import Actor
from moothall.customers.models import Customer
from moothall.customers.queries import find_customers
from moothall.customers.rules.access import seals_open_to
from moothall.customers.rules.writing import cut_postcode, postcode_in, words_of

LOOKED_AT: Final = 60
LEAST_WORDS: Final = 2
"""A house and its street: fewer words of an address are no address."""


@dataclass(frozen=True, slots=True)
class Sought:
    """Somebody as an officer names her: both names, and the date of birth or the address with its postcode."""

    given_name: str
    family_name: str
    date_of_birth: date | None = None
    address: str = ""

    @property
    def words(self) -> str:
        """Whom, in words, for whoever judges it."""
        born = f"born {self.date_of_birth.day} {self.date_of_birth:%B %Y}" if self.date_of_birth else ""
        return ", ".join(one for one in (f"{self.given_name} {self.family_name}", born, self.address) if one)[:300]

    @property
    def whole(self) -> bool:
        """Whether it names somebody exactly enough to look for."""
        names = words_of(self.given_name) and words_of(self.family_name)
        return bool(names) and (self.date_of_birth is not None or _is_address(self.address))


def behind_the_seal(sought: Sought, kind: str, *, actor: Actor) -> UUID | None:
    """Return who is meant, of those whom this actor does not see and would see with this one kind; ``None`` for nobody, and
    where two fit. Everything that was named must be so: a slip finds nobody. Three queries.
    """
    inside = replace(actor, permissions=actor.permissions | {"customer.search", f"restricted.{kind}"})
    seals = set(seals_open_to(inside) or ()) - set(seals_open_to(actor) or ())
    postcode = postcode_in(sought.address)
    parts = [sought.given_name, sought.family_name, *([" ".join(postcode)] if postcode else [])]
    if sought.date_of_birth is not None:
        parts.append(f"{sought.date_of_birth:%d/%m/%Y}")
    typed = " ".join(parts)
    ids = [line.id for line in find_customers(typed, inside, limit=LOOKED_AT)]
    rows = Customer.objects.filter(pk__in=ids, sealed__in=seals, joined_to=None)
    meant = [row.id for row in rows if _is_meant(row, sought)]
    return meant[0] if len(meant) == 1 else None


def _is_meant(row: Customer, sought: Sought) -> bool:
    if words_of(row.given_name) != words_of(sought.given_name):
        return False
    if words_of(row.family_name) != words_of(sought.family_name):
        return False
    if sought.date_of_birth is not None and row.date_of_birth != sought.date_of_birth:
        return False
    if not sought.address:
        return True
    wanted, held = (set(words_of(cut_postcode(text))) for text in (sought.address, row.address_text))
    return postcode_in(sought.address) == postcode_in(row.address_text) and wanted <= held


def _is_address(text: str) -> bool:
    return postcode_in(text) is not None and len(words_of(cut_postcode(text))) >= LEAST_WORDS
