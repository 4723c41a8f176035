"""Households as rows: tied from what records say, ended when people move, parted for good, never telling of the sealed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from moothall.core.access import Refused
from moothall.core.actors import ANONYMOUS, SYSTEM, Actor, ActorKind
from moothall.core.event_feed import events_of_customers
from moothall.customers.actions import change_customer, create_customer
from moothall.customers.linking.actions import merge
from moothall.customers.linking.actions.households import Tied, part_household, tie_again, tie_households
from moothall.customers.linking.actions.refreshing import refresh
from moothall.customers.linking.models import HouseholdTie, SourceRecord
from moothall.customers.linking.queries import household_of
from moothall.customers.linking.rules.households import MOST_AT_ONE_DOOR, Resident, relation, ties
from moothall.customers.models import Customer
from tests.browser import goes_on, looks_right
from tests.customers.linking.conftest import OFFICER
from tests.interfaces.desk.conftest import Officer, chooses_why, officer, says_why, sits_at  # noqa: F401  fixtures

# ruff: noqa: F811  fixtures come by import
pytestmark = pytest.mark.django_db
DOOR, NEXT_DOOR = 72001, 72002
NAMES = st.sampled_from(["Bell", "Bell-Shaw", "Shaw", "O'Neil", "ONeil", "", "Li"])


@pytest.fixture
def lives(council: Any, clock: Any) -> Callable[..., Customer]:
    """Make somebody who lives at a door."""

    def make(given: str, family: str, born: int = 0, uprn: int | None = DOOR, **more: Any) -> Customer:
        return create_customer(
            given_name=given, family_name=family, date_of_birth=date(born, 5, 2) if born else None, uprn=uprn, by=SYSTEM,
            at=clock.now(), **more,
        )  # fmt: skip

    return make


def tie(clock: Any) -> Tied:
    return tie_households(by=SYSTEM, at=clock.now())


def told(person: Customer, actor: Actor = OFFICER) -> dict[str, str]:
    return {one.name: one.relation for one in household_of([person.id], DOOR, actor) if not one.parted}


def test_whoever_gave_no_name_is_nobody_at_this_address(lives: Callable[..., Customer]) -> None:
    person = lives("Amina", "Bell")
    lives("Tom", "Bell")
    lives("", "", contact_points=[("email", "somebody@example.com")])
    assert set(told(person)) == {"Tom Bell"}


def resident(family: str, born: date | None = None, *reach: str) -> Resident:
    return Resident(uuid4(), family, born, frozenset(reach))


@pytest.mark.parametrize(
    ("one", "other", "code"),
    [
        (resident("Bell", date(1950, 1, 1)), resident("bell", date(1980, 1, 1)), "generation"),
        (resident("Bell", date(1950, 1, 1)), resident("Bell-Shaw", date(1952, 1, 1)), "name"),
        (resident("Bell", date(1950, 1, 1)), resident("Bell"), "family"),
        (resident("Bell", None, "+447700900123"), resident("Shaw", None, "+447700900123"), "reach"),
        (resident("Bell"), resident("Shaw"), "address"), (resident(""), resident(""), "address"),
    ],
)  # fmt: skip
def test_what_binds_two_at_one_address(one: Resident, other: Resident, code: str) -> None:
    assert relation(one, other) == relation(other, one) == code


@given(st.lists(st.builds(Resident, st.uuids(), NAMES, st.none() | st.dates(date(1920, 1, 1), date(2020, 1, 1))),
                max_size=15, unique_by=lambda one: one.id))  # fmt: skip
def test_every_two_are_tied_once_and_a_crowd_is_no_household(people: list[Resident]) -> None:
    found = ties(people)
    assert found == ties(people[::-1])
    assert all(one < other for one, other in found)
    many = len(people)
    assert len(found) == (0 if many > MOST_AT_ONE_DOOR else many * (many - 1) // 2)


def test_who_lives_together_is_tied_and_again_changes_nothing(lives: Callable[..., Customer], clock: Any) -> None:
    ruth = lives("Ruth", "Bell", 1950)
    lives("Jo", "Bell", 1982)
    lives("Sam", "Okoro", 1981)
    lives("Ann", "Lee", 1981, uprn=NEXT_DOOR)
    create_customer(organisation_name="Bell Plumbing", uprn=DOOR, by=SYSTEM, at=clock.now())
    assert tie(clock) == Tied(doors=2, made=3)
    assert told(ruth) == {
        "Jo Bell": "same family name, a generation apart", "Sam Okoro": "same address", "Bell Plumbing": "",
    }  # fmt: skip
    before = list(HouseholdTie.objects.order_by("id").values())
    assert tie(clock) == Tied(doors=2)
    assert list(HouseholdTie.objects.order_by("id").values()) == before


def test_who_moves_is_untied_and_tied_where_she_comes(lives: Callable[..., Customer], clock: Any) -> None:
    ruth, jo, ann = lives("Ruth", "Bell"), lives("Jo", "Bell"), lives("Ann", "Lee", uprn=NEXT_DOOR)
    tie(clock)
    clock.advance(days=10)
    before = clock.now()
    change_customer(customer_id=jo.id, changes={"uprn": NEXT_DOOR}, by=SYSTEM, at=clock.now())
    assert tie_households(by=SYSTEM, at=clock.now(), since=before) == Tied(doors=1, made=1, ended=1)
    assert told(ruth) == {}
    assert {one.name for one in household_of([ann.id], NEXT_DOOR, OFFICER)} == {"Jo Bell"}
    change_customer(customer_id=jo.id, changes={"uprn": DOOR}, by=SYSTEM, at=clock.now())
    tie(clock)
    assert told(ruth) == {"Jo Bell": "same family name"}
    assert HouseholdTie.objects.filter(ended_at=None).count() == 1


def test_whoever_was_joined_to_another_record_is_not_a_household_of_her_own(
    lives: Callable[..., Customer], clock: Any
) -> None:
    ruth, jo, double = lives("Ruth", "Bell"), lives("Jo", "Bell"), lives("Joanna", "Bell")
    tie(clock)
    merge(jo.id, double.id, by=SYSTEM, at=clock.now())
    tie(clock)
    assert len(told(ruth)) == 1
    stays = Customer.objects.get(id__in=(jo.id, double.id), joined_to=None)
    assert {one.name for one in household_of([jo.id, double.id], DOOR, OFFICER)} == {"Ruth Bell"}
    assert HouseholdTie.objects.filter(ended_at=None).count() == 1
    assert stays.id in HouseholdTie.objects.filter(ended_at=None).values_list("one", "other").get()


def test_an_officer_parts_two_for_good_and_can_take_it_back(lives: Callable[..., Customer], clock: Any) -> None:
    ruth, lodger = lives("Ruth", "Bell"), lives("Sam", "Bell")
    tie(clock)
    held = HouseholdTie.objects.get()
    with pytest.raises(ValueError, match="Say why"):
        part_household(held.id, why="  ", by=OFFICER, at=clock.now())
    for _ in range(2):
        part_household(held.id, why="A lodger of the same name", by=OFFICER, at=clock.now())
    tie(clock)
    assert told(ruth) == {}
    (parted,) = household_of([ruth.id], DOOR, OFFICER)
    assert (parted.id, parted.parted, parted.why) == (lodger.id, True, "A lodger of the same name")
    for _ in range(2):
        tie_again(held.id, by=OFFICER, at=clock.now())
    assert told(ruth) == {"Sam Bell": "same family name"}
    both = {event.name for one in (ruth, lodger) for event in events_of_customers([one.id])}
    assert {"household.parted", "household.tied"} <= both


def test_two_who_moved_apart_are_not_tied_again_by_taking_back(lives: Callable[..., Customer], clock: Any) -> None:
    lives("Ruth", "Bell")
    jo = lives("Jo", "Bell")
    tie(clock)
    held = HouseholdTie.objects.get()
    part_household(held.id, why="They quarrelled", by=OFFICER, at=clock.now())
    change_customer(customer_id=jo.id, changes={"uprn": NEXT_DOOR}, by=SYSTEM, at=clock.now())
    with pytest.raises(ValueError, match="do not live at one address"):
        tie_again(held.id, by=OFFICER, at=clock.now())


def test_only_who_decides_on_records_parts_a_household(lives: Callable[..., Customer], clock: Any) -> None:
    lives("Ruth", "Bell")
    lives("Jo", "Bell")
    tie(clock)
    held = HouseholdTie.objects.get().id
    stranger = Actor(ActorKind.STAFF, uuid4(), permissions=frozenset({"customer.view"}))
    for act in (lambda: part_household(held, why="x", by=stranger, at=clock.now()),
                lambda: tie_again(held, by=stranger, at=clock.now()),
                lambda: tie_households(by=ANONYMOUS, at=clock.now())):  # fmt: skip
        with pytest.raises(Refused):
            act()
    with pytest.raises(LookupError):
        part_household(uuid4(), why="x", by=OFFICER, at=clock.now())


def known_only_by_social_care(person: Customer, clock: Any) -> None:
    from moothall.customers.linking.models import Delivery

    lot = Delivery.objects.create(system="social-care", whole=False, how="file", received_at=clock.now(), as_of=clock.now(),
                                  state="done", digest=str(person.id)[:64])  # fmt: skip
    SourceRecord.objects.create(
        system="social-care", key=str(person.id), restricted="social-care", as_of=clock.now(), delivery=lot, own=person,
        first_at=clock.now(), changed_at=clock.now(), digest="d",
    )  # fmt: skip
    refresh([person.id])


def test_whom_only_a_restricted_system_knows_is_not_told_of(lives: Callable[..., Customer], clock: Any) -> None:
    ruth, child = lives("Ruth", "Bell"), lives("Robin", "Bell")
    known_only_by_social_care(child, clock)
    tie(clock)
    assert told(ruth) == {}
    social = Actor(ActorKind.STAFF, uuid4(), permissions=frozenset({"customer.view", "restricted.social-care"}))
    assert told(ruth, social) == {"Robin Bell": "same family name"}


def test_it_costs_three_queries_however_many_live_there(lives: Callable[..., Customer], clock: Any) -> None:
    ruth = lives("Ruth", "Bell")
    lives("Jo", "Bell")
    tie(clock)

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            household_of([ruth.id], DOOR, OFFICER)
        return len(seen)

    first = asked()
    for n in range(8):
        lives(f"Child{n}", "Bell", 2010 + n)
    tie(clock)
    assert asked() == first <= 3


def test_the_desk_names_only_what_its_page_shows(
    lives: Callable[..., Customer], clock: Any, officer: Callable[..., Officer]
) -> None:
    ruth, child, ann = lives("Ruth", "Bell"), lives("Robin", "Bell"), lives("Ann", "Lee", uprn=NEXT_DOOR)
    known_only_by_social_care(child, clock)
    tie(clock)
    nadia = officer("records-officer", name="Nadia Ferreira").client
    held = HouseholdTie.objects.get().id
    for person in (ruth, ann):
        says_why(nadia, person, "records")
        assert nadia.post(f"/desk/people/{person.id}/household/{held}", {"why": "x"}).status_code == 404
    assert officer("adviser").client.post(f"/desk/people/{ruth.id}/household/{held}", {"why": "x"}).status_code == 403
    assert HouseholdTie.objects.get().ended_at is None


@pytest.mark.journey
@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_parted_and_taken_back_on_the_persons_page(
    lives: Callable[..., Customer], clock: Any, officer: Callable[..., Officer], page: Page, sits_at: Any,
    shot: Callable[[Page, str], object],
) -> None:  # fmt: skip
    ruth = lives("Ruth", "Bell", 1950)
    lives("Sam", "Bell", 1981)
    tie(clock)
    nadia = officer("records-officer", name="Nadia Ferreira")
    sits_at(nadia, page)
    page.goto(f"/desk/people/{ruth.id}/")
    chooses_why(page, "To see whether two records are one person")
    expect(page.get_by_text("same family name, a generation apart")).to_be_visible()
    page.locator("#household summary").press("Enter")
    with goes_on(page):
        page.get_by_role("button", name="Not of one household").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why they are not of one household.")
    looks_right(page)
    page.get_by_label("Sam Bell is not of their household: why?").fill("A lodger of the same name")
    with goes_on(page):
        page.get_by_role("button", name="Not of one household").click()
    expect(page.get_by_text("Nobody of their household")).to_be_visible()
    page.locator("#household summary").press("Enter")
    expect(page.get_by_role("button", name="Take that back")).to_be_visible()
    looks_right(page)
    shot(page, "parted")
    with goes_on(page):
        page.get_by_role("button", name="Take that back").click()
    expect(page.get_by_text("same family name, a generation apart")).to_be_visible()
