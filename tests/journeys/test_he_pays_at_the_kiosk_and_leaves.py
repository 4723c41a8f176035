"""Mr Bloggs pays at the kiosk and walks off. It asks, clears itself, and the next person finds nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.contacts.models import Contact
from moothall.core import jobs
from moothall.payments.models import Intent
from tests.browser import axe, fits, goes_on, looks_right

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("A10"), pytest.mark.long]


def carry_on(page: Page, words: str = "Carry on") -> None:
    with goes_on(page):
        page.get_by_role("button", name=words, exact=True).click()


@pytest.mark.usefixtures("council", "card_payments")
def test_he_pays_at_the_kiosk_and_leaves(
    clock: Any, new_page: Callable[..., Page], shot: Callable[[Page, str], Path]
) -> None:
    clock.set("2026-11-19T16:00")
    page = new_page(width=1280, height=900)
    page.goto("/kiosk/helped")  # on a screen that lies, what is little begins where what is much does
    assert page.locator(".site-header__home").bounding_box()["x"] == page.locator("h1").bounding_box()["x"]
    page.set_viewport_size({"width": 1080, "height": 1920})
    page.clock.install()
    page.goto("/kiosk/")
    expect(page.get_by_role("heading", name="What do you want to do?")).to_be_visible()
    looks_right(page)
    shot(page, "home")
    page.goto("/kiosk/services/book-court")
    carry_on(page, "Start now")
    page.get_by_label("Squash", exact=True).check()
    fits(page)
    axe(page)
    shot(page, "question")
    asked = page.url
    carry_on(page)
    carry_on(page)
    page.get_by_label("Which day?").select_option("2026-11-20")
    carry_on(page, "Show free times")
    page.locator("input[name=slot]").first.check()
    carry_on(page)
    carry_on(page)
    page.get_by_label("Pay by card now").check()
    carry_on(page)
    page.get_by_label("Your name").fill("Joe Bloggs")
    page.get_by_label("Email address").fill("joe.bloggs@example.com")
    carry_on(page)
    carry_on(page, "Send it and pay")
    expect(page.get_by_text("This stands for the payment provider’s own page")).to_be_visible()
    carry_on(page, "Pay")
    expect(page).to_have_url(re.compile("/kiosk/pay/"))
    jobs.drain(at=clock.now())
    page.reload()
    expect(page.get_by_text("We have your").first).to_be_visible()
    expect(page.get_by_role("button", name="Print a slip")).to_be_visible()
    assert Intent.objects.get().state == "done"
    assert Contact.objects.get().channel == "kiosk"
    looks_right(page)
    shot(page, "paid")
    paid = page.url

    # he walks off: it asks, then it clears itself
    page.clock.fast_forward(62_000)
    expect(page.get_by_role("heading", name="Are you still there?")).to_be_visible()
    axe(page)
    shot(page, "asks")
    page.get_by_role("button", name="I am still here").click()
    expect(page.get_by_role("heading", name="Are you still there?")).to_be_hidden()
    page.clock.fast_forward(62_000)
    expect(page.get_by_role("heading", name="Are you still there?")).to_be_visible()
    page.clock.fast_forward(31_000)
    expect(page.get_by_text("Everything was cleared.")).to_be_visible()
    shot(page, "cleared")

    # the next person tries what stands in the browser's history: nothing
    for address in (asked, paid):
        page.goto(address)
        expect(page.get_by_role("heading", name="This can’t be opened at this screen")).to_be_visible()
        assert not re.search("Bloggs|Squash", page.content())
