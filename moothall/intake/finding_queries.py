"""The one search box of the desk: it looks everywhere an officer may look, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass

from moothall.cases.queries import CaseLine, find_by_reference
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.customers.queries import CustomerLine, find_customers
from moothall.places.queries import AddressLine, find_addresses
from moothall.services.search import search


@dataclass(frozen=True, slots=True)
class ServiceHit:
    """A service that the words may mean."""

    code: str
    name: str
    summary: str


@dataclass(frozen=True, slots=True)
class Results:
    """What was found, by kind; the case is the one whose reference was typed."""

    text: str
    case: CaseLine | None = None
    people: tuple[CustomerLine, ...] = ()
    addresses: tuple[AddressLine, ...] = ()
    services: tuple[ServiceHit, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether it found nothing at all."""
        return not (self.case or self.people or self.addresses or self.services)


def search_box(text: str, *, visible_to: Actor, limit: int = 12) -> Results:
    """Find cases by reference, people, addresses and services by what was typed. Four queries at most.

    What the officer may not see is not found: restricted kinds of case, and people without the permission to search.
    """
    text = " ".join(text.split())
    if not text:
        return Results("")
    pack = current_pack()
    hits = search(pack, text, limit=6, audience="staff")
    return Results(
        text=text,
        case=find_by_reference(text, visible_to=visible_to) if visible_to.may("case.view") else None,
        people=tuple(find_customers(text, visible_to, limit=limit)) if visible_to.may("customer.search") else (),
        addresses=tuple(find_addresses(text, limit=6)) if len(text) > 3 else (),
        services=tuple(ServiceHit(h.code, h.name, str(pack.services[h.code].summary)) for h in hits.hits)
        if hits.good
        else (),
    )
