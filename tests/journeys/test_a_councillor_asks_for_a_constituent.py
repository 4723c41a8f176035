# ruff: noqa: F811  fixtures come by import
"""Councillor Hale is asked about a damp flat at her surgery. She raises it with consent, follows it, and sees her ward."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from moothall.cases.models import Case
from moothall.core.actors import SYSTEM
from moothall.core.staff import create_staff
from moothall.customers.colleagues.actions import seat
from moothall.places.models import Area
from tests.browser import goes_on, looks_right
from tests.interfaces.console.test_looks_right import PASSWORD
from tests.interfaces.desk.conftest import Officer, officer, sits_at  # noqa: F401  fixtures

pytestmark = [
    pytest.mark.journey, pytest.mark.long, pytest.mark.row("B10", "B11"), pytest.mark.django_db(transaction=True),
]  # fmt: skip


def say(page: Page, label: str, words: str) -> None:
    page.get_by_label(label).first.fill(words)
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()


def choose(page: Page, words: str) -> None:
    page.get_by_label(words, exact=True).check()
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()


def test_with_consent_from_the_surgery_to_the_desk(
    council: Any, clock: Any, client: Client, officer: Callable[..., Officer], page: Page, no_script: Page,
    sits_at: Callable[[Officer, Page], None], shot: Callable[[Page, str], object],
) -> None:  # fmt: skip
    Area.objects.create(code="E05000001", name="Adel and Wharfedale")
    hale = create_staff(
        username="hale", name="Dorothy Hale", email="d.hale@example.org", roles=["councillor"], password=PASSWORD,
        pack=council, by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    seat(hale.id, wards=["E05000001"], by=SYSTEM, at=clock.now())

    web = no_script
    web.goto("/sign-in/")
    web.get_by_label("Name you sign in with").fill("hale")
    web.get_by_label("Password").fill(PASSWORD)
    with goes_on(web):
        web.get_by_role("button", name="Sign in").click()
    expect(web.get_by_role("heading", level=1, name="My casework")).to_be_visible()
    with goes_on(web):
        web.get_by_role("button", name=re.compile("Start.*Councillor enquiry")).click()
    expect(web.get_by_text("Which councillor or MP asks?").first).to_be_visible()
    with goes_on(web):
        web.get_by_role("button", name="Carry on").click()
    expect(web.get_by_text("Which resident is it for?").first).to_be_visible()
    web.get_by_label("Full name").fill("Joan Okoro")
    with goes_on(web):
        web.get_by_role("button", name="Carry on").click()
    choose(web, "No, or it is not needed")
    expect(web.get_by_label("Why is it not needed?")).to_be_visible()
    with goes_on(web):
        web.get_by_role("link", name="Back", exact=True).click()
    choose(web, "Yes, they asked me in writing")
    with goes_on(web):
        web.get_by_role("button", name="Carry on").click()
    say(web, "Which service is it about?", "Housing repairs")
    say(web, "What is asked?", "When is the damp in her flat looked at?")
    choose(web, "No")
    expect(web.get_by_label("Email address")).to_have_value("d.hale@example.org")
    with goes_on(web):
        web.get_by_role("button", name="Carry on").click()
    expect(web.get_by_role("heading", name="Check your answers")).to_be_visible()
    with goes_on(web):
        web.get_by_role("button", name="Send it").click()
    expect(web.get_by_role("heading", name="We have it")).to_be_visible()
    expect(web.get_by_text(re.compile("We’ll do it by")).first).to_be_visible()
    case = Case.objects.get()

    page.context.add_cookies(web.context.cookies())
    for address, heading, name in (
        ("/mine/", "My casework", "casework"),
        ("/mine/ward", "Adel and Wharfedale", "ward"),
    ):
        page.goto(address)
        expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
        looks_right(page)
        shot(page, name)
        page.set_viewport_size({"width": 320, "height": 640})
        shot(page, f"{name}-320")
        page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/mine/")
    with goes_on(page):
        page.get_by_role("link", name="Councillor enquiry for a resident").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("member support team")

    support = officer("service-officer", teams=("member-support",), name="Una Blake")
    page.context.clear_cookies()
    sits_at(support, page)
    page.goto(f"/desk/cases/{case.id}/")
    expect(page.get_by_text("Yes, they asked me in writing")).to_be_visible()
    expect(page.get_by_text("Joan Okoro").first).to_be_visible()
