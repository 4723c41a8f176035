"""Who does or looks: the one thing every action and query is given."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    """The kinds of actor an event can name."""

    ANONYMOUS = "anonymous"
    CUSTOMER = "customer"
    STAFF = "staff"
    PARTNER = "partner"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone or something that acts, with what it may do and why it is doing it now.

    ``permissions`` are the pack's codes (``case.work``, ``customer.view``); ``purpose`` goes to the event and access log.
    """

    kind: ActorKind
    id: UUID | None = None
    name: str = ""
    roles: frozenset[str] = field(default_factory=frozenset)
    teams: frozenset[str] = field(default_factory=frozenset)
    permissions: frozenset[str] = field(default_factory=frozenset)
    purpose: str = "service"

    def may(self, permission: str) -> bool:
        """Say whether this actor holds the permission."""
        return self.kind is ActorKind.SYSTEM or permission in self.permissions

    def because(self, purpose: str) -> "Actor":
        """Return the same actor acting for another purpose."""
        return replace(self, purpose=purpose)


SYSTEM = Actor(kind=ActorKind.SYSTEM, name="Moothall", purpose="service")
ANONYMOUS = Actor(kind=ActorKind.ANONYMOUS, name="")


def customer_actor(customer_id: UUID | None) -> Actor:
    """Return the actor for a resident who acts for herself on a channel without an officer."""
    return Actor(kind=ActorKind.CUSTOMER, id=customer_id, permissions=frozenset({"own.view", "own.add"}))
