# ruff: noqa: F811  fixtures come by import
"""Ann Lee looks after Amina Dunn and asks for her, on the web and by telephone: the bins, yes; the council tax, no."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from moothall.cases.models import Case
from moothall.customers.models import Customer
from moothall.customers.representation.actions import record_representation
from tests.browser import goes_on, looks_right
from tests.interfaces.account.conftest import come_in, resident  # noqa: F401  fixtures
from tests.interfaces.desk.conftest import Officer, adviser, amina, chooses_why, officer, sits_at  # noqa: F401  fixtures
from tests.journeys.test_an_account_is_begun_in_the_middle import sign_in

pytestmark = [pytest.mark.journey, pytest.mark.long, pytest.mark.row("A17"), pytest.mark.django_db(transaction=True)]
ANN = "ann.lee@example.com"


def choose(page: Page, words: str) -> None:
    page.get_by_label(words, exact=True).check()
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()


def test_for_the_bins_yes_for_the_council_tax_no(
    adviser: Officer, amina: Customer, come_in: Callable[..., Any], client: Client, no_script: Page, page: Page,
    sits_at: Callable[[Officer, Page], None], clock: Any, shot: Callable[[Page, str], object],
) -> None:  # fmt: skip
    ann = come_in(address=ANN, name=("Ann", "Lee"))
    record_representation(
        customer_id=amina.id, representative_id=ann.customer_id, kind="carer", evidence="signed-letter",
        areas=["waste"], since=clock.now().date(), by=adviser.actor, at=clock.now(),
    )  # fmt: skip

    # on the web, without a script
    web = no_script
    sign_in(web, ANN)
    with goes_on(web):
        web.get_by_role("link", name="Ask for something for Amina Dunn").click()
    expect(web.get_by_role("heading", level=1, name="Ask for Amina Dunn")).to_be_visible()
    page.context.add_cookies(web.context.cookies())
    page.goto(web.url)
    expect(page.get_by_role("heading", level=1, name="Ask for Amina Dunn")).to_be_visible()
    looks_right(page)
    shot(page, "ask-for")
    page.set_viewport_size({"width": 320, "height": 640})
    shot(page, "ask-for-320")
    page.set_viewport_size({"width": 1280, "height": 900})
    web.get_by_label("What do they need?").fill("council tax refund")
    with goes_on(web):
        web.get_by_role("search").get_by_role("button").click()
    expect(web.get_by_text(re.compile("As carer you can’t ask for .* for Amina Dunn")).first).to_be_visible()
    with goes_on(web):
        web.get_by_role("link", name="Everything you may ask for").click()
    with goes_on(web):
        web.get_by_role("button", name=re.compile("Start.*Report a missed bin")).click()
    expect(web.get_by_text(re.compile("Report a missed bin, for Amina Dunn"))).to_be_visible()
    expect(web.get_by_label("Building and street")).to_have_value("")
    web.get_by_label("Building and street").fill("14 Mill Lane")
    web.get_by_label("Postcode").fill("ls21 1aa")
    with goes_on(web):
        web.get_by_role("button", name="Carry on").click()
    for answer in ("General rubbish", "The night before", "Only my bin", "No", "No", "Yes"):
        choose(web, answer)
    web.get_by_label("Your name").fill("Ann Lee")
    web.get_by_label("Email address").fill(ANN)
    with goes_on(web):
        web.get_by_role("button", name="Carry on").click()
    expect(web.get_by_role("heading", name="Check your answers")).to_be_visible()
    with goes_on(web):
        web.get_by_role("button", name="Send it").click()
    expect(web.get_by_text("We tell Amina Dunn how it goes")).to_be_visible()
    assert Case.objects.get().customer_id == amina.id
    web.goto("/account/")
    expect(web.get_by_role("link", name="Report a missed bin, for Amina Dunn")).to_be_visible()

    # at the desk, by telephone
    sits_at(adviser, page)
    page.goto(f"/desk/people/{amina.id}/")
    chooses_why(page)
    expect(page.get_by_label("Who may speak for them")).to_contain_text("Ann Lee")
    with goes_on(page):
        page.get_by_role("button", name="Ann Lee is on the line").click()
    expect(page.get_by_text("Ann Lee speaks for them (carer)")).to_be_visible()
    contact = page.url
    adviser.client.post(f"{urlsplit(contact).path}matters", {"service": "council-tax-refund"})
    page.goto(contact)
    expect(page.locator("#outside")).to_contain_text("As carer they cannot ask for")
    looks_right(page)
    shot(page, "outside-at-the-desk")
    with goes_on(page):
        page.get_by_role("button", name=re.compile("^Send to")).click()
    expect(page.get_by_role("alert")).to_contain_text("As carer they cannot ask for")
    assert Case.objects.count() == 1
