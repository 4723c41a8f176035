"""The kiosk loses its connection while nobody is there: what stood on the glass is gone all the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe, goes_on

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]


@pytest.mark.row("A10")
def test_what_stood_there_is_wiped_and_cleared_when_the_line_is_back(
    council: Any, clock: Any, new_page: Callable[..., Page], shot: Callable[[Page, str], Path]
) -> None:
    clock.set("2026-11-19T16:00")
    page = new_page(width=1080, height=1920)
    page.clock.install()
    page.goto("/kiosk/services/book-court")
    with goes_on(page):
        page.get_by_role("button", name="Start now").click()
    page.get_by_label("Squash", exact=True).check()
    page.context.set_offline(True)
    expect(page.get_by_text("What you have typed is still here.")).to_be_visible()
    expect(page.get_by_label("Squash", exact=True)).to_be_checked()
    page.clock.fast_forward(62_000)
    expect(page.get_by_role("heading", name="Are you still there?")).to_be_visible()
    page.clock.fast_forward(31_000)
    expect(page.get_by_text("Everything was cleared. Please ask at reception.")).to_be_visible()
    expect(page.get_by_label("Squash", exact=True)).to_have_count(0)
    axe(page)
    shot(page, "cleared")
    page.context.set_offline(False)
    page.clock.fast_forward(6_000)
    expect(page.get_by_role("heading", name="What do you want to do?")).to_be_visible()
