"""Households of three records and more: no chain of records brings two people together, whatever was learnt."""

from __future__ import annotations

import pytest

from moothall.customers.matching.bulk.linking import Linked, link_all
from moothall.customers.matching.bulk.tables import people_table
from moothall.customers.matching.rules import Model, standardise, starting_model
from moothall.customers.matching.rules.deciding import contradiction, names_another
from moothall.customers.matching.rules.scoring import RARE
from tests.customers.matching.households import SEVERAL, SHARED, Said, housed
from tests.customers.matching.test_households import reckless

TWIN = {**SHARED, "date_of_birth": "2011-05-06"}
BESIDE: dict[str, tuple[Said, ...]] = {  # of what one record alone says, and no system of ours delivers
    "boy and girl of one name, and a record that does not say": (
        {**TWIN, "given_name": "Alex"}, {**TWIN, "given_name": "Alex", "sex": "m"},
        {**TWIN, "given_name": "Alex", "sex": "f"},
    ),
    "the elder, the younger, and a record that does not say": (
        {**TWIN, "given_name": "John"}, {**TWIN, "given_name": "John Jnr"}, {**TWIN, "given_name": "John Snr"},
    ),
    "two identity numbers, and a record without": (
        {**TWIN, "given_name": "Wei"}, {**TWIN, "given_name": "Wei", "id_number": "QQ 12 34 56 A"},
        {**TWIN, "given_name": "Wei", "id_number": "QQ 65 43 21 C"},
    ),
}  # fmt: skip


def _linked(records: list[tuple[str, Said]], model: Model, *, owned: dict[str, str] | None = None) -> Linked:
    people = people_table((str(at), system, standardise(said)) for at, (system, said) in enumerate(records))
    if owned is not None:
        import pyarrow as pa

        people = people.append_column("customer", pa.array([owned.get(str(at)) for at in range(len(records))]))
    return link_all(people, model, owned=owned is not None)


@pytest.mark.parametrize(
    "model", [starting_model(), starting_model(rare=RARE), reckless()], ids=["ours", "rare", "all"]
)
def test_no_group_holds_two_people(model: Model) -> None:
    records = [
        (kind, system, who, housed(at, said))
        for at, (kind, several) in enumerate(SEVERAL.items())
        for system, who, said in several
    ]
    linked = _linked([(system, said) for _, system, _, said in records], model)
    try:
        for group in linked.groups.several():
            assert len({records[at][:1] + records[at][2:3] for at in group}) == 1, [records[at] for at in group]
        assert linked.compared > len(records)
    finally:
        linked.close()


def test_a_record_that_fits_two_joins_neither_and_officers_are_asked() -> None:
    said = [
        (system, housed(at, record))
        for at, three in enumerate(BESIDE.values())
        for system, record in zip(("tax", "library", "rents"), three, strict=True)
    ]
    linked = _linked(said, starting_model())
    try:
        assert not list(linked.groups.several())
        asked = {(row["a"], row["b"]): (row["decision"], row["reason"]) for row in linked.pairs().to_pylist()}
        for first in range(0, len(said), 3):
            for other in (first + 1, first + 2):
                pair = (str(first), str(other)) if (str(first), str(other)) in asked else (str(other), str(first))
                assert asked[pair] == ("review", "Fits two people whom the rules keep apart")
    finally:
        linked.close()


def test_a_record_that_fits_one_alone_is_joined() -> None:
    twin = {**SHARED, "date_of_birth": "2011-05-06"}
    said = [
        ("tax", {**twin, "given_name": "Mohammed"}), ("library", {**twin, "given_name": "Mohammed Ali"}),
        ("rents", {**twin, "given_name": "Mohammed A"}),
    ]  # fmt: skip
    linked = _linked(said, starting_model())
    try:
        assert [sorted(one) for one in linked.groups.several()] == [[0, 1, 2]]
    finally:
        linked.close()


def test_what_one_customers_other_records_say_holds_a_pair_back() -> None:
    """An officer took the elder's dateless record for one with the library's; the younger fits the library's alone."""
    one = {**SHARED, "given_name": "Mohammed", "date_of_birth": "2011-05-06"}
    said = [
        ("tax", {**one, "given_name": "Mohammed Ali", "phone": "", "mobile": "", "email": "", "date_of_birth": ""}),
        ("library", one), ("rents", {**one, "given_name": "Mohammed Hassan"}),
    ]  # fmt: skip
    linked = _linked(said, starting_model(), owned={"0": "x", "1": "x", "2": "y"})
    try:
        assert linked.groups.of(2) != linked.groups.of(1)
        assert [row["kind"] for row in linked.found(3).to_pylist()] == ["review"]
    finally:
        linked.close()


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ({"given_name": "Amina"}, {"given_name": "AMINA", "family_name": "Oyelaran"}, ""),
        ({"given_name": "Amina"}, {"given_name": "A"}, ""),
        ({"given_name": "Amina"}, {"given_name": ""}, ""),
        ({"given_name": "Amina"}, {"given_name": "Dunn", "family_name": "Amina"}, ""),
        ({"given_name": "Marie"}, {"given_name": "Dunn", "family_name": "Anna"}, "Given names differ"),
        ({"given_name": "Ella"}, {"given_name": "Elsa"}, "Given names differ"),
        ({"given_name": "Anna Marie"}, {"given_name": "Marie Anna"}, "Given names differ"),
        ({"given_name": "Jo", "date_of_birth": "1984-04-03"}, {"given_name": "Jo", "date_of_birth": "1984-03-04"}, ""),
        (
            {"given_name": "Jo", "date_of_birth": "1984-04-03"}, {"given_name": "Jo", "date_of_birth": "1984-04-13"},
            "Dates of birth differ",
        ),
        ({"given_name": "Ali Hassan Khan"}, {"given_name": "Ali H"}, ""),
        ({"given_name": "Ali Hassan Khan"}, {"given_name": "Ali Hamza"}, "Different middle names"),
        ({"given_name": "Jo", "sex": "f"}, {"given_name": "Jo", "sex": "m"}, "Sex differs"),
        ({"given_name": "Jo Jnr"}, {"given_name": "Jo Snr"}, "One is the elder, one the younger"),
        ({"given_name": "Jo", "id_number": "A1"}, {"given_name": "Jo", "id_number": "A2"}, "Identity numbers differ"),
    ],
)  # fmt: skip
def test_what_speaks_of_two(one: Said, other: Said, why: str) -> None:
    a, b = standardise({**SHARED, **one}), standardise({**SHARED, **other})
    assert contradiction(a, b) == contradiction(b, a) == why


@pytest.mark.parametrize(
    ("before", "now", "another"),
    [
        ({"given_name": "Amina"}, {"given_name": "Amina", "family_name": "Oyelaran"}, False),
        ({"given_name": "Amnia"}, {"given_name": "Amina"}, False),
        ({"given_name": "Bob"}, {"given_name": "Robert"}, False),
        ({"given_name": "A"}, {"given_name": "Amina"}, False),
        ({"given_name": "Amina", "date_of_birth": ""}, {"given_name": "Amina", "date_of_birth": "1984-04-03"}, False),
        ({"date_of_birth": "1984-04-03"}, {"date_of_birth": "1984-04-13"}, False),
        ({"date_of_birth": "1984-04-03"}, {"date_of_birth": "1948-04-03"}, False),
        ({"given_name": "Amina"}, {"given_name": "Peter"}, True),
        ({"given_name": "John", "date_of_birth": "1956-02-07"}, {"given_name": "John", "date_of_birth": "1984-09-12"}, True),
        ({"given_name": "John", "date_of_birth": "1956-02-07"}, {"given_name": "John", "date_of_birth": "1984-02-07"}, True),
        ({"given_name": "John Snr"}, {"given_name": "John Jnr"}, True),
        ({"given_name": "Alex", "sex": "f"}, {"given_name": "Alex", "sex": "m"}, True),
    ],
)  # fmt: skip
def test_whether_a_record_has_come_to_name_somebody_else(before: Said, now: Said, another: bool) -> None:
    old, new = standardise({**SHARED, "given_name": "Jo", **before}), standardise({**SHARED, "given_name": "Jo", **now})
    assert names_another(old, new) is another
