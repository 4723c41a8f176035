"""What this room knows of a person: that she works here or is a councillor, and for which wards."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.people import PersonEntry, PersonProvider, register_person_provider
from moothall.customers.colleagues.models import Colleague
from moothall.customers.own_records import register_own


def timeline(customer_ids: Iterable[UUID], visible_to: Actor, limit: int, until: datetime | None) -> list[PersonEntry]:
    """Nothing: that somebody works here is nothing the council did for her."""
    return []


def export(customer_id: UUID) -> Mapping[str, Any]:
    """Return that she has a staff account, since when she asks as herself, and her wards."""
    return {"works_here": list(Colleague.objects.filter(customer_id=customer_id).values("made_at", "wards"))}


def erase(customer_id: UUID, by: Actor, at: datetime) -> int:
    """Take the tie between her staff account and this record away; the account itself is her employer's."""
    require(by, "customer.erase")
    return Colleague.objects.filter(customer_id=customer_id).delete()[0]


register_own(lambda staff_id: Colleague.objects.filter(staff_id=staff_id).values_list("customer_id", flat=True).first())
register_person_provider(PersonProvider("colleagues", timeline, export, erase))
