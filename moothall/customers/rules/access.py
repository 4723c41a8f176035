"""Who may write to a person's record."""

from uuid import UUID

from moothall.core.access import Refused, require
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
