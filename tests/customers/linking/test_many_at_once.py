"""A first load and a night with many: what is read and asked of the database does not grow with what is there."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moothall.core.actors import SYSTEM
from moothall.core.ids import new_id
from moothall.customers.actions import create_customer
from moothall.customers.linking.actions import keep_apart, merge, note_pair, search_firms
from moothall.customers.linking.actions.pairs import note_pairs
from moothall.customers.linking.models import Pair
from moothall.customers.linking.weighing import Likely
from moothall.customers.matching import firm_queries
from moothall.customers.matching.actions import keep_firms
from moothall.customers.matching.firm_queries import TOGETHER, firm_pairs
from moothall.customers.matching.models import FirmKey
from moothall.customers.matching.rules.deciding import Kind
from moothall.customers.matching.rules.firms import weigh_firms
from moothall.customers.rules.organisations import Firm
from tests.customers.linking.conftest import OFFICER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
WORDS = ("Ash", "Beech", "Cedar", "Dale", "Elm", "Fern", "Gorse", "Holly", "Ivy", "Juniper")


def _firms(count: int, chance: random.Random, *, owners: int) -> dict[UUID, tuple[UUID, str, Firm]]:
    """Firms that share doors, postcodes and now and then a number, kept as deliveries keep them."""
    who = [new_id() for _ in range(owners)]
    made = {
        new_id(): (
            chance.choice(who), chance.choice(("business-rates", "waste")),
            Firm(
                f"{chance.choice(WORDS)} {chance.choice(WORDS)} Ltd", f"LS{chance.randrange(9)}1AA",
                chance.choice(("", "", f"0{chance.randrange(1_000_000, 1_000_030)}")), "", "",
                str(72_000 + chance.randrange(40)),
            ),
        )
        for _ in range(count)
    }  # fmt: skip
    keep_firms((record, *said) for record, said in made.items())
    return made


def test_pairs_of_organisations_are_those_that_comparing_all_with_all_finds() -> None:
    held = _firms(160, random.Random(4), owners=50)
    by_key: dict[str, list[UUID]] = {}
    for record in FirmKey.objects.all():
        for key in record.keys:
            by_key.setdefault(key, []).append(record.record_id)
    wanted: dict[tuple[UUID, UUID], float] = {}
    for records in by_key.values():
        if len({held[one][0] for one in records}) > TOGETHER:
            continue
        for one in records:
            for other in records:
                two = (held[one][0], held[other][0])
                weighed = weigh_firms(held[one][2], held[other][2])
                if two[0].int < two[1].int and weighed.kind is not Kind.APART:
                    wanted[two] = max(wanted.get(two, -99.0), weighed.weight)
    found = list(firm_pairs())
    assert {(pair.one, pair.other): pair.weighed.weight for pair in found} == wanted
    assert len(wanted) > 20
    assert [pair.weighed.weight for pair in found] == sorted(wanted.values(), reverse=True)


def test_a_night_asks_as_much_of_the_database_however_many_firms_there_are() -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert list(firm_pairs())
        return len([one for one in queries.captured_queries if "SAVEPOINT" not in one["sql"]])

    _firms(60, random.Random(1), owners=60)
    few = asked()
    _firms(500, random.Random(2), owners=500)
    assert asked() == few == 1


def test_a_number_that_stands_for_something_else_is_not_weighed_each_with_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four hundred accounts of a number that somebody put in for want of one, among them three of one firm."""
    count = 4 * TOGETHER
    names = [f"{one} {other} {at} Ltd" for at, (one, other) in enumerate((a, b) for a in WORDS for b in WORDS)][:count]
    names += [f"Number {at} Limited" for at in range(count - len(names) - 3)] + ["Otley Motors"] * 3
    keep_firms((new_id(), new_id(), "business-rates", Firm(name, company_number="01234567")) for name in names)
    weighed = []

    def counted(one: Firm, other: Firm) -> Any:
        weighed.append(one)
        return weigh_firms(one, other)

    monkeypatch.setattr(firm_queries, "weigh_firms", counted)
    sure = [pair for pair in firm_pairs() if pair.weighed.parts[1].level == "same"]
    assert len(weighed) == len(names) - 1
    assert len(sure) == 2, "each is led to the next"


@pytest.fixture
def people(clock: Any) -> Callable[[int], list[UUID]]:
    def make(count: int) -> list[UUID]:
        return [
            create_customer(given_name=WORDS[at % 10], family_name="Dunn", by=SYSTEM, at=clock.advance(minutes=1)).id
            for at in range(count)
        ]

    return make


def _likely(weight: float = 9.0) -> Likely:
    return Likely(new_id(), weight, [{"field": "given", "weight": weight}], "review", "why")


def test_many_pairs_are_listed_in_as_many_statements_as_a_few(people: Callable[[int], list[UUID]], clock: Any) -> None:
    def statements(count: int) -> int:
        some = people(count + 1)
        with CaptureQueriesContext(connection) as queries:
            assert note_pairs([(one, some[0], _likely()) for one in some[1:]], at=clock.now()) == count
        return len([one for one in queries.captured_queries if "SAVEPOINT" not in one["sql"]])

    assert statements(3) == statements(30) <= 8


def test_many_pairs_are_listed_as_one_by_one(people: Callable[[int], list[UUID]], clock: Any) -> None:
    """Of every kind of pair one: new, waiting, decided, never to be, one already, joined since, of an organisation, twice."""
    at: datetime = clock.advance(days=1)
    everybody = people(13)
    firm = create_customer(organisation_name="Dunn Ltd", by=SYSTEM, at=at).id
    new, waits, decided, never, already, joined = (tuple(everybody[n : n + 2]) for n in range(0, 12, 2))
    note_pair(*waits, weight=1.0, parts=[], at=at, reason="before")
    note_pair(*decided, weight=1.0, parts=[], at=at)
    Pair.objects.filter(one__in=decided).update(state="unsure")
    keep_apart(*never, by=OFFICER, at=at)
    merge(*already, by=OFFICER, at=at)
    merge(joined[0], everybody[12], by=OFFICER, at=at)
    gone = new_id()
    coming = [
        (*new, _likely(3.0)), (new[1], new[0], _likely(8.0)), (*waits, _likely()), (*decided, _likely()),
        (*never, _likely()), (*already, _likely()), (everybody[12], joined[1], _likely()), (firm, new[0], _likely()),
        (gone, new[0], _likely()),
    ]  # fmt: skip
    assert note_pairs(coming, at=at + timedelta(days=1)) == 2
    kept = {
        frozenset((pair.one_id, pair.other_id)): (pair.state, pair.weight, pair.reason) for pair in Pair.objects.all()
    }
    assert kept == {
        frozenset(new): ("open", 8.0, "why"), frozenset(waits): ("open", 9.0, "why"),
        frozenset(decided): ("unsure", 1.0, ""), frozenset(joined): ("open", 9.0, "why"),
    }  # fmt: skip
    assert note_pairs(coming, at=at + timedelta(days=2)) == 0


def test_a_look_through_no_organisations_does_nothing(clock: Any) -> None:
    assert search_firms(by=SYSTEM, at=clock.now()) == (0, 0)
