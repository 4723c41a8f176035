"""Halton: a take-away owner gets the hygiene rules in a form she can use: her language, and aloud."""

import shutil

import pytest
from playwright.sync_api import expect

from tests.browser import looks_right


@pytest.mark.long
@pytest.mark.journey
@pytest.mark.row("A13", "B10")
@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="needs espeak-ng (apt install espeak-ng)")
def test_a_take_away_owner_reads_and_hears_the_hygiene_rules(page, council, shot):
    page.goto("/search?q=food+hygiene+rules")
    page.get_by_role("link", name="Food hygiene rules for your kitchen").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Food hygiene rules for your kitchen")
    looks_right(page)
    page.get_by_role("link", name="اردو").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("آپ کے باورچی خانے کے لیے صفائی کے اصول")
    assert page.locator("article").get_attribute("dir") == "rtl"
    looks_right(page)
    shot(page, "hygiene-urdu")
    page.get_by_role("link", name="中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("厨房食品卫生规定")
    seconds = page.locator("audio").evaluate(
        """async (player) => {
            player.preload = "auto";
            await new Promise((done, fail) => { player.onloadedmetadata = done; player.onerror = fail; player.load(); });
            return player.duration;
        }"""
    )
    assert seconds > 10, "she hears all of it"
    looks_right(page)
