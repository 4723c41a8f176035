"""What a visit says of a person is not kept: names and numbers go with the day, the rest when she is erased."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.zone import council_date
from moothall.reception.models import HERE, Visit

_SAID = {"shown_as": "", "phone": "", "find_by": "", "about": ""}


def forget_yesterday(*, at: datetime, most: int = 5_000) -> int:
    """Take names, numbers and words out of the visits of days that are over; return how many."""
    said = ~Q(shown_as="", phone="", find_by="", about="")
    old = (
        Visit.objects.filter(said, day__lt=council_date(at)).exclude(state__in=HERE).values_list("id", flat=True)[:most]
    )
    return Visit.objects.filter(id__in=list(old)).update(**_SAID)


def erase_visits(customer_id: UUID, *, by: Actor, at: datetime) -> int:
    """Forget that a person came: what she said and needed, and who it was. That somebody came stays, counted."""
    require(by, "customer.erase")
    return Visit.objects.filter(customer_id=customer_id).update(**_SAID, needs=[], language="", customer_id=None)


def forget_visits(contact_ids: Sequence[UUID], *, by: Actor) -> int:
    """Forget who came in these contacts, as `erase_visits` does; for contacts whose years are over."""
    require(by, "customer.erase")
    over = Visit.objects.filter(contact_id__in=list(contact_ids))
    return over.update(**_SAID, needs=[], language="", customer_id=None)
