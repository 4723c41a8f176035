"""Halton: a take-away owner gets the hygiene rules in a form she can use: her language, read and heard, whichever it is."""

from __future__ import annotations

import io
import shutil
import wave
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.channels.formats import speech
from tests.browser import looks_right

TONGUES = {
    "cy": ("ltr", "Rheolau hylendid bwyd ar gyfer eich cegin"),
    "pl": ("ltr", "Zasady higieny żywności w kuchni"),
    "tr": ("ltr", "Mutfağınız için gıda hijyeni kuralları"),
    "ur": ("rtl", "آپ کے باورچی خانے کے لیے صفائی کے اصول"),
    "zh": ("ltr", "厨房食品卫生规定"),
}


@pytest.mark.long
@pytest.mark.journey
@pytest.mark.row("A13", "B10")
@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="needs espeak-ng (apt install espeak-ng)")
def test_a_take_away_owner_reads_and_hears_the_hygiene_rules(
    page: Page, council: Any, shot: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken: list[tuple[str, str]] = []
    speak = speech.speak

    def listens(words: str, language: str) -> bytes:
        spoken.append((language, words))
        return speak(words, language)

    monkeypatch.setattr("moothall.interfaces.site.views.answers.speak", listens)
    page.goto("/search?q=food+hygiene+rules")
    page.get_by_role("link", name="Food hygiene rules for your kitchen").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Food hygiene rules for your kitchen")
    assert _heard(page) > 10
    looks_right(page)
    for tongue, (direction, title) in TONGUES.items():
        page.locator(f'.tongues a[hreflang^="{tongue}"]').click()
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        article = page.locator("article")
        assert (article.get_attribute("dir"), (article.get_attribute("lang") or "")[:2]) == (direction, tongue)
        assert _heard(page) > 10, f"she hears all of it in {tongue}"
        language, words = spoken[-1]
        assert language == tongue, "read by a voice of the language it is written in"
        assert title in words
        assert page.locator("article .stack p").last.inner_text().split()[-1].rstrip(".。۔") in words, (
            "to its last word"
        )
        looks_right(page)
        shot(page, f"hygiene-{tongue}")
    plays = page.locator("audio").evaluate(
        """async (player) => {
            player.preload = "auto";
            await new Promise((done, fail) => { player.onloadedmetadata = done; player.onerror = fail; player.load(); });
            return player.duration;
        }"""
    )
    assert plays > 10, "and her browser plays it"
    assert len({words for _, words in spoken}) == len(TONGUES) + 1


def _heard(page: Page) -> float:
    """How many seconds are to be heard on this page."""
    answer = page.request.get(page.locator("audio").evaluate("player => player.src"))
    with wave.open(io.BytesIO(answer.body())) as sound:
        return sound.getnframes() / sound.getframerate()
