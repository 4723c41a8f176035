"""Mrs Khan asks in Urdu at the kiosk, right to left, and walks off. It asks her in Urdu, then forgets that too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.core.packs import Pack
from moothall.intake.models import Dialogue
from tests.browser import axe, fits, goes_on, looks_right

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("A10", "A13"), pytest.mark.long]


@pytest.mark.usefixtures("council")
def test_urdu_is_chosen_holds_and_is_forgotten(
    clock: Any, new_page: Callable[..., Page], shot: Callable[[Page, str], Path], council: Pack
) -> None:
    page = new_page(width=1080, height=1920)
    page.clock.install()
    page.goto("/kiosk/")
    for own in ("Cymraeg", "Polski", "Türkçe", "اردو", "中文"):
        expect(page.get_by_role("link", name=own, exact=True)).to_be_visible()
    looks_right(page)
    shot(page, "1-first")
    with goes_on(page):
        page.get_by_role("link", name="اردو", exact=True).click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.get_by_role("heading", name="آپ کیا کرنا چاہتے ہیں؟", level=1)).to_be_visible()
    looks_right(page)
    shot(page, "2-urdu")
    with goes_on(page):
        page.get_by_role("link", name="خالی نہ ہونے والے کوڑے دان کی اطلاع دیں").click()
    looks_right(page)
    shot(page, "3-service")
    with goes_on(page):
        page.get_by_role("button", name="ابھی شروع کریں").first.click()
    assert Dialogue.objects.get().channel == "kiosk"
    looks_right(page)
    shot(page, "4-question")
    page.set_viewport_size({"width": 320, "height": 640})
    fits(page)
    shot(page, "4-question-320")
    page.set_viewport_size({"width": 1080, "height": 1920})
    asked = page.url

    page.clock.fast_forward(62_000)
    expect(page.get_by_role("heading", name="کیا آپ ابھی یہاں ہیں؟")).to_be_visible()
    axe(page)
    shot(page, "5-asks")
    page.clock.fast_forward(31_000)
    expect(page.get_by_text("Everything was cleared.")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en-GB")
    shot(page, "6-cleared")
    page.goto(asked)
    expect(page.get_by_role("heading", name="This can’t be opened at this screen")).to_be_visible()
    page.goto("/kiosk/")
    expect(page.get_by_role("heading", name="What do you want to do?")).to_be_visible()
