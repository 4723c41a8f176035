"""A firm rings about its business rates: found by half its name or its number; two records joined, and parted again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.core.actors import SYSTEM
from moothall.core.staff import create_staff
from moothall.customers.linking.models import Apart, Pair
from moothall.customers.models import Customer
from tests.browser import goes_on, keys, looks_right
from tests.customers.linking.conftest import csv_of, deliver
from tests.customers.linking.test_firms import RATES, rates_row
from tests.interfaces.desk.conftest import chooses_why
from tests.journeys.test_one_person_found_joined_and_parted_again import PASSWORD, sign_in

pytestmark = [pytest.mark.journey, pytest.mark.long, pytest.mark.django_db(transaction=True)]
OWN = "J. SMITH & SONS LIMITED t/a The Corner Café"


@pytest.fixture(autouse=True)
def accounts(council: Any, clock: Any) -> None:
    """Ravi, on the telephones; Nadia, who keeps the records; a firm with two shops, and an old account without its number."""
    for username, name, role in (("ravi", "Ravi Patel", "adviser"), ("nadia", "Nadia Ferreira", "records-officer")):
        create_staff(
            username=username, name=name, roles=[role], teams=["customer-services"], password=PASSWORD, pack=council,
            by=SYSTEM, at=clock.now(),
        )  # fmt: skip
    shops = [
        rates_row("800100", "J. SMITH & SONS LIMITED", TRADING_AS="The Corner Café", COMPANY_NO="1234567"),
        rates_row("800200", "J Smith and Sons Ltd", COMPANY_NO="01234567", UPRN="72002", PROP_ADDR1="9 High Street"),
        rates_row("700900", "Smith & Sons", BALANCE="12.00"),
    ]
    deliver("business-rates", csv_of(RATES, shops), clock.now())


def test_a_firm_is_found_joined_and_parted_again(
    clock: Any, new_page: Callable[..., Page], shot: Callable[[Page, str], object]
) -> None:
    ravi = new_page()
    sign_in(ravi, "ravi")
    for typed in ("corner caf", "1234567"):
        ravi.get_by_role("searchbox").first.fill(typed)
        with goes_on(ravi):
            keys(ravi, "Enter")
        expect(ravi.get_by_role("link", name=OWN)).to_be_visible()
    looks_right(ravi)
    with goes_on(ravi):
        ravi.get_by_role("link", name=OWN).click()
    chooses_why(ravi)
    expect(ravi.get_by_text("An organisation", exact=True)).to_be_visible()
    held = ravi.get_by_role("list", name="What other systems hold").get_by_role("listitem")
    expect(held).to_have_count(2)
    for words in ("£1,204.50", "£401.50", "1 December 2026", "2 Mill Lane, Otley", "£14,250"):
        expect(held.first).to_contain_text(words)
    expect(held.last).to_contain_text("9 High Street, Otley")
    looks_right(ravi)
    shot(ravi, "1-its-accounts")

    nadia = new_page()
    sign_in(nadia, "nadia")
    nadia.goto("/desk/records/")
    with goes_on(nadia):
        nadia.get_by_role("link", name="Smith & Sons").first.click()
    expect(nadia.get_by_role("heading", name="Are these one organisation?")).to_be_visible()
    expect(nadia.get_by_text("Names alike at one property, and no number that says it")).to_be_visible()
    expect(nadia.get_by_role("row", name="Company number").first).to_contain_text("01234567")
    looks_right(nadia)
    shot(nadia, "2-side-by-side")
    with goes_on(nadia):
        keys(nadia, "Escape", "j")
    expect(nadia.get_by_text("Joined. It can be taken back at any time.")).to_be_visible()
    ravi.reload()
    expect(held).to_have_count(3)
    expect(ravi.get_by_text("£12")).to_be_visible()

    clock.advance(days=200)
    sign_in(again := new_page(), "nadia")
    again.goto("/desk/records/")
    with goes_on(again):
        again.locator("#decided").get_by_role("link", name="Smith & Sons").first.click()
    expect(again.get_by_role("heading", name="Are these one organisation?")).to_be_visible()
    again.get_by_label("Why take it back?").fill("The father’s own firm")
    again.get_by_label("They are two organisations, for ever").check()
    with goes_on(again):
        again.get_by_role("button", name="Take it back").click()
    expect(again.get_by_text("Parted again.")).to_be_visible()
    looks_right(again)
    shot(again, "3-parted")
    assert (Apart.objects.count(), Pair.objects.get().state) == (1, "apart")
    assert Customer.objects.filter(joined_to=None).count() == 2
