"""A customer made from a source record alone: the one every record has until somebody is found whom it speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from moothall.core.actors import SYSTEM
from moothall.core.ids import new_id
from moothall.customers.actions import ImportedCustomer, import_customers
from moothall.customers.linking.models import SourceRecord
from moothall.customers.rules.organisations import name_said, says_organisation


def make_single(record: SourceRecord, *, at: datetime) -> UUID:
    """Make a record's own customer and return its id."""
    return make_singles([record], at=at)[0]


def make_singles(records: Sequence[SourceRecord], *, at: datetime) -> list[UUID]:
    """Make the own customers of many records at once, and note them there (not saved). Ids in the same order."""
    made = [_person(record, at) for record in records]
    import_customers(made, by=SYSTEM, at=at)
    for record, person in zip(records, made, strict=True):
        record.own_id = person.id
    SourceRecord.objects.bulk_update(records, ["own"])
    return [person.id for person in made]


def _person(record: SourceRecord, at: datetime) -> ImportedCustomer:
    said = record.fields
    points = [
        (kind, said[name])
        for name, kind in (("phone", "phone"), ("mobile", "phone"), ("email", "email"))
        if said.get(name)
    ]
    return ImportedCustomer(
        id=new_id(), created_at=at, title=said.get("title", ""), given_name=said.get("given_name", ""),
        family_name=said.get("family_name", ""), organisation_name=name_said(said)[:120],
        company_number=said.get("company_number", "") if says_organisation(said) else "",
        date_of_birth=date.fromisoformat(said["date_of_birth"]) if said.get("date_of_birth") else None, points=points,
        uprn=int(said["uprn"]) if said.get("uprn") else None, address_text=said.get("address", ""), proof="stated",
        sealed=record.restricted,
    )  # fmt: skip
