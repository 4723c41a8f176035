"""Where a date of birth is missing, the systems of a council tell parent from child together, or nobody does."""

from typing import Any

import pytest

from moothall.core.ids import new_id
from moothall.customers.matching import actions, queries
from moothall.customers.matching.bulk.linking import link_all
from moothall.customers.matching.bulk.tables import people_table
from moothall.customers.matching.rules import Kind, standardise
from moothall.customers.matching.rules.scoring import starting_model
from tests.customers.matching.households import SHARED, Said

FATHER = {**SHARED, "given_name": "John", "date_of_birth": "1956-02-07"}
NO_DATE = {**SHARED, "given_name": "John"}
SON = {**SHARED, "given_name": "John", "date_of_birth": "1984-09-12"}
ALONE = {"phone": "", "mobile": "", "email": ""}

# What the other systems say of that door, and whether the machine may join the library's John without a date to the tax's.
DOORS: dict[str, tuple[list[tuple[str, Said]], bool]] = {
    "three systems know one John": ([("rents", FATHER)], True),
    "the third knows him by his short name": ([("rents", {**FATHER, "given_name": "Jack"})], True),
    "the third has day and month the other way round": ([("rents", {**FATHER, "date_of_birth": "1956-07-02"})], True),
    "the third has no property number": ([("rents", {**FATHER, "uprn": ""})], True),
    "nobody else knows": ([], False),
    "another John next door": ([("rents", {**FATHER, "uprn": "100002", "number": "14"})], False),
    "the third knows the son": ([("rents", SON)], False),
    "the third knows the son, without a property number": ([("rents", FATHER), ("roll", {**SON, "uprn": ""})], False),
    "the roll lists two Johns": ([("rents", FATHER), ("roll", FATHER), ("roll", NO_DATE)], False),
    "the tax lists another John": ([("rents", FATHER), ("tax", NO_DATE)], False),
    "one of them is called the younger": ([("rents", {**FATHER, "family_name": "Dunn Jnr"})], False),
    "second names differ": (
        [("rents", {**FATHER, "middle_names": "Paul"}), ("roll", {**FATHER, "middle_names": "Andrew"})], False
    ),
    "one of them is a woman": (
        [("rents", {**FATHER, "sex": "m"}), ("roll", {**FATHER, "sex": "f"})], False
    ),
}  # fmt: skip


def _bulk(others: list[tuple[str, Said]], dateless: Said) -> str:
    said = [("tax", FATHER), ("library", dateless), *others]
    people = people_table((str(at), system, standardise(each)) for at, (system, each) in enumerate(said))
    linked = link_all(people, starting_model())
    try:
        rows = linked.pairs().to_pylist()
        return next((row["decision"] for row in rows if {row["a"], row["b"]} == {"0", "1"}), "apart")
    finally:
        linked.close()


def _real_time(others: list[tuple[str, Said]], dateless: Said) -> Kind:
    tax = new_id()
    actions.keep_people(
        [
            (tax, None, "tax", standardise(FATHER)),
            *((new_id(), None, system, standardise(each)) for system, each in others),
        ]
    )
    found: dict[Any, Kind] = {
        each.record_id: each.decision.kind
        for each in queries.candidates(standardise(dateless), source="library", apart=True)
    }
    return found[tax]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", DOORS)
def test_the_door_tells_in_bulk_and_in_real_time(kind: str) -> None:
    others, joined = DOORS[kind]
    assert _bulk(others, NO_DATE) == ("auto" if joined else "review")
    assert _real_time(others, NO_DATE) is (Kind.AUTO if joined else Kind.REVIEW)


@pytest.mark.django_db
def test_the_name_at_the_door_alone_is_not_enough() -> None:
    """Neither telephone nor email agrees: whoever vouches, an officer is asked."""
    others = [("rents", FATHER), ("roll", FATHER)]
    assert _bulk(others, {**NO_DATE, **ALONE}) != "auto"
    assert _real_time(others, {**NO_DATE, **ALONE}) is not Kind.AUTO
