"""Who else lives where a person does, and what binds them, without those an officer may not know of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.customers.linking.models import HouseholdTie
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
    """Return who else we know at a person's address, with what binds them to her; whom an officer parted last. Two queries.

    Whoever is known only by a system whose records this actor may not see is not there.

    Raises:
        Refused.
    """
    require(visible_to, "customer.view")
    here = household_at(uprn, visible_to, but=ids)
    held = Q(one__in=list(ids)) | Q(other__in=list(ids))
    ties: dict[UUID, HouseholdTie] = {}
    for row in HouseholdTie.objects.filter(held, uprn=uprn).order_by("at", "id"):
        ties[row.other_id if row.one_id in ids else row.one_id] = row
    found = []
    for customer_id, name in here:
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
