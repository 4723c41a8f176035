"""Finding an address from what people type."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from moothall.core.access import Refused
from moothall.core.actors import ANONYMOUS, SYSTEM
from moothall.places.actions import Premises, import_areas, import_premises, import_streets
from moothall.places.matching import premises_of
from moothall.places.queries import address, addresses_at, area_name, find_addresses, find_streets
from moothall.places.rules import postcode_key, search_text, split_postcode

pytestmark = pytest.mark.django_db

ROWS = [
    Premises(
        uprn=1, address="2 Mill Lane, Headingley", number="2", street="Mill Lane", postcode="ls6 1aa", area_code="E1"
    ),
    Premises(uprn=2, address="14 Mill Lane, Headingley", number="14", street="Mill Lane", postcode="LS6 1AA"),
    Premises(uprn=3, address="Flat 14, 4 Mill Lane, Headingley", number="4", street="Mill Lane", postcode="LS61AA"),
    Premises(uprn=4, address="14 St Mary’s Road, Burley", number="14", street="St Mary’s Road", postcode="LS4 2BB"),
    Premises(uprn=6, address="14 Windmill Lane, Yeadon", number="14", street="Windmill Lane", postcode="LS19 7AA"),
    Premises(uprn=5, address="The Old Schoolhouse, Kirkstall", street="Abbey Walk", postcode="LS5 3CC"),
]


@pytest.fixture(autouse=True)
def _addresses() -> None:
    import_premises(ROWS, by=SYSTEM)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("LS6 1AA", 1), ("14 ls61aa", 2), ("14 mill lane", 2), ("14 mil lane", 2), ("st marys road", 4),
        ("14 st mary's rd", 4), ("old schoolhouse", 5), ("old scoolhouse kirkstal", 5), ("4 mill lane", 3),
    ],
)  # fmt: skip
def test_it_is_found_first(typed: str, first: int) -> None:
    found = find_addresses(typed)
    assert found[0].uprn == first


def test_a_postcode_lists_its_houses_in_the_order_one_walks_them() -> None:
    assert [line.uprn for line in addresses_at("ls6 1aa")] == [1, 3, 2]
    assert [line.uprn for line in addresses_at("LS6 1AA", number="14")] == [2, 3]
    assert [line.uprn for line in addresses_at("LS6 1AA", number="14 Mill Lane")] == [2, 3]
    assert [line.uprn for line in find_addresses("2 Mill Lane LS6 1AA")] == [1]
    assert [line.uprn for line in find_addresses("77 Mill Lane LS6 1AA")] == [1, 3, 2], (
        "no such number: all that are there"
    )
    assert addresses_at("LS6") == []
    assert address(1).text == "2 Mill Lane, Headingley, LS6 1AA"  # type: ignore[union-attr]
    assert address(99) is None


def test_two_queries_at_most_whatever_is_typed() -> None:
    for typed in ("14 mill lane", "LS6 1AA", "mill", "milll laen"):
        with CaptureQueriesContext(connection) as asked:
            find_addresses(typed)
        assert 1 <= len(asked) <= 2


@given(st.text(max_size=60))
def test_anything_may_be_typed(typed: str) -> None:
    assert search_text(search_text(typed)) == search_text(typed)
    rest, key = split_postcode(typed)
    assert key == "" or postcode_key(key) == key
    assert len(rest) <= len(typed)


@pytest.mark.parametrize(
    "typed", ["", "   ", "'", "%", "\\", "14", "💩", "a" * 5000, "'; DROP TABLE places_property; --"]
)
def test_odd_words_find_nothing_and_break_nothing(typed: str) -> None:
    assert isinstance(find_addresses(typed), list)


def test_an_import_again_changes_only_what_changed() -> None:
    assert import_premises(ROWS, by=SYSTEM) == (6, 0)
    moved = [Premises(uprn=1, address="2A Mill Lane, Headingley", number="2A", postcode="LS6 1AA"), *ROWS[1:]]
    assert import_premises(moved, by=SYSTEM) == (6, 1)
    twice = [Premises(uprn=9, address="Old"), Premises(uprn=9, address="New")]
    assert import_premises(twice, by=SYSTEM) == (2, 1)
    assert address(9).text == "New"  # type: ignore[union-attr]
    import_premises([Premises(uprn=10, address="10\x00 Mill\x00  Lane", number="1\x000")], by=SYSTEM)
    assert address(10).text == "10 Mill Lane"  # type: ignore[union-attr]
    with pytest.raises(Refused):
        import_premises(ROWS, by=ANONYMOUS)


def test_areas_and_streets_have_names() -> None:
    import_areas([("E1", "ward", "Headingley"), ("E1", "ward", "Headingley")][:1], by=SYSTEM)
    import_streets([(100, "Mill Lane", "Headingley", "E1"), (101, "Abbey Walk", "", "")], by=SYSTEM)
    assert area_name("E1") == "Headingley"
    assert area_name("E9") == "E9"
    assert find_streets("mil lane")[0] == "Mill Lane, Headingley"


@pytest.mark.parametrize(
    ("written", "postcode", "uprn"),
    [
        ("2 Mill Lane, Headingley", "LS6 1AA", 1), ("2 MILL LANE LS61AA", "", 1), ("2 Mil Lane", "LS6 1AA", 1),
        ("2 Mill Ln, Headingly, Leeds", "ls6 1aa", 1), ("Flat 14, 4 Mill Lane", "LS6 1AA", 3),
        ("14 Saint Marys Rd", "LS4 2BB", 4), ("The Old Schoolhouse", "LS5 3CC", 5),
        ("14 Mill Lane", "LS6 1AA", 2),  # not flat 14 of number 4
        ("77 Mill Lane", "LS6 1AA", None), ("2 Mill Lane", "", None), ("2 Abbey Walk", "LS6 1AA", None),
        ("2 Mill Lane", "LS19 7AA", None), ("Flat 2, 14 Mill Lane", "LS6 1AA", None), ("", "LS6 1AA", None), ("", "", None),
    ],
)  # fmt: skip
def test_a_written_address_is_premises_only_where_it_is_sure(written: str, postcode: str, uprn: int | None) -> None:
    found = premises_of([(written, postcode)])[0]
    assert (found.uprn if found else None) == uprn


def test_two_doors_that_are_as_near_are_nobodys_and_many_cost_three_queries() -> None:
    two = [
        Premises(uprn=20, address="1 Hill View", postcode="LS7 1AA"),
        Premises(uprn=21, address="1 Hill Views", postcode="LS7 1AA"),
        Premises(uprn=22, address="5 Hill View", postcode="LS7 1AA"),
        Premises(uprn=23, address="5 Abbey Place", postcode="LS7 1AA"),
    ]
    import_premises(two, by=SYSTEM)
    assert premises_of([("1 Hil View", "LS7 1AA")]) == [None]
    with CaptureQueriesContext(connection) as seen:
        found = premises_of([("5 Hil View", "LS7 1AA")] * 40)
    assert [one.uprn for one in found if one] == [22] * 40
    assert len(seen) == 3
