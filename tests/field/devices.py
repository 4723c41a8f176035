"""A crew's device in a browser: signing it in, photos for it, and whether a glove can press what it shows."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image
from playwright.sync_api import Page, expect

from moothall.core import clock as time
from moothall.core.actors import SYSTEM
from moothall.core.packs import Pack
from moothall.core.staff import create_staff
from tests.browser import goes_on

PASSWORD = "seven-calm-otters-queueing"


def join(
    page: Page,
    council: Pack,
    *,
    crew: str = "Highways crew 1",
    team: str = "highway-inspectors",
    name: str = "crew.one",
) -> None:
    """Sign in as a member of the team and let this browser be the crew's device."""
    create_staff(
        username=name, name="Sam Dyer", roles=["field-worker"], teams=[team], password=PASSWORD, pack=council, by=SYSTEM,
        at=time.now(),
    )  # fmt: skip
    page.goto("/field/")
    with goes_on(page):
        page.get_by_role("link", name="Sign in and join a crew").click()
    page.get_by_label("Name you sign in with").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    with goes_on(page):
        page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Join a crew")).to_be_visible()
    page.get_by_label(crew, exact=True).check()
    page.get_by_label("What do you call this device?").fill(f"{crew} tablet")
    with goes_on(page):
        page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("heading", name="Jobs today")).to_be_visible()


def photo_file(seed: int = 0, size: tuple[int, int] = (640, 480)) -> Any:
    """A photo that looks like no other."""
    held = io.BytesIO()
    Image.effect_noise(size, 60 + seed % 60).convert("RGB").save(held, "JPEG", quality=70)
    return {"name": f"{seed}.jpg", "mimeType": "image/jpeg", "buffer": held.getvalue()}


def small_targets(page: Page) -> list[str]:
    """What is shown to press and is lower or narrower than 48 px; links within a sentence are not meant."""
    return page.evaluate("""() => [...document.querySelectorAll('a[href], button, input:not([type=file]), textarea, select')]
      .filter(e => e.offsetParent !== null && !e.closest('p:not(.back)') && !e.classList.contains('ui-skip'))
      .map(e => [e, e.getBoundingClientRect()]).filter(([, box]) => box.height < 48 || box.width < 48)
      .map(([e, box]) => `${e.tagName} ${e.textContent.slice(0, 40)} ${Math.round(box.width)}x${Math.round(box.height)}`)""")
