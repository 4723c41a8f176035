"""Every page for residents, drawn from its view: strict markup, clean for axe, at home at 320 px, light."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from playwright.sync_api import Page, expect

from tests.browser import axe, looks_right
from tests.interfaces.site.samples import PAGES
from tests.interfaces.ui.test_guide import Markup

pytestmark = pytest.mark.django_db

# What the page itself may weigh, compressed; its looks weigh at most 70 KB (tests/interfaces/ui/test_assets.py).
HEAVIEST = 25_000


def drawn(name: str) -> str:
    template, context = PAGES[name]
    return render_to_string(template, context, request=RequestFactory().get("/"))


def show(page: Page, name: str) -> None:
    """Put a page, drawn from its sample, in the browser at an address of the live server."""
    html = drawn(name)
    page.route("**/sample", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
    page.goto("/sample")
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("name", PAGES)
def test_strict_markup_with_one_heading_and_little_weight(name: str) -> None:
    html = drawn(name)
    seen = Markup()
    seen.feed(html)
    assert not seen.wrong
    assert len(seen.ids) == len(set(seen.ids)), sorted({i for i in seen.ids if seen.ids.count(i) > 1})
    assert set(seen.asked) <= set(seen.ids), set(seen.asked) - set(seen.ids)
    assert html.count("<h1") == 1
    assert len(gzip.compress(html.encode())) < HEAVIEST


@pytest.mark.long
@pytest.mark.parametrize("name", PAGES)
def test_accessible_wide_and_narrow(name: str, page: Page, shot: Callable[[Page, str], object]) -> None:
    show(page, name)
    looks_right(page)
    shot(page, f"site-{name}")
    page.set_viewport_size({"width": 320, "height": 640})
    shot(page, f"site-{name}-320")


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name in PAGES if name.endswith("-error")])
def test_an_error_is_said_in_the_title_and_taken_to_first(name: str, page: Page) -> None:
    show(page, name)
    assert page.title().startswith("Error: ")
    expect(page.get_by_role("alert")).to_be_focused()


@pytest.mark.long
def test_a_page_of_answers_can_be_opened_and_stays_clean(page: Page) -> None:
    show(page, "service")
    page.get_by_text("What if I put it out late?").click()
    expect(page.get_by_text("Rounds start at 7am.")).to_be_visible()
    axe(page)
