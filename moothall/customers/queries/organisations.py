"""Organisations we know already: by company number, by postcode and a name that may be written another way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from moothall.core.actors import Actor
from moothall.customers.models import Customer, CustomerKind
from moothall.customers.queries.finding import CustomerLine, customers_with_ids, find_customers
from moothall.customers.rules.organisations import Agreement, Firm, agreement, likeness, name_words
from moothall.customers.rules.writing import CannotRead, plain_company_number, postcode_in

LOOKED_AT: Final = 40
_ORDER: Final = tuple(Agreement)


@dataclass(frozen=True, slots=True)
class Alike:
    """An organisation that may be the one, and in what they agree."""

    line: CustomerLine
    how: Agreement


def organisations_alike(
    name: str, visible_to: Actor, *, address: str = "", company_number: str = "", limit: int = 5
) -> list[Alike]:
    """Return organisations that may be this one, the surest first. Seven queries at most.

    Raises:
        Refused: the actor may not search.
    """
    wanted = Firm(name, _postcode(address), _number(company_number))
    words = name_words(name)
    found: dict[UUID, CustomerLine] = {}
    for typed in (" ".join(words), max(words, key=len, default="")):
        for line in find_customers(typed, visible_to, limit=LOOKED_AT) if typed else ():
            if line.kind == CustomerKind.ORGANISATION:
                found[line.id] = line
    if wanted.company_number:
        same = Customer.objects.filter(company_number=wanted.company_number, joined_to=None).values_list(
            "id", flat=True
        )
        found |= {line.id: line for line in customers_with_ids(list(same[:LOOKED_AT]), visible_to)}
    numbers = dict(Customer.objects.filter(pk__in=found).values_list("id", "company_number")) if found else {}
    alike = [
        (how, line)
        for line in found.values()
        if (how := agreement(wanted, Firm(line.name, _postcode(line.address), numbers.get(line.id, ""))))
    ]
    alike.sort(key=lambda one: (_ORDER.index(one[0]), -likeness(name, one[1].name), one[1].name))
    return [Alike(line, how) for how, line in alike[:limit]]


def organisations_like(name: str, visible_to: Actor, *, address: str = "", limit: int = 5) -> list[CustomerLine]:
    """Return organisations that may be this one, the surest first: “Mill Lane Bakery Ltd” finds “Mill Lane Bakery Limited”.

    Six queries at most. Nothing but small words finds nothing.

    Raises:
        Refused: the actor may not search.
    """
    return [one.line for one in organisations_alike(name, visible_to, address=address, limit=limit)]


def is_organisation(customer_id: UUID) -> bool:
    """Say whether a record is an organisation's. One query."""
    return Customer.objects.filter(pk=customer_id, kind=CustomerKind.ORGANISATION).exists()


def _postcode(address: str) -> str:
    found = postcode_in(address)
    return "".join(found) if found else ""


def _number(text: str) -> str:
    try:
        return plain_company_number(text)
    except CannotRead:
        return ""
