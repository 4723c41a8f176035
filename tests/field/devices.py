"""A crew's device in a browser: signing it in, photos for it, and whether a glove can press what it shows."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image
from playwright.sync_api import Page, expect

from moothall.core import clock as time
from moothall.core.actors import SYSTEM
from moothall.core.jobs import drain
from moothall.core.packs import Pack
from moothall.core.staff import create_staff
from moothall.field.models import Job
from tests.browser import goes_on, keys, tab_to

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


def gives_the_job(page: Page, job: Job, *, crew: str = "Highways crew 1") -> None:
    """A supervisor at the board gives a waiting job to a crew and sends the day to the devices, by the keyboard alone."""
    page.goto("/desk/crews/")
    expect(page.get_by_role("heading", name="Waiting for a crew: 1")).to_be_visible()
    folded = page.get_by_text("that can wait: promised for another day")
    if folded.count():
        tab_to(page, folded)
        keys(page, "Enter")
    which = page.locator(f"#w-{job.id}")
    expect(which).to_be_visible()
    tab_to(page, which, most=120)
    page.keyboard.type(crew)
    expect(which.locator("option:checked")).to_have_text(crew)
    tab_to(page, page.get_by_role("button", name="Give"), most=120)
    with goes_on(page):
        keys(page, "Enter")
    expect(page.get_by_role("heading", name="Waiting for a crew")).to_have_count(0)
    tab_to(page, page.get_by_role("button", name="Send to devices"), most=120)
    with goes_on(page):
        keys(page, "Enter")
    expect(page.get_by_text("Sent. The crews’ devices have their jobs")).to_be_visible()
    expect(page.get_by_text("Given by hand, not planned.")).to_be_visible()


def plans_the_day(page: Page, jobs: str) -> None:
    """A supervisor has today planned at the board and sends it to the devices, by the keyboard alone.

    ``jobs`` is what the board then says was placed, like "2 jobs with crews".
    """
    page.goto("/desk/crews/")
    tab_to(page, page.get_by_role("button", name="Plan the day"), most=120)
    with goes_on(page):
        keys(page, "Enter")
    expect(page.get_by_text("The day is being planned.")).to_be_visible()
    drain(at=time.now())
    tab_to(page, page.get_by_role("link", name="Look again"), most=120)
    with goes_on(page):
        keys(page, "Enter")
    expect(page.get_by_text(f"{jobs}, 0 left")).to_be_visible()
    tab_to(page, page.get_by_role("button", name="Send to devices"), most=120)
    with goes_on(page):
        keys(page, "Enter")
    expect(page.get_by_text("Sent. The crews’ devices have their jobs")).to_be_visible()


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
