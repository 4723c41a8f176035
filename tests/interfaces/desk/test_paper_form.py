"""The screen on which the post room confirms what a scanned form says: beside the form itself, sent as a request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PIL import ImageDraw
from playwright.sync_api import Page, expect

from moothall.cases.models import Case
from moothall.channels.post.forms import print_form
from moothall.channels.post.paper import can_draw
from moothall.channels.post.words import installed
from moothall.core.packs import Pack
from moothall.customers.models import Customer
from moothall.intake.paper import asked_on_paper
from moothall.services.pack import SERVICES
from tests.browser import goes_on, looks_right
from tests.channels.paper import said
from tests.channels.post.test_forms import crossed, scanned
from tests.channels.post.test_reading import font
from tests.conftest import MovableClock
from tests.interfaces.desk.conftest import BIN, Officer

pytestmark = [
    pytest.mark.long, pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not can_draw(), reason="Pango is not installed here"),
    pytest.mark.skipif("eng" not in installed(), reason="Tesseract is not installed here"),
]  # fmt: skip
HOME = {"line1": "14 Mill Lane", "postcode": "LS21 1AA"}
ANSWERS = BIN | {"address": HOME, "contact": {"name": "Amina Dunn", "phone": "07700 900123"}}


@pytest.mark.row("A6")
def test_what_a_scanned_form_says_is_confirmed_beside_it(
    page: Page, sits_at: Callable[[Officer, Page], None], officer: Callable[..., Officer], council: Pack,
    amina: Customer, clock: MovableClock, shot: Callable[[Page, str], object], settings: Any, tmp_path: Any,
) -> None:  # fmt: skip
    settings.MEDIA_ROOT = tmp_path
    service = council.of(SERVICES)["missed-bin"]
    form = print_form(council, service, at=clock.now())
    wanted = {key: text for one in asked_on_paper(service) for key, text in said(one, ANSWERS).items()}
    ticks = {box.key for box in form.boxes if box.kind == "tick"} & set(wanted)
    by_hand = {key: text for key, text in wanted.items() if key not in ticks}
    left_out = next(box.key for box in form.boxes if box.key in ticks)  # she forgot one
    pages = crossed(form, ticks - {left_out})
    for box in form.boxes:
        if box.key in by_hand:
            scale = pages[0].width / 210
            pen = ImageDraw.Draw(pages[box.page - 1])
            pen.text((box.left * scale + 12, box.top * scale + 6), by_hand[box.key], font=font(34), fill=30)
    letter = scanned(pages, clock)
    assert letter.state == "waiting"

    sits_at(officer("post-room-officer", teams=("customer-services",), name="Moira Field"), page)
    page.goto(f"/desk/post/{letter.id}/")
    expect(page.get_by_role("heading", name="What does the form say?")).to_be_visible()
    expect(page.get_by_text("to look at: marked with a line")).to_be_visible()
    for key in ticks - {left_out}:
        expect(page.locator(f'input[name=tick][value="{key}"]')).to_be_checked()
    looks_right(page)
    shot(page, "form")
    page.set_viewport_size({"width": 320, "height": 640})
    shot(page, "form-narrow")
    page.set_viewport_size({"width": 1280, "height": 900})

    for key, text in by_hand.items():
        page.locator(f'[name="text:{key}"]').fill(text)
    with goes_on(page):
        page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    looks_right(page)
    shot(page, "form-amiss")
    for key, text in by_hand.items():
        expect(page.locator(f'[name="text:{key}"]')).to_have_value(text)
    page.locator(f'input[name=tick][value="{left_out}"]').check()
    page.get_by_label("Amina Dunn").first.check()
    with goes_on(page):
        page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_text("No letter waits")).to_be_visible()
    case = Case.objects.get()
    assert (case.service, case.channel, case.customer_id) == ("missed-bin", "post", amina.id)
    assert case.answers["bin"] == "general"
