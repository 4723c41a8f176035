"""“I visited the Customer Centre and they knew that I had phoned and had my letter”: Amina Dunn writes on Monday, rings on
Tuesday and comes in on Wednesday. Three people serve her, and none of them asks what another was told."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.channels.post.reading import read_scan
from moothall.channels.post.words import installed
from moothall.contacts.models import Contact
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.zone import LONDON
from moothall.customers.actions import create_customer
from moothall.postroom.actions import take_scan
from moothall.postroom.models import Letter
from tests.browser import goes_on, looks_right
from tests.channels.post.test_reading import letter as written
from tests.conftest import MovableClock

pytestmark = [
    pytest.mark.journey, pytest.mark.long, pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("eng" not in installed(), reason="Tesseract is not installed here"),
]  # fmt: skip
LINES = (
    "Amina Dunn", "14 Mill Lane, Otley, LS21 1AA", "", "Dear Sir or Madam",
    "You charge me council tax for two adults.", "I have lived alone since May. Please put it right.",
    "Yours faithfully", "Amina Dunn",
)  # fmt: skip
ASKED = "Wants to know whether her letter came. Told her that it did."


@pytest.mark.row("B2", "A6", "A4")
def test_a_letter_a_call_a_visit_and_the_adviser_knew(
    council: Any, desk_of: Callable[..., Page], clock: MovableClock, settings: Any, tmp_path: Any,
    shot: Callable[[Page, str], object],
) -> None:  # fmt: skip
    settings.MEDIA_ROOT = tmp_path
    clock.set(datetime(2026, 3, 2, 9, 30, tzinfo=LONDON))
    amina = create_customer(
        given_name="Amina", family_name="Dunn", date_of_birth=date(1948, 5, 2),
        address_text="14 Mill Lane, Otley, LS21 1AA", contact_points=[("phone", "07700 900123")], by=SYSTEM,
        at=clock.now(),
    )  # fmt: skip
    _monday(desk_of, clock)
    clock.set(datetime(2026, 3, 3, 11, 0, tzinfo=LONDON))
    _tuesday(desk_of)
    jobs.drain(at=clock.now())
    clock.set(datetime(2026, 3, 4, 14, 0, tzinfo=LONDON))
    _wednesday(desk_of, clock, shot)
    hers = Contact.objects.filter(customer_id=amina.id, direction="in").order_by("received_at")
    assert list(hers.values_list("channel", flat=True)) == ["post", "phone", "counter"]


def _monday(desk_of: Callable[..., Page], clock: MovableClock) -> None:
    """Her letter is scanned, read and filed."""
    held = io.BytesIO()
    written(*LINES).save(held, "PDF", resolution=150)
    scan, _ = take_scan(
        name="monday.pdf", content=held.getvalue(), channel="post", source="folder", received_at=clock.now(), by=SYSTEM,
        at=clock.now(),
    )  # fmt: skip
    (letter_id,) = read_scan(scan.id, at=clock.now())
    if Letter.objects.get(id=letter_id).state == "waiting":
        clerk = desk_of("Moira Field", "post-room-officer", "adviser", teams=("customer-services",))
        clerk.goto(f"/desk/post/{letter_id}/")
        expect(clerk.get_by_role("region", name="Amina Dunn").first).to_be_visible()
        clerk.keyboard.press("a")
        expect(clerk.get_by_text("No letter waits")).to_be_visible()
    assert Letter.objects.get(id=letter_id).state == "filed"


def _tuesday(desk_of: Callable[..., Page]) -> None:
    """She rings; Ravi sees her letter and says so."""
    desk = desk_of("Ravi Patel", "adviser", teams=("customer-services",))
    desk.goto("/desk/")
    desk.get_by_label("Number they ring from").fill("07700 900123")
    with goes_on(desk):
        desk.get_by_role("button", name="Begin the call").click()
    _says_who_she_is(desk)
    expect(_line(desk)).to_contain_text("Wrote to us")
    desk.get_by_label("Note on this contact").fill(ASKED)
    _finishes(desk)


def _wednesday(desk_of: Callable[..., Page], clock: MovableClock, shot: Callable[[Page, str], object]) -> None:
    """She comes in; Priya, who never heard of her, knows of both and has the letter itself before her."""
    door = desk_of("Elsie Moor", "reception-host")
    door.goto("/reception/?centre=city")
    door.get_by_label("What they came for").fill("Her council tax")
    with goes_on(door):
        door.get_by_role("button", name="Give a ticket").click()
    expect(door.locator(".host__given")).to_contain_text("Give them ticket")

    desk = desk_of("Priya Shah", "adviser", teams=("customer-services",))
    desk.goto("/reception/desk?centre=city")
    desk.get_by_label(re.compile("Your desk")).select_option("1")
    with goes_on(desk):
        desk.get_by_role("button", name="I am on duty").click()
    expect(desk.get_by_role("button", name="Call the next")).to_be_visible()
    clock.advance(minutes=3)
    with goes_on(desk):
        desk.get_by_role("button", name="Call the next").click()
    expect(desk.get_by_role("button", name="They are here: begin")).to_be_visible()
    with goes_on(desk):
        desk.get_by_role("button", name="They are here: begin").click()
    expect(desk.locator(".beside")).to_contain_text("Her council tax")
    desk.goto(f"{desk.url.split('?')[0]}?who=Amina+Dunn")
    _says_who_she_is(desk)
    line = _line(desk)
    expect(line).to_contain_text("Rang us")
    expect(line).to_contain_text(ASKED)
    expect(line).to_contain_text("Wrote to us")
    looks_right(desk)
    shot(desk, "she-knows")
    here = desk.url
    with goes_on(desk):
        line.get_by_role("link", name=re.compile("Wrote to us")).first.click()
    picture = desk.get_by_alt_text("Page 1 of the letter")
    expect(picture).to_be_visible()
    assert picture.evaluate("(one) => one.decode().then(() => one.naturalWidth)") > 400
    expect(desk.get_by_text("You charge me council tax for two adults").first).to_be_visible()
    shot(desk, "her-letter")
    desk.goto(here)
    _finishes(desk)


def _says_who_she_is(desk: Page) -> None:
    with goes_on(desk):
        desk.get_by_role("button", name=re.compile("Amina Dunn")).first.click()
    expect(desk.locator(".caller__name")).to_contain_text("Amina Dunn")


def _line(desk: Page) -> Any:
    return desk.locator(".desk__line")


def _finishes(desk: Page) -> None:
    desk.locator("[data-cause-key='1']").check(force=True)
    with goes_on(desk):
        desk.get_by_role("button", name="Finish").click()
    expect(desk.get_by_text("Finished. Ready for the next.")).to_be_visible()
