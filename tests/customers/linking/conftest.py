"""Systems that deliver, a person who decides, and a weigher that is easily foretold: what is under test is not matching."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from moothall.core.actors import Actor, ActorKind
from moothall.customers.linking import weighing
from moothall.customers.linking.actions import receive
from moothall.customers.linking.actions.deliveries import system_of
from moothall.customers.linking.models import Delivery
from moothall.customers.linking.registry import read_file
from moothall.customers.linking.weighing import Likely

OFFICER = Actor(
    ActorKind.STAFF,
    uuid4(),
    "Nadia Ferreira",
    permissions=frozenset({"identity.decide", "delivery.manage", "customer.view"}),
)
COLLEAGUE = Actor(
    ActorKind.STAFF,
    uuid4(),
    "Sam Boyle",
    permissions=frozenset({"identity.decide", "customer.view", "customer.change"}),
)


class PlainWeigher:
    """Same family name and date of birth: surely one. Same family name alone: may be. It knows what it was told."""

    def __init__(self) -> None:
        self.known: dict[UUID, tuple[UUID, Mapping[str, str]]] = {}

    def keep(self, people: Iterable[tuple[UUID, UUID, str, Mapping[str, str]]]) -> None:
        for record_id, customer_id, _, fields in people:
            self.known[record_id] = (customer_id, dict(fields))

    keep_new = keep

    def forget(self, record_id: UUID) -> None:
        self.known.pop(record_id, None)

    def move(self, record_ids: Iterable[UUID], customer_id: UUID) -> None:
        for one in record_ids:
            if one in self.known:
                self.known[one] = (customer_id, self.known[one][1])

    def likely(self, fields: Mapping[str, str], *, but: Iterable[UUID] = (), limit: int = 10) -> list[Likely]:
        found: dict[UUID, Likely] = {}
        for customer_id, other in self.known.values():
            if other.get("family_name") != fields.get("family_name"):
                continue
            born = bool(fields.get("date_of_birth")) and other.get("date_of_birth") == fields.get("date_of_birth")
            weight = 12.0 if born else 4.0
            if customer_id not in found or found[customer_id].weight < weight:
                parts = [{"field": "family_name", "level": "same", "weight": 4.0, "words": "same family name"}]
                found[customer_id] = Likely(customer_id, weight, parts, "auto" if born else "review")
        return sorted(found.values(), key=lambda one: (-one.weight, one.customer_id.int))[:limit]

    def contradiction(self, one: UUID, other: UUID) -> str:
        return ""

    def another(self, record_id: UUID, customer_id: UUID, before: Mapping[str, str], now: Mapping[str, str]) -> str:
        return ""

    def weigh(self, one: UUID, other: UUID) -> tuple[float, list[dict[str, Any]]]:
        return 0.0, []

    def pairs_of_firms(self) -> list[tuple[UUID, UUID, Likely]]:
        return []


@pytest.fixture
def weigher() -> Iterator[PlainWeigher]:
    """Weigh by hand."""
    plain = PlainWeigher()
    before = weighing.use(plain)
    yield plain
    weighing.use(before)


WASTE = (
    "subscription", "first_name", "last_name", "uprn", "address", "postcode", "phone", "email", "updated_at", "cancelled",
)  # fmt: skip
TAX = (
    "ACCOUNT_REF", "LIABLE_TITLE", "LIABLE_FORENAME", "LIABLE_SURNAME", "DATE_OF_BIRTH", "UPRN", "ADDR1", "ADDR2", "ADDR3",
    "ADDR4", "POSTCODE", "TELEPHONE", "EMAIL_ADDRESS", "BALANCE", "NEXT_INSTALMENT", "NEXT_DUE",
)  # fmt: skip


def csv_of(columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A CSV file with these columns, in this order."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(columns), extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({column: row.get(column, "") for column in columns} for row in rows)
    return out.getvalue().encode()


def tax_row(ref: str, family: str, given: str = "Amina", born: str = "02/05/1948", **more: str) -> dict[str, str]:
    """One account of council tax."""
    return {
        "ACCOUNT_REF": ref, "LIABLE_TITLE": "Mrs", "LIABLE_FORENAME": given, "LIABLE_SURNAME": family, "DATE_OF_BIRTH": born,
        "ADDR1": "14 Mill Lane", "ADDR2": "Otley", "POSTCODE": "LS21 1AA", "BALANCE": "312.40", "NEXT_INSTALMENT": "104.13",
        "NEXT_DUE": "01/04/2026",
    } | more  # fmt: skip


def waste_row(key: str, family: str, given: str = "Amina", **more: str) -> dict[str, str]:
    """One subscription."""
    return {"subscription": key, "first_name": given, "last_name": family} | more


def deliver(system: str, content: bytes, at: datetime, *, as_of: datetime | None = None, **more: Any) -> Delivery:
    """Deliver a file, as the command line does."""
    from moothall.core.actors import SYSTEM

    return receive(system, read_file(content, system_of(system)), how="file", as_of=as_of, by=SYSTEM, at=at, **more)
