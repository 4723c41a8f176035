"""The one search box of the desk: it looks everywhere an officer may look, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from moothall.cases.queries import CaseLine, find_by_reference
from moothall.cases.queries.lists import last_asked
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.customers.queries import CustomerLine, find_customers
from moothall.places.queries import AddressLine, find_addresses
from moothall.services.knowledge import find_articles
from moothall.services.pack import Article
from moothall.services.search import search


@dataclass(frozen=True, slots=True)
class ServiceHit:
    """A service that the words may mean."""

    code: str
    name: str
    summary: str


@dataclass(frozen=True, slots=True)
class Results:
    """What was found, by kind; the case is the one whose reference was typed; ``asked`` when each of
    the people last asked for something, to tell people of one name apart. For what is behind the question why (adr/0042)."""

    text: str
    case: CaseLine | None = None
    people: tuple[CustomerLine, ...] = ()
    asked: Mapping[UUID, datetime] = field(default_factory=dict)
    addresses: tuple[AddressLine, ...] = ()
    services: tuple[ServiceHit, ...] = ()
    articles: tuple[Article, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether it found nothing at all."""
        return not (self.case or self.people or self.addresses or self.services or self.articles)


def search_box(text: str, *, visible_to: Actor, limit: int = 12) -> Results:
    """Find cases by reference, people, addresses, services and answers by what was typed. Five queries at most; three more
    for a reference that is no case’s own.

    What the officer may not see is not found: restricted kinds of case, and people without the permission to search.
    """
    text = " ".join(text.split())
    if not text:
        return Results("")
    pack = current_pack()
    hits = search(pack, text, limit=6, audience="staff")
    people = tuple(find_customers(text, visible_to, limit=limit)) if visible_to.may("customer.search") else ()
    ids = [one.id for one in people]
    return Results(
        text=text,
        case=find_by_reference(text, visible_to=visible_to) if visible_to.may("case.view") else None,
        people=people,
        asked=last_asked(ids, visible_to=visible_to) if ids and visible_to.may("case.view") else {},
        addresses=tuple(find_addresses(text, limit=6)) if len(text) > 3 else (),
        services=tuple(ServiceHit(h.code, h.name, str(pack.services[h.code].summary)) for h in hits.hits)
        if hits.good
        else (),
        articles=find_articles(pack, text, staff=True),
    )
