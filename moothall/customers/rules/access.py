"""Who may write to a person's record."""

from itertools import combinations
from uuid import UUID

from moothall.core.access import Refused, require, restrictions_visible_to
from moothall.core.actors import Actor, ActorKind

_MAY_CREATE = {
    ActorKind.STAFF: ("customer.change", "contact.take"),
    ActorKind.PARTNER: (
        "api.customers.write",
        "api.contacts.write",
        "api.cases.write",
        "api.bookings.write",
        "api.open311",
    ),
}


def require_create(actor: Actor) -> None:
    """Let through who may make a record: people for themselves by the front door, officers who take contacts, other systems.

    Raises:
        Refused: none of the permissions is held.
    """
    wanted = _MAY_CREATE.get(actor.kind)
    if wanted is not None and not any(actor.may(permission) for permission in wanted):
        require(actor, wanted[0])


def require_change(actor: Actor, customer_id: UUID) -> None:
    """Let through who may change this record: the person herself, officers and systems with the permission.

    Raises:
        Refused: without saying whether there is such a record.
    """
    if actor.kind is ActorKind.CUSTOMER:
        if actor.id != customer_id:
            raise Refused("You can change your own details only.", hidden=True)
    elif actor.kind is ActorKind.ANONYMOUS:
        raise Refused("Sign in to change your details.", hidden=True)
    else:
        require(actor, "api.customers.write" if actor.kind is ActorKind.PARTNER else "customer.change")


def require_view(actor: Actor, customer_id: UUID) -> None:
    """Let through who may see this record.

    Raises:
        Refused: without saying whether there is such a record.
    """
    if actor.kind in {ActorKind.CUSTOMER, ActorKind.ANONYMOUS}:
        if actor.kind is ActorKind.ANONYMOUS or actor.id != customer_id:
            raise Refused("You can see your own details only.", hidden=True)
    else:
        require(actor, "api.customers.read" if actor.kind is ActorKind.PARTNER else "customer.view")


def require_erase(actor: Actor) -> None:
    """Let through who may erase a record: officers with the permission, and the schedule itself. Raises Refused."""
    require(actor, "customer.erase")


def seal_of(kinds: set[str]) -> str:
    """Return the seal of what only systems of these restricted kinds know; none is no seal."""
    return " ".join(sorted(kinds))


def seals_open_to(actor: Actor) -> list[str] | None:
    """Return the seals this actor may see behind, the empty one among them; ``None`` means every seal (the system itself).

    Where systems of several kinds know somebody, all of the kinds are needed.
    """
    allowed = restrictions_visible_to(actor)
    if allowed is None:
        return None
    kinds = sorted(allowed)
    return [seal_of(set(some)) for size in range(len(kinds) + 1) for some in combinations(kinds, size)]
