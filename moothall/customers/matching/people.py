"""What this sub-room knows of a customer: her record and her source records, standardised for comparing."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.people import PersonEntry, PersonProvider, register_person_provider
from moothall.customers.matching.models import FirmKey, PersonKey

COMPARED = (
    "given", "given_roots", "middles", "family", "family_parts", "generation", "dob", "sex", "phones", "emails", "uprn",
    "number", "street", "locality", "postcode", "outward", "id_number", "other", "other_2",
)  # fmt: skip
COMPARED_OF_FIRMS = ("name", "postcode", "company_number", "charity_number", "vat_number", "uprn")


def timeline(customer_ids: Iterable[UUID], visible_to: Actor, limit: int, until: datetime | None) -> list[PersonEntry]:
    """Return nothing: to compare is not something that happened to her."""
    return []


def export(customer_id: UUID) -> Mapping[str, Any]:
    """Return what was made of her record and of those linked to it, as they are compared."""
    hers = Q(customer_id=customer_id) | Q(record_id=customer_id)
    kept = (
        (PersonKey.objects.filter(hers).order_by("record_id"), COMPARED),
        (FirmKey.objects.filter(hers).order_by("record_id"), COMPARED_OF_FIRMS),
    )
    return {
        "how_records_are_compared": [
            {"system": row.source, **{name: getattr(row, name) for name in names if getattr(row, name)}}
            for rows, names in kept
            for row in rows
        ]
    }


def erase(customer_id: UUID, by: Actor, at: datetime) -> int:
    """Forget what was made of her records: nobody is compared with her any more."""
    require(by, "customer.erase")
    hers = Q(customer_id=customer_id) | Q(record_id=customer_id)
    return PersonKey.objects.filter(hers).delete()[0] + FirmKey.objects.filter(hers).delete()[0]


register_person_provider(PersonProvider("matching", timeline, export, erase, rank=70))
