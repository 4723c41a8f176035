"""Bringing in many people at once: another system's register, the invented history of a demonstration."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.events import Happening, record
from moothall.core.ids import new_id
from moothall.core.reference_numbers import next_references
from moothall.customers.actions.record import learn_words, read_point
from moothall.customers.models import CustomerKind
from moothall.customers.rules.finding import search_document, words_to_mend_by
from moothall.customers.rules.writing import can_take_texts, plain_name

BATCH: Final = 5_000


@dataclass(frozen=True, slots=True)
class ImportedCustomer:
    """One person or organisation as another system holds them. `points` are pairs of kind and what was written; `needs`
    codes of the pack.

    `sealed`: the restricted kind of the system that alone knows her.
    """

    created_at: datetime
    given_name: str = ""
    family_name: str = ""
    organisation_name: str = ""
    company_number: str = ""
    title: str = ""
    date_of_birth: date | None = None
    points: Sequence[tuple[str, str]] = ()
    needs: Sequence[str] = ()
    uprn: int | None = None
    address_text: str = ""
    area_code: str = ""
    language: str = "en"
    preferred_channel: str = ""
    preferred_format: str = "standard"
    proof: str = "stated"
    sealed: str = ""
    id: UUID = field(default_factory=new_id)


def import_customers(people: Iterable[ImportedCustomer], *, by: Actor, at: datetime) -> int:
    """Bring people in by COPY, a batch to a transaction, and return how many. Nobody is told and no handler runs.

    Each batch is there whole or not at all; one event says how many came. Rows are not checked for being known already:
    the importer's own keys say that.

    Raises:
        CannotRead: a name, number or address cannot be one (its batch is left out whole). Refused.
    """
    require(by, "customer.import")
    waiting, brought = iter(people), 0
    while batch := list(islice(waiting, BATCH)):
        with transaction.atomic():
            _copy(batch)
            learn_words({word for person in batch for word in words_to_mend_by(_search(person))})
            record([_said(len(batch), at)], by=by, imported=True)
        brought += len(batch)
    return brought


def _copy(batch: Sequence[ImportedCustomer]) -> None:
    references = next_references(len(batch))
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY customers_customer ({', '.join(_CUSTOMER)}) FROM STDIN") as into:
            for person, reference in zip(batch, references, strict=True):
                into.write_row(_customer(person, reference))
        with cursor.copy(f"COPY customers_contactpoint ({', '.join(_POINT)}) FROM STDIN") as into:
            for person in batch:
                for row in _points(person):
                    into.write_row(row)
        with cursor.copy("COPY customers_need (id, customer_id, code, note, since) FROM STDIN") as into:
            for person in batch:
                for code in dict.fromkeys(person.needs):
                    into.write_row((new_id(), person.id, code, "", person.created_at))


_CUSTOMER: Final = (
    "id", "reference", "kind", "title", "given_name", "family_name", "organisation_name", "date_of_birth", "search",
    "uprn", "address_text", "area_code", "language", "preferred_channel", "preferred_format", "quiet_hours", "proof",
    "imported", "created_at", "changed_at", "sealed", "company_number",
)  # fmt: skip
_POINT: Final = ("id", "customer_id", "kind", "value", "shown", "can_text", "created_at", "sealed")


def _customer(person: ImportedCustomer, reference: str) -> tuple[Any, ...]:
    organisation = bool(person.organisation_name) and not (person.given_name or person.family_name)
    kind = CustomerKind.ORGANISATION if organisation else CustomerKind.PERSON
    return (
        person.id, reference, kind.value, person.title[:40], plain_name(person.given_name),
        plain_name(person.family_name), plain_name(person.organisation_name), person.date_of_birth, _search(person),
        person.uprn, person.address_text[:300], person.area_code, person.language, person.preferred_channel,
        person.preferred_format, True, person.proof, True, person.created_at, person.created_at, person.sealed,
        person.company_number,
    )  # fmt: skip


def _points(person: ImportedCustomer) -> Iterable[tuple[Any, ...]]:
    read = {(kind, value): shown for kind, value, shown in (read_point(*point) for point in person.points)}
    for (kind, value), shown in read.items():
        can_text = kind == "phone" and can_take_texts(value)
        yield new_id(), person.id, kind, value, shown, can_text, person.created_at, person.sealed


def _search(person: ImportedCustomer) -> str:
    names = (person.given_name, person.family_name, person.organisation_name, person.company_number)
    return search_document(names, person.address_text)


def _said(count: int, at: datetime) -> Happening:
    return Happening("customer.imported", "customer", None, at, data={"count": count})
