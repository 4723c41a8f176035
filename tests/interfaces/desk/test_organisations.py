"""Organisations and who acts for them: made once, found again by another spelling, seen from both sides, with evidence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from moothall.cases.models import Case
from moothall.core.actors import SYSTEM
from moothall.core.zone import council_date
from moothall.customers.actions import create_customer
from moothall.customers.models import Customer, CustomerKind
from moothall.customers.queries import organisations_like
from moothall.customers.representation.actions import act_for_organisation, end_representation
from moothall.customers.representation.models import Representation
from moothall.customers.rules.organisations import likeness, name_words
from tests.browser import goes_on, looks_right
from tests.conftest import MovableClock
from tests.interfaces.desk.conftest import Officer, chooses_why, says_why
from tests.interfaces.desk.test_calls import text_of

pytestmark = pytest.mark.django_db
GIVEN = {
    "organisation": "Mill Lane Bakery Ltd", "organisation-address": "2 Mill Lane, Otley, LS21 1AA", "role": "Office manager",
    "kind": "works-for", "shown-by": "companies-register",
}  # fmt: skip


@pytest.fixture
def bakery(council: Any, clock: MovableClock) -> Customer:
    return create_customer(organisation_name="Mill Lane Bakery Limited", by=SYSTEM, at=clock.now())


def keep(adviser: Officer, person: Customer, **given: str) -> Any:
    return adviser.client.post(f"/desk/people/{person.id}/organisation", GIVEN | given)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Mill Lane Bakery Ltd", "MILL LANE BAKERY LIMITED", True), ("The Mill Lane Bakery", "Mill Lane Bakery plc", True),
        ("Barker & Sons", "Barker and Sons Ltd", True), ("Mil Lane Bakery", "Mill Lane Bakery", True),
        ("Mill Lane Bakery", "Mill Lane Garage", True), ("Mill Lane Bakery", "Otley Motors", False),
        ("Group Holdings Ltd", "Group Holdings", True), ("Ltd", "Otley Motors", False), ("", "Otley Motors", False),
    ],
)  # fmt: skip
def test_an_organisation_is_known_by_the_words_of_its_own(one: str, other: str, same: bool) -> None:
    assert (likeness(one, other) >= 0.66) is same
    assert likeness(one, other) == likeness(other, one)


def test_a_legal_form_is_no_name_unless_there_is_nothing_else() -> None:
    assert name_words("The Barker & Sons Co. Ltd") == ("barker", "sons")
    assert name_words("Group Holdings Ltd") == ("group", "holdings", "ltd")


def test_the_organisation_is_made_and_shown_from_both_sides(adviser: Officer, amina: Customer) -> None:
    says_why(adviser.client, amina)
    assert keep(adviser, amina).status_code == 303
    made = Customer.objects.get(kind=CustomerKind.ORGANISATION)
    assert (made.organisation_name, made.address_text) == ("Mill Lane Bakery Ltd", "2 Mill Lane, Otley, LS21 1AA")
    hers = text_of(adviser.client.get(f"/desk/people/{amina.id}/"))
    assert "Mill Lane Bakery Ltd</a> (Office manager, since 2 March 2026)" in hers
    says_why(adviser.client, made)
    its = text_of(adviser.client.get(f"/desk/people/{made.id}/"))
    assert "An organisation" in its
    assert "<strong>Amina Dunn</strong>, Office manager, may speak for them about everything, since 2 March 2026" in its
    assert "The register of companies" in its
    assert "Prove who they are" not in its
    assert "Organisation</td>" in text_of(adviser.client.get("/desk/search?q=mill+lane+bakery"))


def test_one_we_know_is_offered_before_another_is_made(adviser: Officer, amina: Customer, bakery: Customer) -> None:
    says_why(adviser.client, amina)
    asked = keep(adviser, amina)
    assert asked.status_code == 422
    page = text_of(asked)
    assert "Is it one of these?" in page
    assert "Mill Lane Bakery Limited" in page
    assert 'value="Office manager"' in page, "what was typed is still there"
    assert keep(adviser, amina, known=str(bakery.id)).status_code == 303
    assert Representation.objects.get().customer_id == bakery.id
    assert keep(adviser, amina, known="new", role="Director").status_code == 303
    assert Customer.objects.filter(kind=CustomerKind.ORGANISATION).count() == 2


def test_it_may_be_named_by_its_reference(adviser: Officer, amina: Customer, bakery: Customer) -> None:
    says_why(adviser.client, amina)
    assert keep(adviser, amina, organisation=bakery.reference).status_code == 303
    assert Representation.objects.get().customer_id == bakery.id


@pytest.mark.parametrize(
    ("spoilt", "says"),
    [
        ({"organisation": " "}, "Enter the organisation’s name or reference."), ({"role": ""}, "Enter what they are there"),
        ({"shown-by": ""}, "Choose what you saw"), ({"shown-by": "registered-power"}, "Choose what you saw"),
        ({"kind": "carer"}, "is nothing that an organisation has"), ({"kind": ""}, "Choose what they are"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_made(
    adviser: Officer, amina: Customer, spoilt: dict[str, str], says: str
) -> None:
    says_why(adviser.client, amina)
    answer = keep(adviser, amina, **spoilt)
    assert answer.status_code == 422
    assert says in text_of(answer)
    assert not Representation.objects.exists()
    assert not Customer.objects.filter(kind=CustomerKind.ORGANISATION).exists()


def test_a_person_is_no_organisation_to_act_for(
    adviser: Officer, amina: Customer, bakery: Customer, clock: MovableClock
) -> None:
    other = create_customer(given_name="Ann", family_name="Lee", by=SYSTEM, at=clock.now())
    says_why(adviser.client, amina)
    assert "That record is a person’s" in text_of(keep(adviser, amina, known=str(other.id)))
    given = {"who-speaks": other.reference, "kind": "works-for", "shown-by": "companies-register"}
    answer = adviser.client.post(f"/desk/people/{amina.id}/representations", given)
    assert "is nothing that a person has" in text_of(answer)


def test_who_may_not_write_it_down_cannot(officer: Callable[..., Officer], amina: Customer) -> None:
    waste = officer("service-officer", teams=("dog-wardens",), name="Lena Fox")
    assert keep(waste, amina).status_code == 403
    assert not Customer.objects.filter(kind=CustomerKind.ORGANISATION).exists()


def test_its_name_is_changed_as_one_name(adviser: Officer, bakery: Customer) -> None:
    says_why(adviser.client, bakery)
    page = text_of(adviser.client.get(f"/desk/people/{bakery.id}/"))
    assert 'name="organisation_name"' in page
    assert 'name="given_name"' not in page
    adviser.client.post(f"/desk/people/{bakery.id}/details", {"organisation_name": "Mill Lane Bread Ltd", "key": "k1"})
    bakery.refresh_from_db()
    assert (bakery.organisation_name, bakery.kind) == ("Mill Lane Bread Ltd", CustomerKind.ORGANISATION)


def test_letters_apart_it_is_found_and_a_stranger_is_not(
    adviser: Officer, bakery: Customer, clock: MovableClock
) -> None:
    for name in ("Otley Motors Ltd", "Wharfedale Garden Centre"):
        create_customer(organisation_name=name, by=SYSTEM, at=clock.now())
    create_customer(given_name="Bakery", family_name="Mill", by=SYSTEM, at=clock.now())
    assert [one.id for one in organisations_like("mill lane bakery", adviser.actor)] == [bakery.id]
    assert organisations_like("Ltd", adviser.actor) == []
    assert organisations_like("", adviser.actor) == []


def test_in_her_account_she_asks_for_it_in_her_role(
    amina: Customer, bakery: Customer, clock: MovableClock, client: Client
) -> None:
    from moothall.customers.accounts.models import Account, SignInPoint
    from tests.interfaces.account.conftest import last_code

    line = act_for_organisation(
        person_id=amina.id, organisation_id=bakery.id, role="Office manager", kind="works-for", evidence="work-email",
        since=council_date(clock.now()), by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    account = Account.objects.create(customer_id=amina.id, created_at=clock.now())
    SignInPoint.objects.create(account=account, kind="email", value="amina.dunn@example.com", confirmed_at=clock.now())
    client.post("/account/sign-in", {"address": "amina.dunn@example.com"})
    client.post("/account/sign-in/code", {"code": last_code()})
    home = text_of(client.get("/account/"))
    assert "Mill Lane Bakery Limited" in home
    assert "As Office manager" in home
    assert "Ask for Mill Lane Bakery Limited" in text_of(client.get(f"/account/for/{line.id}"))
    end_representation(representation_id=line.id, customer_id=bakery.id, because="She left", by=SYSTEM, at=clock.now())
    assert "Mill Lane Bakery Limited" not in text_of(client.get("/account/"))
    assert client.get(f"/account/for/{line.id}").status_code == 404
    assert not Case.objects.exists()


@pytest.mark.row("B10")
@pytest.mark.journey
@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_an_adviser_writes_down_whom_a_caller_works_for(
    adviser: Officer, amina: Customer, bakery: Customer, page: Page, sits_at: Callable[[Officer, Page], None],
    shot: Callable[[Page, str], object],
) -> None:  # fmt: skip
    sits_at(adviser, page)
    page.goto(f"/desk/people/{amina.id}/")
    chooses_why(page)
    page.locator("#works-for summary").press("Enter")
    expect(page.get_by_label("The organisation’s name or reference")).to_be_visible()
    page.get_by_label("The organisation’s name or reference").fill("Mill Lane Bakery")
    page.locator("#works-for").get_by_label("Their role there").fill("Office manager")
    page.locator("#works-for").get_by_label("What I have seen that shows it").select_option("work-email")
    looks_right(page)
    with goes_on(page):
        page.locator("#works-for").get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("radio", name="Mill Lane Bakery Limited")).to_be_checked()
    looks_right(page)
    shot(page, "one-of-these")
    with goes_on(page):
        page.locator("#works-for").get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("link", name="Mill Lane Bakery Limited")).to_be_visible()
    with goes_on(page):
        page.get_by_role("link", name="Mill Lane Bakery Limited").click()
    chooses_why(page)
    expect(page.get_by_label("Who may speak for them")).to_contain_text("Amina Dunn, Office manager")
    looks_right(page)
    shot(page, "organisation")
