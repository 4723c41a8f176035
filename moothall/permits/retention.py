"""What a permit says of somebody goes with the case it was issued for; not before the permit is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from moothall.cases.models import Case
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.retention import register_companion, register_in_touch, register_needed
from moothall.core.zone import council_date
from moothall.permits.models import Permit


def forget(ids: Sequence[UUID], by: Actor, at: datetime) -> int:
    """Empty what the permits of these cases were for and why they were ended."""
    require(by, "customer.erase")
    rows = Permit.objects.filter(case_id__in=ids)
    return rows.exclude(what="", ended_because="").update(what="", ended_because="")


def still_in_force(ids: Sequence[UUID], at: datetime) -> dict[UUID, str]:
    """Say which of these cases are needed: what was issued for them is in force."""
    rows = Permit.objects.filter(case_id__in=ids, ended_at=None, ends__gte=council_date(at))
    return dict.fromkeys(rows.values_list("case_id", flat=True), "what was issued for it is in force")


def in_touch(since: datetime) -> list[tuple[QuerySet[Any], str]]:
    """Say who holds something that is in force, or was since then."""
    held = Permit.objects.filter(ends__gte=council_date(since)).values("case_id")
    return [(Case.objects.filter(id__in=held), "customer_id")]


register_companion("case", "permits", forget)
register_needed("case", "permits", still_in_force)
register_in_touch("permits", in_touch)
