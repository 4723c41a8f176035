"""A caller is found by a misspelt name and half a postcode; two records of one person are joined, and parted again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.contacts.actions import record_contact
from moothall.contacts.models import Contact
from moothall.core.actors import SYSTEM
from moothall.core.staff import create_staff
from moothall.customers.actions import create_customer
from moothall.customers.linking.actions import note_pair
from moothall.customers.linking.models import Apart, Merge, Pair
from moothall.customers.models import Customer
from tests.browser import goes_on, keys, looks_right
from tests.customers.linking.conftest import TAX, csv_of, deliver, tax_row
from tests.interfaces.desk.conftest import chooses_why

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PASSWORD = "seven-calm-otters-queueing"
PARTS = [
    {"field": "name", "level": "close", "weight": 6.2, "words": "Gwendolyn and Gwen: a short form"},
    {"field": "date_of_birth", "level": "same", "weight": 9.4, "words": "the same day"},
    {"field": "address", "level": "other", "weight": -2.1, "words": "another street in the same town"},
]


def sign_in(page: Page, username: str) -> None:
    page.goto("/desk/")
    page.get_by_label("Name you sign in with").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Desk")).to_be_visible()


@pytest.fixture
def people(council: Any, clock: Any) -> tuple[Customer, Customer]:
    """Nadia, who keeps the records; Ravi, on the telephones; and Gwendolyn Jones, whom two records know."""
    for username, name, role in (("ravi", "Ravi Patel", "adviser"), ("nadia", "Nadia Ferreira", "records-officer")):
        create_staff(
            username=username, name=name, roles=[role], teams=["customer-services"], password=PASSWORD, pack=council,
            by=SYSTEM, at=clock.now(),
        )  # fmt: skip
    first = create_customer(
        title="Mrs", given_name="Gwendolyn", family_name="Jones", date_of_birth=date(1947, 3, 9),
        address_text="14 Mill Lane, Otley, LS21 1AA", contact_points=[("phone", "07700 900123")], by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    clock.advance(minutes=1)
    second = create_customer(
        given_name="Gwen", family_name="Jones", date_of_birth=date(1947, 3, 9), address_text="3 Boroughgate, Otley, LS21 3AB",
        by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    return first, second


@pytest.mark.row("B2")
def test_a_caller_is_found_by_a_misspelt_name_and_half_a_postcode(
    people: tuple[Customer, Customer], clock: Any, new_page: Callable[..., Page], shot: Callable[[Page, str], object]
) -> None:
    deliver("council-tax", csv_of(TAX, [tax_row("70041", "Jones", given="Gwendolyn", born="09/03/1947")]), clock.now())
    from moothall.customers.linking.actions import link_record
    from moothall.customers.linking.models import SourceRecord

    link_record(SourceRecord.objects.get().id, people[0].id, by=SYSTEM, at=clock.now())
    page = new_page()
    sign_in(page, "ravi")
    page.get_by_role("searchbox").first.fill("gwendolin jnoes ls21")
    with goes_on(page):
        keys(page, "Enter")
    expect(page.get_by_role("link", name="Mrs Gwendolyn Jones")).to_be_visible()
    with goes_on(page):
        page.get_by_role("link", name="Mrs Gwendolyn Jones").first.click()
    chooses_why(page)
    expect(page.get_by_role("heading", name="What other systems hold")).to_be_visible()
    expect(page.get_by_text("£312.40")).to_be_visible()
    looks_right(page)
    shot(page, "1-single-view")


@pytest.mark.long
@pytest.mark.row("B1")
def test_a_duplicate_is_found_joined_and_parted_again(
    people: tuple[Customer, Customer], clock: Any, new_page: Callable[..., Page], shot: Callable[[Page, str], object]
) -> None:
    first, second = people
    pair = note_pair(first.id, second.id, weight=13.5, parts=PARTS, at=clock.now())
    assert pair is not None
    page = new_page()
    sign_in(page, "nadia")
    with goes_on(page):
        keys(page, "Escape", "i")
    expect(page.get_by_role("heading", name="One person, one record")).to_be_visible()
    looks_right(page)
    shot(page, "1-waiting")
    page.get_by_role("link", name="Gwen").first.click()
    expect(page.get_by_role("heading", name="Are these one person?")).to_be_visible()
    expect(page.get_by_text("Gwendolyn and Gwen: a short form")).to_be_visible()
    expect(page.get_by_role("region", name="The two records").get_by_role("row", name="Address")).to_contain_text(
        "differs"
    )
    looks_right(page)
    shot(page, "2-side-by-side")
    keys(page, "r")
    expect(page.locator("#reason")).to_be_focused()
    keys(page, "Rang to say she moved")
    with goes_on(page):
        keys(page, "Escape", "j")
    expect(page.get_by_text("Joined. It can be taken back at any time.")).to_be_visible()
    second.refresh_from_db()
    assert second.joined_to_id == first.id

    # The old address in the browser leads to who stayed; a call is taken under her id.
    page.goto(f"/desk/people/{second.id}/")
    chooses_why(page, "To see whether two records are one person")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Mrs Gwendolyn Jones")
    clock.advance(hours=1)
    call = record_contact(channel="phone", customer_id=first.id, received_at=clock.now(), by=SYSTEM, at=clock.now())

    # A year on it proves wrong: it is taken back, nothing is lost, and somebody says whose the call was.
    clock.advance(days=365)
    sign_in(again := new_page(), "nadia")
    again.goto("/desk/records/")
    expect(again.get_by_text("Decided lately")).to_be_visible()
    again.get_by_role("link", name="Gwen").first.click()
    expect(again.get_by_text("Rang to say she moved")).to_be_visible()
    again.get_by_label("Why take it back?").fill("Mother and daughter")
    again.get_by_label("They are two people, for ever").check()
    shot(again, "3-decided")
    again.get_by_role("button", name="Take it back").click()
    expect(again.get_by_text("Parted again.")).to_be_visible()
    expect(again.get_by_role("heading", name="Whose are these?")).to_be_visible()
    looks_right(again)
    shot(again, "4-whose")
    again.locator("#unsettled").get_by_role("button", name="Gwen Jones", exact=False).first.click()
    expect(again.get_by_text("Settled.")).to_be_visible()
    second.refresh_from_db()
    assert second.joined_to_id is None
    assert Contact.objects.get(pk=call.pk).customer_id == second.id
    assert Apart.objects.count() == 1
    assert Merge.objects.get().undone_at is not None
    assert Pair.objects.get().state == "apart"
