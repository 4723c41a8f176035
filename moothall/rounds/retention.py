"""A word to crews about a door goes with the case that asked for it; while it is in force, the case stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from moothall.cases.models import Case
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.retention import register_companion, register_in_touch, register_needed
from moothall.core.zone import council_date
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


register_needed("case", "rounds", needed)
register_in_touch("rounds", in_touch)
register_companion("case", "rounds", forget)
