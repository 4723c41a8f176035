"""Who looked at whom: for auditors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.customers.models import Customer, Look


@dataclass(frozen=True, slots=True)
class LookLine:
    """One look at a person's record."""

    id: UUID
    at: datetime
    customer_id: UUID
    actor_kind: str
    actor_id: UUID | None
    purpose: str
    screen: str
    case_id: UUID | None


def looks(
    visible_to: Actor,
    *,
    customer_id: UUID | None = None,
    actor_id: UUID | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[LookLine]:
    """Return who looked at whom, newest first, by person or by officer; `after` is the last line of the page before.

    Raises:
        Refused: the actor is no auditor.
    """
    require(visible_to, "audit.view")
    found = Look.objects.order_by("-at", "-id")
    if customer_id is not None:
        found = found.filter(customer_id=customer_id)
    if actor_id is not None:
        found = found.filter(actor_id=actor_id)
    if after is not None:
        found = found.filter(at__lte=after[0]).exclude(at=after[0], id__gte=after[1])
    return [
        LookLine(**row)
        for row in found.values("id", "at", "customer_id", "actor_kind", "actor_id", "purpose", "screen", "case_id")[
            :limit
        ]
    ]


def references_of(customer_ids: Iterable[UUID], visible_to: Actor) -> dict[UUID, str]:
    """Return the references of these people, for a log that names nobody. One query."""
    require(visible_to, "audit.view")
    return dict(Customer.objects.filter(pk__in=set(customer_ids)).values_list("id", "reference"))


def customer_of_reference(reference: str, visible_to: Actor) -> UUID | None:
    """Return who has this reference (stored form), or nothing."""
    require(visible_to, "audit.view")
    return Customer.objects.filter(reference=reference).values_list("id", flat=True).first()


def looks_of(customer_ids: Iterable[UUID], *, limit: int = 100) -> list[LookLine]:
    """Return who looked at one person's record (every id that leads to her), newest first, for herself. One query.

    The caller has made sure that she is who asks.
    """
    rows = Look.objects.filter(customer_id__in=list(customer_ids)).order_by("-at", "-id")
    return [
        LookLine(**row)
        for row in rows.values("id", "at", "customer_id", "actor_kind", "actor_id", "purpose", "screen", "case_id")[
            :limit
        ]
    ]


def looks_between(first: datetime, last: datetime, visible_to: Actor) -> Iterator[LookLine]:
    """Yield every look from ``first`` until before ``last``, oldest first, for an auditor's copy."""
    require(visible_to, "audit.view")
    rows = Look.objects.filter(at__gte=first, at__lt=last).order_by("at", "id")
    fields = ("id", "at", "customer_id", "actor_kind", "actor_id", "purpose", "screen", "case_id")
    for row in rows.values(*fields).iterator(chunk_size=2000):
        yield LookLine(**row)
