"""Reading colleagues as customers, and councillors' wards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.customers.colleagues.models import Colleague


@dataclass(frozen=True, slots=True)
class ColleagueLine:
    """Somebody with a staff account as a customer: the id that her record leads to, and her wards."""

    staff_id: UUID
    customer_id: UUID
    wards: tuple[str, ...]


def colleague(staff_id: UUID) -> ColleagueLine | None:
    """Return somebody's own customer record and wards; ``None`` while she has asked for nothing. One query."""
    row = Colleague.objects.select_related("customer").filter(staff_id=staff_id).first()
    return ColleagueLine(staff_id, row.customer.joined_to_id or row.customer_id, tuple(row.wards)) if row else None


def wards_of(staff_ids: Iterable[UUID], *, visible_to: Actor) -> dict[UUID, tuple[str, ...]]:
    """Return the wards of these accounts, for whoever manages them. One query."""
    require(visible_to, "staff.manage")
    rows = Colleague.objects.filter(staff_id__in=list(staff_ids)).values_list("staff_id", "wards")
    return {staff_id: tuple(wards) for staff_id, wards in rows}
