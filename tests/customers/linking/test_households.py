"""The corpus of households, through every door: registered, delivered, and looked through all at once. Nobody is joined."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from moothall.core.actors import SYSTEM
from moothall.customers.actions import create_customer
from moothall.customers.linking import weighing
from moothall.customers.linking.actions import search_all, take_found
from moothall.customers.linking.actions.indexing import index_customers
from moothall.customers.linking.actions.placing import place, recognise
from moothall.customers.linking.matched import Matched
from moothall.customers.linking.models import Delivery, Link, Merge, SourceRecord
from moothall.customers.linking.weighing import Likely
from moothall.customers.matching import queries as matching
from moothall.customers.matching.models import TrainedModel
from moothall.customers.matching.rules.dates import read_birth
from moothall.customers.models import Customer
from tests.customers.linking.conftest import deliver
from tests.customers.linking.files import file_of
from tests.customers.matching.households import HOUSEHOLDS, LIBRARY, RENTS, SEVERAL, SHARED, TAX, Said, housed
from tests.customers.matching.test_households import reckless

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _really_weighed() -> Iterator[None]:
    before = weighing.use(Matched())
    matching.forget_read_models()
    yield
    weighing.use(before)


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


@pytest.mark.long
def test_delivered_by_two_systems_no_household_is_joined(clock: Any, council: Any) -> None:
    now = clock.now()
    delivery = Delivery.objects.create(system="any", how="file", digest="x", as_of=now, whole=False, received_at=now)
    for at, (kind, pair) in enumerate(HOUSEHOLDS.items()):
        for system, said in zip(("council-tax", "library"), pair, strict=True):
            place([_record(system, kind, _with_date(housed(at, said)), delivery, now)], by=SYSTEM, at=now)
        _nobody_is_joined(kind)
    search_all(by=SYSTEM, at=now)
    take_found()
    _nobody_is_joined("looking through all")


@pytest.mark.long
def test_registered_by_themselves_no_household_is_joined(clock: Any, council: Any) -> None:
    for at, (kind, pair) in enumerate(HOUSEHOLDS.items()):
        for said in pair:
            own = _with_date(housed(at, said))
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


KNOWN = "1961-12-24"  # said of everybody in the last home, so that something is joined
HOMES = {**SEVERAL, "one person in three systems": tuple(
    (system, 1, {**SHARED, "given_name": "Amina", "date_of_birth": KNOWN}) for system in (TAX, LIBRARY, RENTS)
)}  # fmt: skip


@pytest.fixture(params=["starting", "trained"])
def weights(request: Any, council: Any, clock: Any) -> str:
    """Weights nobody learnt; or learnt ones that find a reason to join in all that is the same, and never heard of a name."""
    if request.param == "trained":
        TrainedModel.objects.create(
            weights=reckless().as_json(), records=1000, known={}, sessions=[], trained_at=clock.now(), in_use=True
        )
    return str(request.param)


class Unasked(Matched):
    """Real time is not asked: what a bulk run finds is under test."""

    def likely(self, fields: Mapping[str, str], *, but: Iterable[UUID] = (), limit: int = 10) -> list[Likely]:
        return []


def _delivered(clock: Any) -> None:
    """Every record of the homes, in their order, out of its system's own file: the first of each home, then the second."""
    said: dict[str, dict[str, Said]] = {}
    for turn in range(max(len(several) for several in HOMES.values())):
        coming = set()
        for at, several in enumerate(HOMES.values()):
            if turn < len(several):
                system, who, one = several[turn]
                said.setdefault(system, {})[f"{at}-{turn}-{who}"] = housed(at, one)
                coming.add(system)
        for system in sorted(coming):
            taken = deliver(system, file_of(system, said[system]), clock.now())
            assert (taken.state, taken.refused) == ("done", 0), taken.problem
            clock.advance(minutes=1)


def _sets() -> dict[UUID, list[str]]:
    """The records of each customer, as home-place-person."""
    found: dict[UUID, list[str]] = {}
    for link in Link.objects.filter(undone_at=None).select_related("record", "customer"):
        found.setdefault(link.customer.joined_to_id or link.customer_id, []).append(link.record.key)
    return found


def _nobody_is_two(how: str) -> None:
    kinds = list(HOMES)
    for keys in _sets().values():
        people = {(key.split("-")[0], key.split("-")[2]) for key in keys}
        assert len(people) == 1, f"{how} took two for one: {kinds[int(keys[0].split('-')[0])]}: {sorted(keys)}"
    last = [keys for keys in _sets().values() if keys[0].startswith(f"{len(kinds) - 1}-")]
    assert [len(keys) for keys in last] == [3], "who is one for certain was not joined"


@pytest.mark.long
def test_of_three_records_and_more_no_two_people_are_joined(weights: str, clock: Any) -> None:
    _delivered(clock)
    _nobody_is_two("real time")
    search_all(by=SYSTEM, at=clock.now())
    take_found()
    _nobody_is_two("looking through all")


@pytest.mark.long
def test_looked_through_all_at_once_no_two_people_are_joined(weights: str, clock: Any) -> None:
    weighing.use(Unasked())
    _delivered(clock)
    weighing.use(Matched())
    search_all(by=SYSTEM, at=clock.now())
    take_found()
    _nobody_is_two("looking through all")


def _with_date(said: Said) -> Said:
    """A delivery's own reading keeps dates of birth as dates; one that stands for not known is none."""
    born = read_birth(said.get("date_of_birth", ""))
    return {key: value for key, value in said.items() if key != "date_of_birth"} | (
        {"date_of_birth": born} if born else {}
    )
