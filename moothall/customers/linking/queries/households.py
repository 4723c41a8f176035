"""Who else lives where a person does, and what binds them, without those an officer may not know of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from moothall.core.access import require, restrictions_visible_to
from moothall.core.actors import Actor
from moothall.customers.linking.models import HouseholdTie, Link, SourceRecord
from moothall.customers.linking.rules.households import RELATIONS
from moothall.customers.queries import household_at


@dataclass(frozen=True, slots=True)
class Housemate:
    """Somebody at the same address. ``tie_id`` is what can be undone; ``parted`` an officer said they are not together."""

    id: UUID
    name: str
    relation: str = ""
    tie_id: UUID | None = None
    parted: bool = False
    why: str = ""


def household_of(ids: Sequence[UUID], uprn: int, visible_to: Actor) -> tuple[Housemate, ...]:
    """Return who else we know at a person's address, with what binds them to her; whom an officer parted last. Three queries.

    Whoever is known only by a system whose records this actor may not see is not there.

    Raises:
        Refused.
    """
    require(visible_to, "customer.view")
    here = household_at(uprn, visible_to, but=ids)
    hidden = _hidden({one for one, _ in here}, visible_to)
    held = Q(one__in=list(ids)) | Q(other__in=list(ids))
    ties: dict[UUID, HouseholdTie] = {}
    for row in HouseholdTie.objects.filter(held, uprn=uprn).order_by("at", "id"):
        ties[row.other_id if row.one_id in ids else row.one_id] = row
    found = []
    for customer_id, name in here:
        if customer_id in hidden:
            continue
        tie = ties.get(customer_id)
        parted = tie is not None and tie.ended_by is not None
        standing = tie is not None and tie.ended_at is None
        found.append(
            Housemate(
                customer_id, name, RELATIONS.get(tie.relation, "") if tie is not None and standing else "",
                tie.id if tie is not None and (standing or parted) else None, parted,
                tie.ended_why if tie is not None and parted else "",
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda one: one.parted))


def _hidden(customer_ids: set[UUID], visible_to: Actor) -> set[UUID]:
    """Those who were made from a record this actor may not see, and whom nothing else speaks of."""
    allowed = restrictions_visible_to(visible_to)
    if allowed is None or not customer_ids:
        return set()
    open_to = ["", *sorted(allowed)]
    seen = Link.objects.filter(
        customer_id=OuterRef("own_id"), undone_at__isnull=True, record__gone=False, record__restricted__in=open_to
    )
    own = SourceRecord.objects.filter(own__in=customer_ids).exclude(restricted__in=open_to)
    return set(own.exclude(Exists(seen)).values_list("own_id", flat=True))
