"""A real browser for tests: Debian's Chromium, driven by Playwright, looking at this product's own live server.

Ask for `page` (1280 wide), or `phone` (320 wide, touch); `no_script` has JavaScript switched off. Then:

    with goes_on(page):  what is done inside leads to another page; afterwards that page is there
    axe(page)            no accessibility violation (WCAG 2.2 A and AA, best practice)
    fits(page)           nothing to scroll sideways to
    looks_right(page)    both, at 1280 and at 320 px
    keys(page, "Tab", "Enter")   the keyboard alone
    tab_to(page, locator)        reach a control by Tab, as a person would; fails when it cannot be reached
    shot(page, "name")   test-results/<test>/name.png

A page that logs an error or breaks the content security policy fails its test.

A click or key that leads to another page returns before that page is there. So every one of them is followed by
`expect(...)` of something only the new page has, or stands in `with goes_on(page):`. The house rules check it.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, expect, sync_playwright

# Playwright's loop runs in this thread; Django would take it for an asynchronous view and refuse the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

RESULTS = Path(__file__).resolve().parents[1] / "test-results"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DESK_WIDTH, PHONE_WIDTH = 1280, 320
# What a page may say to the console without failing its test: the browser's own note of an answer we meant to give.
EXPECTED_NOTES = re.compile(
    r"the server responded with a status of 4(00|01|03|04|09|10|22|29)"
    r"|net::ERR_INTERNET_DISCONNECTED"  # where a test took the network away
)

# How long a page may take on a machine that is doing ten other things. Nothing waits this long unless it is wrong.
PATIENCE = 30_000

expect.set_options(timeout=PATIENCE)


def chromium_path() -> str | None:
    """Where the system's Chromium is, or nothing."""
    return next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright itself."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One Chromium for the whole run."""
    path = chromium_path()
    if path is None:
        pytest.skip("Chromium is not installed: as root, apt-get install chromium")
    started = playwright.chromium.launch(executable_path=path, args=FLAGS)
    yield started
    started.close()


@pytest.fixture
def new_page(browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """Open another page as another person: `new_page(width=320, javaScriptEnabled=…)`; `page.goto("/")` is the product."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def make(width: int = DESK_WIDTH, height: int = 900, **options: Any) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            locale="en-GB",
            timezone_id="Europe/London",
            reduced_motion="reduce",  # nothing is looked at in the middle of a fade
            **options,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        made = context.new_page()
        made.on("pageerror", lambda error: complaints.append(f"{made.url}: {error}"))
        made.on(
            "console",
            lambda note: (
                complaints.append(f"{made.url}: {note.text}")
                if note.type == "error" and not EXPECTED_NOTES.search(note.text)
                else None
            ),
        )
        return made

    yield make
    for context in contexts:
        context.close()
    assert not complaints, "The browser complained:\n" + "\n".join(complaints)


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A window 1280 px wide."""
    return new_page()


@pytest.fixture
def phone(new_page: Callable[..., Page]) -> Page:
    """A telephone 320 px wide."""
    return new_page(width=PHONE_WIDTH, height=640, has_touch=True)


@pytest.fixture
def no_script(new_page: Callable[..., Page]) -> Page:
    """A window with JavaScript switched off."""
    return new_page(java_script_enabled=False)


@contextmanager
def goes_on(page: Page) -> Iterator[None]:
    """Wait, at the end of the block, until the page that something in it led to has loaded."""
    with page.expect_navigation(wait_until="load", timeout=PATIENCE):
        yield
    settled(page)


def settled(page: Page) -> None:
    """Wait until the page has loaded and has a document to look at."""
    page.wait_for_load_state("load")
    page.locator("html > body").wait_for(state="attached")


def axe(page: Page) -> None:
    """Fail unless axe-core finds nothing on the page as it stands."""
    settled(page)
    if not page.evaluate("() => 'axe' in window"):  # once for a page, however often it is looked at
        page.evaluate(AXE_SCRIPT)
    # Only what is wrong is gathered and handed over: all that is right is some megabytes of a page's own markup.
    options = {"runOnly": RULES, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(options).then((all) => all.violations)", options)
    said = [
        f"{v['id']} ({v['impact']}): {v['help']}\n" + "\n".join(f"    {node['html'][:200]}" for node in v["nodes"][:4])
        for v in found
    ]
    assert not found, f"{page.url} at {page.viewport_size}:\n" + "\n".join(said)


_WIDER = """() => [...document.querySelectorAll('body *')]
  .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1
            && !e.closest('.ui-table-wrap, .govuk-visually-hidden'))
  .slice(0, 5).map(e => e.tagName.toLowerCase() + '.' + (e.className.baseVal ?? e.className))"""


def fits(page: Page) -> None:
    """Fail when the page has to be scrolled sideways (WCAG 2.2, 1.4.10 Reflow, at 320 px)."""
    settled(page)
    wide, room = page.evaluate("() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= room, f"{page.url} is {wide} px wide in {room}: {page.evaluate(_WIDER)}"


def at_320(page: Page) -> None:
    """Make the window 320 px wide and fail when the page does not fit."""
    page.set_viewport_size({"width": PHONE_WIDTH, "height": 640})
    fits(page)


def looks_right(page: Page) -> None:
    """Fail unless the page is clean for axe and fits, at 1280 and at 320 px. Leaves the window as wide as it was."""
    settled(page)
    before = page.viewport_size
    for width, height in ((DESK_WIDTH, 900), (PHONE_WIDTH, 640)):
        page.set_viewport_size({"width": width, "height": height})
        fits(page)
        axe(page)
    if before is not None:
        page.set_viewport_size(before)


def keys(page: Page, *pressed: str) -> None:
    """Press keys one after another: "Tab", "Enter", "Shift+Tab"; anything longer than a key's name is typed."""
    settled(page)
    for key in pressed:
        if len(key) == 1 or re.fullmatch(r"(?:(?:Shift|Control|Alt|Meta)\+)?[A-Z][A-Za-z0-9]+", key):
            page.keyboard.press(key)
        else:
            page.keyboard.type(key)


def tab_to(page: Page, control: Locator, *, most: int = 60) -> None:
    """Press Tab until the control has the focus. Fails after `most` presses, or when the focus cannot be seen."""
    settled(page)
    control.wait_for(state="attached")
    for _ in range(most):
        if control.evaluate("e => e === document.activeElement"):
            expect(control).to_be_focused()
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {control} on {page.url} within {most} presses.")


@pytest.fixture
def shot(request: pytest.FixtureRequest) -> Callable[[Page, str], Path]:
    """Keep a picture of the page in test-results/<test>/<name>.png (not committed)."""

    def keep(page: Page, name: str) -> Path:
        folder = RESULTS / re.sub(r"\W+", "-", request.node.name).strip("-")
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.png"
        page.screenshot(path=path, full_page=True)
        return path

    return keep
