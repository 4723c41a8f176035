"""The page a partner opens by its private link, in a browser: clean for axe, fitting at 320 px, answered by keys alone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.partners.models import PersonReferral
from tests.browser import DESK_WIDTH, PHONE_WIDTH, goes_on, keys, looks_right, tab_to
from tests.partners.help import NEIGHBOURS, ask, bring, link_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.mark.long
def test_from_the_question_to_its_end(page: Page, shot: Any, council: Any, clock: Any) -> None:
    def seen(name: str) -> None:
        looks_right(page)
        for width in (PHONE_WIDTH, DESK_WIDTH):
            page.set_viewport_size({"width": width, "height": 900})
            shot(page, f"{name} {width}")

    bring(clock.now())
    ask(council, clock)
    row = PersonReferral.objects.get()
    page.goto(link_of(row))
    expect(page.get_by_role("heading", level=1)).to_have_text("Can you help this person?")
    expect(page.get_by_text("Grace Okoro")).to_be_visible()
    seen("asked")
    yes, no = (
        page.get_by_role("button", name="Yes, we take it on"),
        page.get_by_role("heading", name="No, we cannot help"),
    )
    above, below = yes.bounding_box(), no.bounding_box()
    assert above
    assert below
    assert below["y"] - above["y"] - above["height"] >= 24, "what is said no to stands apart from yes"
    with goes_on(page):
        page.get_by_role("button", name="Tell them we cannot").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose why.")
    seen("why")
    tab_to(page, page.get_by_label("When or how do you get in touch? They read this (optional)"))
    keys(page, "Jo rings on Monday", "Tab")
    with goes_on(page):
        keys(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you: you have taken it on")
    seen("taken on")
    with goes_on(page):
        page.get_by_role("button", name="It is done").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you: that is done")
    expect(page.get_by_text(NEIGHBOURS)).to_be_visible()
    expect(page.get_by_text("Grace Okoro")).to_have_count(0)
    seen("done")
