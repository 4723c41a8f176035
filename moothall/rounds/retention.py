"""A word to crews about a door goes with the case that asked for it; while it is in force, the case stays.

One that stands in a list of another system goes the pack's months after it ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from moothall.cases.models import Case
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.retention import (
    DueRecord,
    Forgot,
    Place,
    RecordClass,
    due_on,
    oldest,
    register_companion,
    register_in_touch,
    register_needed,
    register_record_class,
)
from moothall.core.zone import LONDON, council_date
from moothall.customers.privacy.terms import ended_before
from moothall.rounds.models import Flag


def needed(ids: Sequence[UUID], at: datetime) -> dict[UUID, str]:
    """Return the cases by which crews are told of a door today. One query."""
    today = council_date(at)
    in_force = Flag.objects.filter(Q(ends=None) | Q(ends__gte=today), case_id__in=ids)
    because = "Crews still work by it"
    return {one: because for one in in_force.values_list("case_id", flat=True) if one is not None}


def forget(ids: Sequence[UUID], by: Actor, at: datetime) -> int:
    """Delete what crews were told because of these cases."""
    require(by, "customer.erase")
    return Flag.objects.filter(case_id__in=ids).delete()[0]


def in_touch(since: datetime) -> list[tuple[QuerySet[Any], str]]:
    """Say at whose door crews do something that she asked for."""
    in_force = Flag.objects.filter(Q(ends=None) | Q(ends__gte=since.date()), case_id__isnull=False)
    return [(Case.objects.filter(id__in=in_force.values("case_id")), "customer_id")]


def listed_due(until: datetime, after: Place | None, limit: int) -> list[DueRecord]:
    """Return the words of lists that ended and whose months are over at ``until``, the oldest first. One query."""
    held = ended_before("door", until)
    if held is None:
        return []
    over = Flag.objects.filter(case_id__isnull=True, ends__lt=council_date(held[0]))
    found = [
        (row, datetime.combine(row.ends, time(12), LONDON)) for row in oldest(over, "ends", after, limit) if row.ends
    ]
    return [DueRecord(row.id, since, due_on(since, held[1]), "A word to crews that ended") for row, since in found]


def forget_listed(ids: Sequence[UUID], by: Actor, at: datetime) -> Forgot:
    """Delete these."""
    require(by, "customer.erase")
    return Forgot(Flag.objects.filter(id__in=ids, case_id__isnull=True, ends__isnull=False).delete()[0])


register_record_class(RecordClass("door", "Words to crews that ended", listed_due, forget_listed, rank=20))
register_needed("case", "rounds", needed)
register_in_touch("rounds", in_touch)
register_companion("case", "rounds", forget)
