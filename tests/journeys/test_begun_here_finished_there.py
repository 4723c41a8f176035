"""Begun on one channel and finished on another, and nothing asked twice: by telephone at night and on the web by the texted
link; on the web and, when she has had enough of it, with an adviser who takes it from where she was."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.cases.models import Case, CaseContact
from moothall.contacts.models import Contact
from moothall.core.actors import SYSTEM
from moothall.core.packs import Pack
from moothall.intake.actions.talking.calls import begin_call, end_call, hear_call
from moothall.intake.models import Dialogue
from moothall.intake.talking.keypad import keys_of
from moothall.notifications.models import Message
from moothall.places.actions import Premises, import_premises
from tests.browser import goes_on, looks_right

pytestmark = [pytest.mark.journey, pytest.mark.long, pytest.mark.row("A14"), pytest.mark.django_db(transaction=True)]
HERS = "+447700900123"


@pytest.fixture(autouse=True)
def house(council: Pack, settings: Any, live_server: Any) -> None:
    """Her house, and our own address in the links we send."""
    settings.PUBLIC_URL = live_server.url
    home = Premises(
        uprn=72000014, address="14 Mill Lane, Armley, LS12 1AA", number="14", street="Mill Lane", postcode="LS12 1AA",
        latitude=53.7990, longitude=-1.5700,
    )  # fmt: skip
    import_premises([home], by=SYSTEM)


def keyed(clock: Any, *keys: str) -> str:
    """Press keys one after the other in her call; return what is heard last."""
    turn = begin_call("night-1", line="test", caller=HERS, at=clock.now())
    for key in keys:
        turn = hear_call("night-1", number=turn.number, words=key, at=clock.now())
    return turn.words


def carry_on(page: Page) -> None:
    """Go to the next question."""
    with goes_on(page):
        page.get_by_role("button", name="Carry on", exact=True).click()


def test_by_telephone_at_night_and_on_the_web_by_the_link(
    page: Page, clock: Any, shot: Callable[[Page, str], object]
) -> None:
    clock.set("2026-11-23T22:10:00+00:00")
    keyed(clock, "1", "1", keys_of("LS12 1AA"), "14", "1", "2")  # the street, graffiti, where, not offensive
    end_call("night-1", how="hung_up", at=clock.now())
    began = Dialogue.objects.get()
    kept = {name for name, value in began.answers.items() if value is not None}
    assert len(kept) >= 2
    sent = Message.objects.get(template="dialogue-saved")
    assert (sent.channel, sent.to) == ("sms", HERS)
    (link,) = re.findall(r"http\S+/return/\S+", sent.body)
    asked = []
    with goes_on(page):
        page.goto(link)
    for _ in range(12):
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        if page.url.endswith("/check"):
            break
        asked.append(page.url.split("?")[0].rsplit("/", 1)[-1])
        if asked[-1] == "contact":
            page.get_by_label("Telephone number").fill("07700 900123")
        elif page.get_by_role("radio").count():
            page.get_by_role("radio").first.check()
        carry_on(page)
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    assert not kept & set(asked), "what she keyed in is not asked again"
    expect(page.get_by_text("14 Mill Lane, Armley")).to_be_visible()
    with goes_on(page):
        page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="We have it")).to_be_visible()
    case = Case.objects.get()
    assert (case.service, case.channel, case.uprn) == ("graffiti", "web", 72000014)
    call = Contact.objects.get(channel="voice")
    assert CaseContact.objects.filter(case=case, contact_id=call.id).exists(), "officers see that she had rung"
    expect(page.get_by_role("group", name="How was asking for this?")).to_be_visible()
    looks_right(page)
    shot(page, "sent")
    page.set_viewport_size({"width": 320, "height": 640})
    shot(page, "sent-narrow")
    page.get_by_label("Good").check()
    page.get_by_label("Why? (optional)").fill("It knew what I had told the telephone.")
    with goes_on(page):
        page.locator("#rate").get_by_role("button", name="Send it").click()
    expect(page.get_by_text("Thank you")).to_be_visible()


def test_begun_on_the_web_and_finished_by_an_adviser(
    page: Page, desk_of: Callable[..., Page], clock: Any, shot: Callable[[Page, str], object]
) -> None:
    page.goto("/services/missed-bin")
    with goes_on(page):
        page.locator("form[action$='/start'] button").click()
    expect(page.get_by_label("Postcode")).to_be_visible()
    page.get_by_label("Postcode").fill("LS12 1AA")
    with goes_on(page):
        page.get_by_role("button", name="Find the address").click()
    page.get_by_label("14 Mill Lane, Armley").check()
    carry_on(page)
    expect(page.get_by_role("radio").first).to_be_visible()
    page.get_by_role("radio").first.check()
    carry_on(page)
    expect(page.get_by_text("Rather talk to somebody?")).to_be_visible()
    looks_right(page)
    code = page.get_by_text("Rather talk to somebody?").locator("strong").inner_text()
    began = Dialogue.objects.get()

    desk = desk_of("Ravi Patel", "adviser", teams=("customer-services",))
    desk.goto("/desk/")
    desk.get_by_label("Number they ring from").fill("0113 496 0123")
    with goes_on(desk):
        desk.get_by_role("button", name="Begin the call").click()
    expect(desk.get_by_label("What do they want?")).to_be_visible()
    desk.get_by_text("They have a code").click()
    expect(desk.get_by_label("The code on their screen")).to_be_visible()
    desk.get_by_label("The code on their screen").fill(code)
    desk.get_by_label("Something they answered").fill("LS1 1UR")
    with goes_on(desk):
        desk.get_by_role("button", name="Go on where they are").click()
    expect(desk.get_by_role("link", name=re.compile("Nothing under way has that code"))).to_be_visible()
    looks_right(desk)
    shot(desk, "desk-code")
    desk.get_by_label("Something they answered").fill("ls12 1aa")
    with goes_on(desk):
        desk.get_by_role("button", name="Go on where they are").click()
    expect(desk.get_by_text("They began this before they reached you.")).to_be_visible()
    looks_right(desk)
    shot(desk, "desk-carried")
    for name, value in began.answers.items():
        if isinstance(value, str):
            expect(desk.locator(f"input[name={name}][value={value}]")).to_be_checked()
    expect(desk.locator("input[name=address-text]")).to_have_value("14 Mill Lane, Armley, LS12 1AA")
    for line in desk.locator("[data-line]:not([hidden])").all():
        if line.locator("input[type=radio]").count() and not line.locator("input[type=radio]:checked").count():
            line.locator("input[type=radio]").first.check()
    desk.locator("input[name=contact-phone]").fill("07700 900123")
    with goes_on(desk):
        desk.locator("[data-send]").click()
    expect(desk.get_by_text("Your reference is")).to_be_visible()
    case = Case.objects.get()
    assert (case.service, case.channel, case.uprn) == ("missed-bin", "phone", 72000014)
    page.reload()
    expect(page.get_by_text(f"{case.reference[:4]}-{case.reference[4:]}")).to_be_visible()
