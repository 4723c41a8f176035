"""Whose record an officer's own is: nobody who works here proves herself, or writes down for whom she speaks herself."""

from collections.abc import Callable
from uuid import UUID

from moothall.core.access import Refused
from moothall.core.actors import Actor, ActorKind
from moothall.core.models import Staff
from moothall.customers.models import ContactPoint, ContactPointKind
from moothall.customers.queries import survivor_of

Own = Callable[[UUID], UUID | None]
_own: list[Own] = []


def register_own(own: Own) -> None:
    """Let ``own`` name the customer record of somebody with a staff account: sub-rooms fill this at start."""
    _own.append(own)


def own_records(by: Actor) -> frozenset[UUID]:
    """Return the records that are an officer's own: what she asked for as a colleague, and those her address at work stands
    on. Each id is the survivor's. A few queries; none for anybody else.
    """
    if by.kind is not ActorKind.STAFF or by.id is None:
        return frozenset()
    found = {made for own in _own if (made := own(by.id)) is not None}
    email = Staff.objects.filter(pk=by.id).values_list("email", flat=True).first()
    if email:
        points = ContactPoint.objects.filter(kind=ContactPointKind.EMAIL, value=email.lower())
        found.update(points.values_list("customer_id", flat=True)[:20])
    return frozenset(id_ for one in found if (id_ := survivor_of(one)) is not None)


def refuse_own(by: Actor, *customer_ids: UUID | None) -> None:
    """Refuse what an officer may not write down about herself.

    Raises:
        Refused: one of these records is her own.
    """
    if own_records(by) & set(customer_ids):
        raise Refused("This is your own record, or one you would speak for yourself. Ask a colleague to do it.")
