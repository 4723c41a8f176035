"""The bin pages in a real browser: clean for axe, fitting at 320 px, found by keys alone and without a script."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import keys, looks_right

from .conftest import HOME, MILL

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.mark.long
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_from_the_service_to_the_days(page: Page, no_script: Page, round_: Any, clock: Any, script: bool) -> None:
    clock.set("2026-03-02T08:00")
    round_("started", "07:02")
    round_("not_out", "07:40", uprn=12)
    one = page if script else no_script
    one.goto("/services/bin-day")
    one.get_by_role("link", name="Find your bin day").click()
    expect(one.get_by_role("heading", level=1)).to_have_text("Find your bin day")
    one.get_by_label("Your postcode, or house number and street").focus()
    keys(one, "LS1 1UR", "Enter")
    expect(one.get_by_role("link", name="14 Mill Lane, LS1 1UR")).to_be_visible()
    if script:
        looks_right(one)
    one.get_by_role("link", name="14 Mill Lane, LS1 1UR").click()
    expect(one.get_by_role("heading", level=1)).to_have_text("Your bin days")
    expect(one.get_by_text("we expect it by 9am")).to_be_visible()
    if script:
        looks_right(one)
        one.goto("/bin-day?q=nowhere+at+all")
        expect(one.get_by_role("alert")).to_contain_text("We can’t find that address")
        looks_right(one)


@pytest.mark.long
def test_a_stopped_lorry_is_told_at_once(page: Page, round_: Any, clock: Any) -> None:
    clock.set("2026-03-02T10:00")
    round_("broken_down", "08:30")
    page.goto(f"/bin-day/{HOME}")
    expect(page.get_by_text("The lorry stopped working at 8.30am.")).to_be_visible()
    looks_right(page)
    round_("passed_street", "09:50", usrn=MILL)
    page.reload()
    expect(page.get_by_text("The crew recorded your street as done at 9.50am.")).to_be_visible()
