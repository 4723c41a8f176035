"""An address that came with a request which the machine joined counts once an officer has heard from her that it is hers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.events import together
from moothall.customers.linking import events
from moothall.customers.linking.actions.joining import say
from moothall.customers.linking.actions.sets import NoSuchRecord, locked_sets, root_of
from moothall.customers.linking.queries.hers import speaking_for
from moothall.customers.models import ContactPoint
from moothall.customers.own_records import refuse_own
from moothall.customers.queries import point_of
from moothall.customers.rules.access import seals_open_to


def hear_point(customer_id: UUID, point_id: UUID, *, by: Actor, at: datetime) -> bool:
    """Write down that she said to an officer that an address is hers: it is used for all that is one with her record by now
    (adr/0085). Returns whether that was news: used already is fine.

    Raises:
        NoSuchRecord: it is not on her record (any more), or not for this officer to know of. Refused: not this actor's to
        say, or her own record.
    """
    require(by, "customer.change")
    with transaction.atomic(), together():
        rows = locked_sets([customer_id])
        root, seals = root_of(rows[customer_id]), seals_open_to(by)
        refuse_own(by, root)
        points = ContactPoint.objects.filter(customer__in=list(rows))
        if seals is not None:
            points = points.filter(sealed__in=seals)
        point = points.filter(pk=point_id).first()
        if point is None or (seals is not None and rows[root].sealed not in seals):
            raise NoSuchRecord("This is not on their record any more. Look again.")
        same = points.filter(kind=point.kind, value=point.value)
        if speaking_for(root, map(point_of, same)):
            return False
        same.update(heard_at=at)
        say(events.HEARD, root, at, by, kind=point.kind, point=str(point.id))
        return True
