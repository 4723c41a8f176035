"""A firm rings: it is taken down in the contact, known again by number or by name and postcode, and doubles are looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.contacts.models import Contact
from moothall.core.actors import SYSTEM
from moothall.customers.actions import create_customer
from moothall.customers.linking.models import Pair, PairState
from moothall.customers.models import Customer, CustomerKind, Look
from moothall.customers.queries import organisations_alike
from moothall.customers.representation.models import Representation
from moothall.customers.rules.organisations import Agreement, Firm, agreement
from moothall.customers.rules.writing import CannotRead, plain_company_number
from tests.browser import goes_on, looks_right
from tests.conftest import MovableClock
from tests.interfaces.desk.conftest import Officer
from tests.interfaces.desk.test_calls import text_of

pytestmark = pytest.mark.django_db
TYPED = {
    "firm-name": "Mill Lane Bakery Ltd", "firm-company_number": "1234567",
    "firm-address_text": "2 Mill Lane, Otley, LS21 1AA",
    "firm-phone": "0113 496 0123", "firm-email": "orders@bakery.example.com", "firm-given_name": "Jo",
    "firm-family_name": "Marsh", "firm-role": "Director", "firm-shown_by": "work-email",
}  # fmt: skip
FIRMS = Customer.objects.filter(kind=CustomerKind.ORGANISATION)


@pytest.fixture
def call(on_the_line: Callable[..., Contact]) -> Contact:
    return on_the_line("0113 496 0123")


def keep(adviser: Officer, call: Contact, **given: str) -> Any:
    return adviser.client.post(f"/desk/contacts/{call.id}/organisation", TYPED | given)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("01234567", "01234567"), ("1234567", "01234567"), ("sc 123456", "SC123456"), ("ip12345r", "IP12345R"),
     ("R0000123", "R0000123"), ("", ""), ("  ", "")],
)  # fmt: skip
def test_a_company_number_is_written_one_way(typed: str, kept: str) -> None:
    assert plain_company_number(typed) == kept


@pytest.mark.parametrize("typed", ["123", "123456789", "ABCDEFGH", "SC12345", "٠١٢٣٤٥٦٧", "01234567; DROP"])
def test_what_is_no_company_number_is_refused(typed: str) -> None:
    with pytest.raises(CannotRead, match="eight characters"):
        plain_company_number(typed)


BAKERY = Firm("Mill Lane Bakery Ltd", "LS211AA", "01234567")


@pytest.mark.parametrize(
    ("other", "agrees"),
    [
        (Firm("Something Else plc", "YO11AA", "01234567"), Agreement.NUMBER),
        (Firm("Mill Lane Bakery Limited", "LS211AA"), Agreement.PLACE),
        (Firm("Mill Lane Garage", "LS211AA"), Agreement.PLACE),
        (Firm("Mill Lane Bakery", "LS211AA", "07654321"), Agreement.PLACE),
        (Firm("Mill Lane Garage", "LS211AA", "07654321"), None),
        (Firm("Mill Lane Bakery"), Agreement.NAME),
        (Firm("Mill Lane Bakery", "YO11AA"), Agreement.ELSEWHERE),
        (Firm("Mill Lane Garage", "YO11AA"), None),
        (Firm("Mill Lane Bakery", "YO11AA", "07654321"), None),
        (Firm("Otley Motors", "LS211AA"), None),
    ],
)
def test_in_what_two_organisations_agree(other: Firm, agrees: Agreement | None) -> None:
    assert agreement(BAKERY, other) is agrees
    assert agreement(other, BAKERY) is agrees


def test_a_firm_is_taken_down_with_who_speaks_for_it(adviser: Officer, call: Contact) -> None:
    assert keep(adviser, call).status_code == 303
    made = FIRMS.get()
    assert (made.organisation_name, made.company_number, made.address_text) == (
        "Mill Lane Bakery Ltd", "01234567", "2 Mill Lane, Otley, LS21 1AA",
    )  # fmt: skip
    call.refresh_from_db()
    assert (call.customer_id, call.speaker, call.speaks_as) == (made.id, "Jo Marsh", "organisation")
    line = Representation.objects.get()
    assert (line.customer_id, line.role, line.evidence) == (made.id, "Director", "work-email")
    page = text_of(adviser.client.get(f"/desk/contacts/{call.id}/"))
    assert "Company number" in page
    assert "01234567" in page
    assert "Mill Lane Bakery Ltd</a>" in text_of(adviser.client.get("/desk/search?q=01234567"))


def test_without_proof_she_stands_in_this_contact_alone(adviser: Officer, call: Contact) -> None:
    assert keep(adviser, call, **{"firm-shown_by": ""}).status_code == 303
    call.refresh_from_db()
    assert (call.speaker, call.speaks_as) == ("Jo Marsh, Director", "organisation")
    assert not Representation.objects.exists()
    assert not Customer.objects.filter(kind=CustomerKind.PERSON).exists()


def test_one_we_know_is_offered_and_a_double_all_the_same_is_looked_at(
    adviser: Officer, officer: Callable[..., Officer], call: Contact, clock: MovableClock
) -> None:
    known = create_customer(
        organisation_name="MILL LANE BAKERY LIMITED",
        address_text="2 Mill Lane, Otley LS21 1AA",
        by=SYSTEM,
        at=clock.now(),
    )
    asked = keep(adviser, call)
    assert asked.status_code == 422
    page = text_of(asked)
    assert "Is it one of these?" in page
    assert "a name like it, at the same postcode" in page
    assert 'value="Director"' in page, "what was typed is still there"
    assert Look.objects.filter(customer_id=known.id, screen="desk.organisation", purpose="search").count() == 1
    assert keep(adviser, call, known="new").status_code == 303
    made = FIRMS.exclude(id=known.id).get()
    pair = Pair.objects.get()
    assert ({pair.one_id, pair.other_id}, pair.state, pair.by_hand) == ({made.id, known.id}, PairState.OPEN, True)
    clerk = officer("records-officer", name="Nadia Hussain")
    assert "Mill Lane Bakery Ltd" in text_of(clerk.client.get(f"/desk/records/{pair.id}"))
    done = clerk.client.post(f"/desk/records/{pair.id}/decide", {"decision": "joined", "reason": "One firm"})
    assert done.status_code == 303
    assert FIRMS.filter(joined_to=None).count() == 1


def test_the_known_one_is_taken_and_nothing_is_made(adviser: Officer, call: Contact, clock: MovableClock) -> None:
    known = create_customer(organisation_name="Old Bakehouse", company_number="01234567", by=SYSTEM, at=clock.now())
    assert "the same company number" in text_of(keep(adviser, call))
    assert keep(adviser, call, known=str(known.id)).status_code == 303
    call.refresh_from_db()
    assert call.customer_id == known.id
    assert FIRMS.count() == 1
    assert not Pair.objects.exists()


def test_a_firm_of_the_same_name_elsewhere_may_be_new_and_asks_nobody(
    adviser: Officer, call: Contact, clock: MovableClock
) -> None:
    create_customer(
        organisation_name="Mill Lane Bakery", address_text="1 High Street, York YO1 1AA", by=SYSTEM, at=clock.now()
    )
    assert "the same name, at another postcode" in text_of(keep(adviser, call))
    assert keep(adviser, call, known="new").status_code == 303
    assert not Pair.objects.exists()


@pytest.mark.parametrize(
    ("spoilt", "field", "says"),
    [
        ({"firm-name": " "}, "name", "Enter the organisation’s name."),
        ({"firm-company_number": "12"}, "company_number", "eight characters"),
        ({"firm-phone": "never"}, "phone", "Enter a telephone number"),
        ({"firm-email": "nowhere"}, "email", "Enter an email address"),
        ({"firm-role": ""}, "role", "Enter what they are there"),
        ({"firm-family_name": ""}, "family_name", "first and last name"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_is_made(
    adviser: Officer, call: Contact, spoilt: dict[str, str], field: str, says: str
) -> None:
    answer = keep(adviser, call, **spoilt)
    assert answer.status_code == 422
    assert says in text_of(answer)
    assert f'href="#firm-{field}"' in text_of(answer)
    assert not Customer.objects.exists()


def test_a_person_is_no_organisation_and_a_finished_contact_takes_none(
    adviser: Officer, call: Contact, amina: Customer
) -> None:
    assert "That record is a person’s" in text_of(keep(adviser, call, known=str(amina.id)))
    adviser.client.post(f"/desk/contacts/{call.id}/finish", {"cause": "new"})
    assert keep(adviser, call).status_code == 303
    assert not FIRMS.exists()


def test_finding_alike_costs_the_same_whatever_there_is(
    adviser: Officer, clock: MovableClock, django_assert_max_num_queries: Any
) -> None:
    for n in range(30):
        create_customer(organisation_name=f"Mill Lane Bakery {n}", by=SYSTEM, at=clock.now())
    with django_assert_max_num_queries(7):
        found = organisations_alike("Mill Lane Bakery", adviser.actor, address="LS21 1AA", company_number="01234567")
    assert len(found) == 5


def test_its_number_is_mended_on_its_record(adviser: Officer, call: Contact) -> None:
    keep(adviser, call)
    made = FIRMS.get()
    adviser.client.post(f"/desk/people/{made.id}/details", {"company_number": "sc123456", "key": "k1"})
    made.refresh_from_db()
    assert made.company_number == "SC123456"


@pytest.mark.row("B10")
@pytest.mark.journey
@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_an_adviser_takes_down_a_firm_that_rings(
    adviser: Officer, call: Contact, page: Page, sits_at: Callable[[Officer, Page], None],
    shot: Callable[[Page, str], object], clock: MovableClock,
) -> None:  # fmt: skip
    create_customer(
        organisation_name="Mill Lane Bakery Limited",
        address_text="2 Mill Lane, Otley LS21 1AA",
        by=SYSTEM,
        at=clock.now(),
    )
    sits_at(adviser, page)
    page.goto(f"/desk/contacts/{call.id}/")
    firm = page.locator("#firm")
    firm.locator("summary").press("Enter")
    expect(page.get_by_label("Its name")).to_be_visible()
    looks_right(page)
    shot(page, "firm")
    page.get_by_label("Its name").fill("Mill Lane Bakery")
    page.locator("#firm-address").fill("2 Mill Lane, Otley LS21 1AA")
    with goes_on(page):
        firm.get_by_role("button", name="Keep the organisation").click()
    expect(page.get_by_role("radio", name="Mill Lane Bakery Limited")).to_be_checked()
    looks_right(page)
    shot(page, "firm-known")
    with goes_on(page):
        firm.get_by_role("button", name="Keep the organisation").click()
    expect(page.get_by_text("Mill Lane Bakery Limited", exact=True).first).to_be_visible()
