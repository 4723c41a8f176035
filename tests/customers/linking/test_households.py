"""The corpus of households, through every door: registered, delivered, and looked through all at once. Nobody is joined."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from moothall.core.actors import SYSTEM
from moothall.customers.actions import create_customer
from moothall.customers.linking import weighing
from moothall.customers.linking.actions import search_all, take_found
from moothall.customers.linking.actions.indexing import index_customers
from moothall.customers.linking.actions.placing import place, recognise
from moothall.customers.linking.matched import Matched
from moothall.customers.linking.models import Delivery, Link, Merge, SourceRecord
from moothall.customers.matching import queries as matching
from moothall.customers.matching.rules.dates import read_birth
from moothall.customers.models import Customer
from tests.customers.matching.households import HOUSEHOLDS, Said

pytestmark = pytest.mark.django_db(transaction=True)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@pytest.fixture(autouse=True)
def _really_weighed() -> Iterator[None]:
    before = weighing.use(Matched())
    matching.forget_read_models()
    yield
    weighing.use(before)


def _housed(at: int, said: Said) -> Said:
    """The household in a home of its own, so that only those of one kind can be taken for one another."""
    own = dict(said)
    if own.get("family_name"):  # a name quite its own
        own["family_name"] = "".join(random.Random(at).choices(_LETTERS, k=7)).title() + own["family_name"].lower()
    own |= {key: f"{own[key]}{at:02}" for key in ("uprn",) if own.get(key)}
    own |= {key: own[key][:-2] + f"{at:02}" for key in ("phone", "mobile") if own.get(key)}
    if own.get("email"):
        own["email"] = f"house{at}@example.com"
    if own.get("street"):
        own["street"] = f"{_LETTERS[at % 26] * 3}{at} {own['street']}"
    return {key: value for key, value in own.items() if value}


def _names(customer_ids: Any) -> list[str]:
    return [f"{one.given_name} {one.family_name}" for one in Customer.objects.filter(pk__in=customer_ids)]


def _nobody_is_joined(how: str) -> None:
    joined = Merge.objects.values_list("joined_id", flat=True)
    assert not joined, f"{how} joined {_names(joined)}"
    linked = Link.objects.filter(how="machine").values_list("customer_id", flat=True)
    assert not linked, f"{how} linked {_names(linked)}"


def _record(system: str, key: str, said: Said, delivery: Delivery, at: Any) -> SourceRecord:
    return SourceRecord.objects.create(
        system=system, key=key, as_of=at, delivery=delivery, digest=key, fields=said, first_at=at, changed_at=at
    )


def test_delivered_by_two_systems_no_household_is_joined(clock: Any, council: Any) -> None:
    now = clock.now()
    delivery = Delivery.objects.create(system="any", how="file", digest="x", as_of=now, whole=False, received_at=now)
    for at, (kind, pair) in enumerate(HOUSEHOLDS.items()):
        for system, said in zip(("council-tax", "library"), pair, strict=True):
            place([_record(system, kind, _with_date(_housed(at, said)), delivery, now)], by=SYSTEM, at=now)
        _nobody_is_joined(kind)
    search_all(by=SYSTEM, at=now)
    take_found()
    _nobody_is_joined("looking through all")


def test_registered_by_themselves_no_household_is_joined(clock: Any, council: Any) -> None:
    for at, (kind, pair) in enumerate(HOUSEHOLDS.items()):
        for said in pair:
            own = _with_date(_housed(at, said))
            born = own.get("date_of_birth", "")
            points = [(way, own[key]) for key, way in (("mobile", "phone"), ("email", "email")) if own.get(key)]
            made = create_customer(
                given_name=own.get("given_name", ""), family_name=own.get("family_name", own.get("full_name", kind)),
                date_of_birth=date.fromisoformat(born) if born else None, contact_points=points,
                address_text=f"{own['number']} {own['street']}, Leeds, {own['postcode']}" if own.get("street") else "",
                by=SYSTEM, at=clock.now(),
            )  # fmt: skip
            index_customers([made.id])
            recognise(made.id, at=clock.now())
            clock.advance(minutes=1)
        _nobody_is_joined(kind)
    search_all(by=SYSTEM, at=clock.now())
    take_found()
    _nobody_is_joined("looking through all")


def _with_date(said: Said) -> Said:
    """A delivery's own reading keeps dates of birth as dates; one that stands for not known is none."""
    born = read_birth(said.get("date_of_birth", ""))
    return {key: value for key, value in said.items() if key != "date_of_birth"} | (
        {"date_of_birth": born} if born else {}
    )
