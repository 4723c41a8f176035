"""Mrs Okoro would like company. She finds who can help and agrees to be referred; her adviser refers her on when they cannot.

The partner answers by its link, without an account; she sees each step and takes it back when she likes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.cases.models import Case
from moothall.core.jobs import drain
from moothall.core.references import show_reference
from moothall.partners.models import PersonReferral
from tests.browser import goes_on, keys, looks_right, tab_to
from tests.partners.help import NEIGHBOURS, PANTRY, bring, link_of

pytestmark = [
    pytest.mark.journey, pytest.mark.long, pytest.mark.row("C4"), pytest.mark.django_db(transaction=True),
]  # fmt: skip
GRACE = "grace.okoro@example.net"


def carry_on(web: Page) -> None:
    with goes_on(web):
        web.get_by_role("button", name="Carry on").click()


def asks_on_the_web(web: Page, shot: Callable[[Page, str], object]) -> Case:
    """She finds the befriending of the Good Neighbours, and asks to be referred."""
    web.goto("/help?words=befriending")
    with goes_on(web):
        web.get_by_role("link", name="Befriending").click()
    expect(web.get_by_text("Run by Riverside Good Neighbours, not the council")).to_be_visible()
    shot(web, "help-one")
    with goes_on(web):
        web.get_by_role("button", name="Ask to be referred").click()
    expect(web.get_by_text("What would you like help with?").first).to_be_visible()
    web.get_by_role("textbox").first.fill("Somebody to talk to on Sundays")
    carry_on(web)
    expect(web.get_by_text("May we pass your details to them?").first).to_be_visible()
    web.get_by_label("Yes, ask them to get in touch with me").check()
    carry_on(web)
    expect(web.get_by_text("How should we keep you up to date?").first).to_be_visible()
    web.get_by_label("Your name").fill("Grace Okoro")
    web.get_by_label("Email address").fill(GRACE)
    carry_on(web)
    expect(web.get_by_role("heading", name="Check your answers")).to_be_visible()
    expect(web.get_by_text("Befriending, Riverside Good Neighbours").first).to_be_visible()
    with goes_on(web):
        web.get_by_role("button", name="Send it").click()
    expect(web.get_by_role("heading", name="We have it")).to_be_visible()
    drain()
    return Case.objects.get()


def tracks(web: Page, case: Case) -> None:
    web.goto("/track")
    web.get_by_label("Your reference").fill(show_reference(case.reference))
    web.get_by_label(re.compile("email address or postcode", re.I)).fill(GRACE)
    with goes_on(web):
        web.locator("main").get_by_role("button").click()
    expect(web.get_by_role("heading", name="Who may help you")).to_be_visible()


def test_the_partner_takes_her_on_by_its_link_and_she_takes_it_back(
    council: Any, clock: Any, no_script: Page, new_page: Callable[..., Page], shot: Callable[[Page, str], object]
) -> None:
    bring(clock.now())
    case = asks_on_the_web(no_script, shot)
    row = PersonReferral.objects.get()
    partner = new_page(width=320, height=640, java_script_enabled=False)
    partner.goto(link_of(row))
    expect(partner.get_by_role("heading", level=1, name="Can you help this person?")).to_be_visible()
    expect(partner.get_by_text("Somebody to talk to on Sundays")).to_be_visible()
    shot(partner, "partner-320")
    partner.get_by_label("When or how do you get in touch?").fill("Jo rings on Monday")
    with goes_on(partner):
        partner.get_by_role("button", name="Yes, we take it on").click()
    expect(partner.get_by_role("heading", level=1, name="Thank you: you have taken it on")).to_be_visible()
    drain()
    seeing = new_page()
    seeing.goto(link_of(row))
    looks_right(seeing)
    shot(seeing, "partner-taken")
    tracks(no_script, case)
    expect(no_script.get_by_text("They have taken it on, and get in touch with you.").first).to_be_visible()
    expect(no_script.get_by_text("They say: Jo rings on Monday").first).to_be_visible()
    shot(no_script, "tracked")
    with goes_on(no_script):
        no_script.get_by_role("button", name="Take it back").click()
    expect(no_script.get_by_text("They see nothing of you any more, and we have told them.")).to_be_visible()
    expect(no_script.get_by_role("button", name="Take it back")).to_have_count(0)
    partner.goto(link_of(row))
    expect(partner.get_by_role("heading", level=1, name="This is over")).to_be_visible()
    expect(partner.get_by_text("Grace")).to_have_count(0)


def test_one_cannot_and_the_adviser_refers_her_elsewhere(
    council: Any, clock: Any, no_script: Page, new_page: Callable[..., Page], desk_of: Callable[..., Page],
    shot: Callable[[Page, str], object],
) -> None:  # fmt: skip
    bring(clock.now())
    case = asks_on_the_web(no_script, shot)
    first = PersonReferral.objects.get()
    partner = new_page()
    partner.goto(link_of(first))
    looks_right(partner)
    shot(partner, "partner-1280")
    with goes_on(partner):
        partner.get_by_role("button", name="Tell them we cannot").click()
    expect(partner.get_by_text("There is a problem")).to_be_visible()
    looks_right(partner)
    partner.get_by_label("Why not?").select_option("They are full at the moment")
    with goes_on(partner):
        partner.get_by_role("button", name="Tell them we cannot").click()
    expect(partner.get_by_role("heading", level=1, name="Thank you for telling us")).to_be_visible()
    drain()

    desk = desk_of("Ravi Patel", "adviser", teams=("customer-services",))
    desk.goto("/desk/tasks/")
    expect(desk.get_by_text("Riverside Good Neighbours cannot take this on. Find other help").first).to_be_visible()
    desk.goto(f"/desk/cases/{case.id}/")
    expect(desk.get_by_role("heading", name="Help from others")).to_be_visible()
    shot(desk, "case")
    with goes_on(desk):
        desk.get_by_role("link", name="Find other help").click()
    desk.get_by_label("What do they need?").fill("pantry")
    with goes_on(desk):
        desk.get_by_role("button", name="Find it").click()
    with goes_on(desk):
        desk.get_by_role("link", name="Food pantry").click()
    expect(desk.get_by_text("May we tell Millfield Community Pantry your name and how to reach you")).to_be_visible()
    looks_right(desk)
    desk.get_by_label("How did they agree?").select_option("On the telephone")
    with goes_on(desk):
        desk.get_by_role("button", name="Refer them").click()
    expect(desk.get_by_text("Then tick that they agree").first).to_be_visible()
    looks_right(desk)
    shot(desk, "not-agreed")
    desk.get_by_label("They agree", exact=True).check()
    with goes_on(desk):
        desk.get_by_role("button", name="Refer them").click()
    expect(desk.get_by_text("asked, no answer yet")).to_be_visible()
    looks_right(desk)
    drain()
    assert PersonReferral.objects.get(organization=PANTRY).state == "sent"
    tracks(no_script, case)
    expect(no_script.get_by_role("heading", name=PANTRY)).to_be_visible()
    expect(no_script.get_by_role("heading", name=NEIGHBOURS)).to_be_visible()
    expect(no_script.get_by_text("They cannot take it on.").first).to_be_visible()
    seeing = new_page()
    seeing.context.add_cookies(no_script.context.cookies())  # type: ignore[arg-type]
    seeing.goto(f"/track/{case.id}")
    looks_right(seeing)
    shot(seeing, "tracked-1280")
    seeing.goto(f"/track/{case.id}?lang=ur")
    expect(seeing.get_by_role("heading", name="آپ کی مدد کون کر سکتا ہے")).to_be_visible()
    looks_right(seeing)
    seeing.set_viewport_size({"width": 320, "height": 640})
    shot(seeing, "tracked-urdu-320")
    takes_it_back_for_her(desk, PersonReferral.objects.get(organization=PANTRY), shot)
    drain()
    tracks(no_script, case)
    expect(no_script.get_by_text("You took it back. They see nothing of you.").first).to_be_visible()
    expect(no_script.get_by_role("button", name="Take it back")).to_have_count(0)
    partner.goto(link_of(PersonReferral.objects.get(organization=PANTRY)))
    expect(partner.get_by_role("heading", level=1, name="This is over")).to_be_visible()


def takes_it_back_for_her(desk: Page, row: PersonReferral, shot: Callable[[Page, str], object]) -> None:
    """She rings and says so; the adviser does it by the keyboard, and is told what is missing first."""
    desk.goto(f"/desk/cases/{row.case_id}/")
    which = desk.get_by_label("How did they tell you?")
    tab_to(desk, desk.get_by_text("They take it back", exact=True), most=150)
    keys(desk, "Enter")
    expect(which).to_be_visible()
    tab_to(desk, desk.get_by_role("button", name="Take it back"), most=150)
    with goes_on(desk):
        keys(desk, "Enter")
    expect(desk.get_by_text("Choose how they told you that they take it back.").first).to_be_visible()
    looks_right(desk)
    shot(desk, "not-said-how")
    tab_to(desk, which, most=150)
    desk.keyboard.type("On the telephone")
    expect(which.locator("option:checked")).to_have_text("On the telephone")
    tab_to(desk, desk.get_by_role("button", name="Take it back"), most=150)
    with goes_on(desk):
        keys(desk, "Enter")
    expect(desk.get_by_text("You took back that we share your details").first).to_be_visible()
    expect(desk.get_by_text("They take it back", exact=True)).to_have_count(0)
    looks_right(desk)
    shot(desk, "taken-back")


def test_who_is_on_the_line_is_referred_in_the_call(
    council: Any, clock: Any, desk_of: Callable[..., Page], shot: Callable[[Page, str], object]
) -> None:
    bring(clock.now())
    desk = desk_of("Ravi Patel", "adviser", teams=("customer-services",))
    desk.goto("/desk/")
    expect(desk.get_by_label("Number they ring from")).to_be_focused()
    desk.get_by_label("Number they ring from").fill("07700 900123")
    with goes_on(desk):
        desk.get_by_label("Number they ring from").press("Enter")
    expect(desk.get_by_label("Who is it?")).to_be_visible()
    desk.goto("/desk/help/?words=befriending")
    with goes_on(desk):
        desk.get_by_role("link", name="Befriending").click()
    looks_right(desk)
    with goes_on(desk):
        desk.get_by_role("button", name="Refer who is with you now").click()
    expect(desk.get_by_label("Which charity or group, if you have found one?")).to_have_value(
        "Befriending, Riverside Good Neighbours"
    )
    expect(desk.get_by_label("Yes, ask them to get in touch with me")).to_be_visible()
    shot(desk, "in-the-call")
