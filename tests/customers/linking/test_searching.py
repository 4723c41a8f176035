"""A look through every record at once: what is sure is joined, what may be waits for somebody, and nothing happens twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from moothall.core.access import Refused
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.customers.actions import create_customer
from moothall.customers.linking import weighing
from moothall.customers.linking.actions import keep_apart, search_all, searching, take_found, unmerge
from moothall.customers.linking.actions.indexing import index_missing
from moothall.customers.linking.actions.placing import recognise
from moothall.customers.linking.matched import Matched
from moothall.customers.linking.models import Apart, BulkRun, FoundPair, Link, Merge, Pair, PairState
from moothall.customers.linking.weighing import Likely
from moothall.customers.matching import queries as matching
from moothall.customers.models import Customer
from tests.customers.linking.conftest import OFFICER, TAX, WASTE, csv_of, deliver, tax_row, waste_row

pytestmark = pytest.mark.django_db(transaction=True)


class Unasked(Matched):
    """Keeps what records say, and is asked about nobody: what a bulk run is for."""

    def likely(self, fields: Mapping[str, str], *, but: Iterable[UUID] = (), limit: int = 10) -> list[Likely]:
        return []


@pytest.fixture(autouse=True)
def _unasked() -> Iterator[None]:
    before = weighing.use(Unasked())
    matching.forget_read_models()
    yield
    weighing.use(before)


def _records(at: Any) -> None:
    """Amina Dunn is in council tax and housing rents alike; Peter, her husband, in both; so are two who may be one."""
    home = {"ADDR1": "14 Mill Lane", "ADDR2": "Otley", "POSTCODE": "LS21 1AA", "TELEPHONE": "0113 496 0123"}
    deliver(
        "council-tax",
        csv_of(
            TAX,
            [
                tax_row("1", "Dunn", given="Amina", born="03/04/1984", **home),
                tax_row("2", "Dunn", given="Peter", born="19/11/1982", **home),
                tax_row(
                    "3", "Okonkwo", given="Chidi", born="01/02/1990", ADDR1="3 Long Row", TELEPHONE="0113 496 0200"
                ),
            ],
        ),
        at,
    )
    there = {"address": "14 Mill Lane, Otley", "postcode": "LS21 1AA", "phone": "0113 496 0123"}
    elsewhere = {"address": "3 Long Row, Otley", "phone": "0113 496 0200"}
    deliver(
        "waste",
        csv_of(
            WASTE,
            [
                waste_row("a", "Dunn", given="Amina", **there),
                waste_row("b", "Dunn", given="Peter", **there),
                waste_row("c", "Okonkwo", given="Chidi", **there | elsewhere),
            ],
        ),
        at + timedelta(minutes=1),
    )  # fmt: skip


def _state() -> dict[str, Any]:
    return {
        "merges": sorted(Merge.objects.filter(undone_at=None).values_list("joined_id", "into_id")),
        "pairs": sorted(Pair.objects.values_list("one_id", "other_id", "state", "by_hand")),
        "heads": sorted(Customer.objects.values_list("id", "joined_to_id").order_by("id"), key=str),
        "links": Link.objects.filter(undone_at=None).count(),
    }


@pytest.mark.long
def test_what_may_be_one_waits_for_somebody_and_nothing_happens_twice(clock: Any, council: Any) -> None:
    _records(clock.now())
    run = search_all(by=SYSTEM, at=clock.now())
    assert run.records >= 6
    assert FoundPair.objects.count() == run.joins + run.asks
    assert take_found() is not None
    waiting = {
        frozenset(
            Link.objects.filter(customer__in=[pair.one_id, pair.other_id], undone_at=None).values_list(
                "record__key", flat=True
            )
        )
        for pair in Pair.objects.filter(state=PairState.OPEN)
    }
    # No date of birth in the waste system: a person decides. Husband and wife are never put side by side.
    assert waiting == {frozenset({"1", "a"}), frozenset({"2", "b"}), frozenset({"3", "c"})}
    assert not Merge.objects.exists()
    assert not FoundPair.objects.exists()
    once = _state()
    clock.advance(days=1)
    search_all(by=SYSTEM, at=clock.now())
    take_found()
    assert _state() == once
    assert BulkRun.objects.order_by("-started_at").first().listed == 0  # type: ignore[union-attr]


@pytest.fixture
def doubles(clock: Any, council: Any) -> list[Customer]:
    """Six people, each known twice by surely the same words."""
    made = []
    for at, family in enumerate(["Dunn", "Okonkwo", "Kaur", "Novak", "Hughes", "Begum"]):
        for _ in range(2):
            made.append(
                create_customer(
                    given_name=f"Amina{'abcdef'[at]}", family_name=family, date_of_birth=date(1950 + at, 11, 22),
                    address_text=f"{at + 1} Mill Lane, Otley, LS21 1AA", by=SYSTEM, at=clock.now(),
                    contact_points=[("phone", f"07700 90010{at}"), ("email", f"{family.lower()}@example.com")],
                )
            )  # fmt: skip
            clock.advance(minutes=1)
    index_missing()
    return made


@pytest.mark.long
def test_what_is_sure_is_joined_a_few_at_a_time_and_can_be_taken_back(
    doubles: list[Customer], clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Both of a pair are our own records (one source): such doubles are asked about, not joined.
    run = search_all(by=SYSTEM, at=clock.now())
    assert (run.joins, run.asks) == (0, 6)

    _as_if_of_two_systems(doubles)
    monkeypatch.setattr(searching, "BATCH", 2)
    run = search_all(by=SYSTEM, at=clock.now())
    assert run.joins == 6
    stopped = take_found(stop_after=1)
    assert stopped is not None
    assert (stopped.joined, stopped.finished_at) == (2, None)
    done = take_found()
    assert done is not None
    assert (done.joined, done.listed) == (6, 0)
    assert Merge.objects.filter(how="machine", undone_at=None).count() == 6
    assert all(merge.parts for merge in Merge.objects.all())
    assert Pair.objects.filter(state=PairState.JOINED, decided_by=None).count() == 6

    # Taken back, it is not joined again by any run: it waits for a person.
    merge = Merge.objects.order_by("at", "id").first()
    assert merge is not None
    unmerge(merge.id, why="Mother and daughter", by=OFFICER, at=clock.now())
    before = _state()
    search_all(by=SYSTEM, at=clock.now())
    take_found()
    assert _state() == before
    assert Merge.objects.filter(undone_at=None).count() == 5
    assert Pair.objects.get(state=PairState.OPEN).by_hand


def _as_if_of_two_systems(doubles: list[Customer]) -> None:
    from moothall.customers.matching.models import PersonKey

    for at, who in enumerate(doubles):
        PersonKey.objects.filter(record_id=who.id).update(source=f"system-{at % 2}")


@pytest.mark.long
def test_never_is_never_and_who_was_taken_down_by_hand_is_asked_about(doubles: list[Customer], clock: Any) -> None:
    _as_if_of_two_systems(doubles)
    keep_apart(doubles[0].id, doubles[1].id, reason="Mother and daughter", by=OFFICER, at=clock.now())
    weighing.use(Matched())
    recognise(doubles[2].id, sure=False, at=clock.now())  # an officer took her down as new
    weighing.use(Unasked())
    assert Pair.objects.get(state=PairState.OPEN).by_hand
    search_all(by=SYSTEM, at=clock.now())
    take_found()
    joined = {who for pair in Merge.objects.filter(undone_at=None) for who in (pair.joined_id, pair.into_id)}
    assert joined == {who.id for who in doubles[4:]}
    assert Apart.objects.count() == 1


def test_not_for_everybody(clock: Any, council: Any) -> None:
    with pytest.raises(Refused):
        search_all(by=ANONYMOUS, at=clock.now())
    with pytest.raises(searching.NothingToCompare, match="0 records"):
        search_all(by=SYSTEM, at=clock.now())
    assert take_found() is None


def test_what_was_found_is_written_as_it_is(clock: Any, council: Any) -> None:
    import pyarrow as pa

    from moothall.customers.linking.actions import searching
    from moothall.customers.linking.models import BulkRun, FoundPair

    run = BulkRun.objects.create(
        records=4, compared=6, joins=2, asks=1, started_at=clock.now(), found_at=clock.now(), model_version=None
    )
    ids = [UUID(int=n * 7**20) for n in range(1, 7)]
    table = pa.table({
        "a": [str(one) for one in ids[:3]], "b": [str(one) for one in ids[3:]], "weight": [21.5, -0.1, 7.000000001],
        "kind": ["auto", "auto", "review"],
    })  # fmt: skip
    searching._write(run.id, table)
    rows = FoundPair.objects.filter(run=run).order_by("number").values_list("number", "one", "other", "weight", "kind")
    assert list(rows) == [
        (1, ids[0], ids[3], 21.5, "auto"), (2, ids[1], ids[4], -0.1, "auto"), (3, ids[2], ids[5], 7.000000001, "review"),
    ]  # fmt: skip
    searching._write(run.id, table.slice(0, 0))
    assert FoundPair.objects.count() == 3


def test_the_setting_says_what_scores(doubles: list[Customer], clock: Any, settings: Any, monkeypatch: Any) -> None:
    from moothall.customers.matching import bulk

    asked: list[str] = []

    def stands_in(*args: Any, engine: str, **more: Any) -> Any:
        asked.append(engine)
        return real(*args, **more)

    real = bulk.link_all
    monkeypatch.setattr(bulk, "link_all", stands_in)
    search_all(by=SYSTEM, at=clock.now())
    settings.LINK_ENGINE = "spark"
    search_all(by=SYSTEM, at=clock.now())
    assert asked == ["duckdb", "spark"]
