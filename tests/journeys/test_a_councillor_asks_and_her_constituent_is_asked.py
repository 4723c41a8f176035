"""Councillor Hale has no consent yet. The resident is asked, says yes or no or nothing, and Councillor Hale reads which."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.cases.models import Case, Task
from moothall.core.actors import SYSTEM
from moothall.core.jobs import drain
from moothall.core.staff import create_staff
from moothall.core.tokens import signed_id
from moothall.customers.colleagues.actions import seat
from moothall.intake.constituents import USE
from moothall.intake.models import ConsentAsked
from moothall.notifications.models import Message
from tests.browser import goes_on, looks_right
from tests.interfaces.console.test_looks_right import PASSWORD
from tests.journeys.test_a_councillor_asks_for_a_constituent import choose, say

pytestmark = [
    pytest.mark.journey, pytest.mark.long, pytest.mark.row("B10"), pytest.mark.django_db(transaction=True),
]  # fmt: skip
JOAN = "joan.okoro@example.net"


@pytest.fixture
def enquiry(council: Any, clock: Any, no_script: Page) -> Case:
    """Councillor Hale's enquiry, sent: she asks us to ask the resident."""
    hale = create_staff(
        username="hale", name="Dorothy Hale", email="d.hale@example.org", roles=["councillor"], password=PASSWORD,
        pack=council, by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    seat(hale.id, wards=[], by=SYSTEM, at=clock.now())
    web = no_script
    web.goto("/sign-in/")
    web.get_by_label("Name you sign in with").fill("hale")
    web.get_by_label("Password").fill(PASSWORD)
    with goes_on(web):
        web.get_by_role("button", name="Sign in").click()
    with goes_on(web):
        web.get_by_role("button", name=re.compile("Start.*Councillor enquiry")).click()
    expect(web.get_by_text("Which councillor or MP asks?").first).to_be_visible()
    with goes_on(web):
        web.get_by_role("button", name="Carry on").click()
    expect(web.get_by_text("Which resident is it for?").first).to_be_visible()
    web.get_by_label("Full name").fill("Joan Okoro")
    with goes_on(web):
        web.get_by_role("button", name="Carry on").click()
    choose(web, "Not yet. Please ask them")
    expect(web.get_by_text("How can we reach the resident?").first).to_be_visible()
    web.get_by_label("Email address").fill(JOAN)
    with goes_on(web):
        web.get_by_role("button", name="Carry on").click()
    with goes_on(web):
        web.get_by_role("button", name="Carry on").click()
    say(web, "Which service is it about?", "Damp in her flat")
    say(web, "What is asked?", "When is it looked at?")
    choose(web, "No")
    with goes_on(web):
        web.get_by_role("button", name="Carry on").click()
    expect(web.get_by_role("heading", name="Check your answers")).to_be_visible()
    with goes_on(web):
        web.get_by_role("button", name="Send it").click()
    expect(web.get_by_role("heading", name="We have it")).to_be_visible()
    drain()
    return Case.objects.get()


def link_of(case: Case) -> str:
    """The way from the one message that the resident was sent; its words are not kept, as it carried a private link."""
    told = Message.objects.get(template="consent-asked", case_id=case.id)
    assert (told.channel, told.to, told.state) == ("email", JOAN, "sent")
    assert told.subject == "May we tell Dorothy Hale about Damp in her flat?"
    return f"/enquiry/{signed_id(USE, ConsentAsked.objects.get(case_id=case.id).id)}"


def councillor_reads(web: Page, case: Case, words: str) -> None:
    web.goto(f"/mine/requests/{case.id}")
    expect(web.get_by_text(words).first).to_be_visible()


def test_the_resident_agrees_and_takes_it_back(
    enquiry: Case, no_script: Page, new_page: Callable[..., Page], shot: Callable[[Page, str], object]
) -> None:
    resident = new_page(width=320, height=640, java_script_enabled=False)
    resident.goto(link_of(enquiry))
    expect(resident.get_by_role("heading", level=1, name="May we tell Dorothy Hale?")).to_be_visible()
    shot(resident, "asked-320")
    with goes_on(resident):
        resident.get_by_role("button", name="Yes, you may tell them").click()
    expect(resident.get_by_text("You said yes")).to_be_visible()
    councillor_reads(no_script, enquiry, "The resident has agreed")
    assert [one.title for one in Task.objects.filter(kind="consent")] == [
        "The resident has agreed: answer the councillor in full"
    ]
    seeing = new_page()
    seeing.goto(link_of(enquiry))
    looks_right(seeing)
    shot(seeing, "agreed")
    with goes_on(resident):
        resident.get_by_role("button", name="Take it back: tell them nothing more").click()
    expect(resident.get_by_text("You said no")).to_be_visible()
    councillor_reads(no_script, enquiry, "The resident has taken back what they agreed to")
    assert ConsentAsked.objects.get().agreed is False
    drain()
    sent = Message.objects.filter(case_id=enquiry.id, to="d.hale@example.org", template="case-note")
    assert sent.count() == 2, "she is written to each time, and need not look"


def test_the_resident_says_no(enquiry: Case, no_script: Page, new_page: Callable[..., Page]) -> None:
    resident = new_page()
    resident.goto(link_of(enquiry))
    looks_right(resident)
    with goes_on(resident):
        resident.get_by_role("button", name="No, tell them nothing of me").click()
    expect(resident.get_by_text("You said no")).to_be_visible()
    councillor_reads(no_script, enquiry, "The resident does not agree that we tell you about it")
    expect(no_script.get_by_text("The resident has agreed")).to_have_count(0)


def test_the_resident_does_not_answer(enquiry: Case, no_script: Page, clock: Any) -> None:
    councillor_reads(no_script, enquiry, "Not yet. Please ask them")
    clock.advance(days=7, hours=2)
    drain()
    drain()
    no_script.goto("/sign-in/")
    councillor_reads(no_script, enquiry, "and have no answer. You get a general answer")
    assert Task.objects.filter(kind="consent").count() == 1, "told once, however often it is looked at"
