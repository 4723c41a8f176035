"""Mrs Jones asks for a parking permit with her papers, pays, Olga decides and issues it; it ends, she is told before, and
renews it without being asked what we know."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.cases.models import Case
from moothall.core import jobs
from moothall.core.references import show_reference
from moothall.notifications.models import Message
from moothall.permits.jobs import remind_holders
from moothall.permits.models import Permit
from tests.browser import at_320, goes_on, looks_right
from tests.journeys.test_an_account_is_begun_in_the_middle import sign_in

pytestmark = [pytest.mark.journey, pytest.mark.long, pytest.mark.django_db(transaction=True)]
MARY = "mary.jones@example.com"
PAPER = {"name": "council-tax-bill.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"}
BOOK = {"name": "v5c.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\nV5C"}


def carry_on(page: Page) -> None:
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()


def choose(page: Page, words: str) -> None:
    page.get_by_label(words, exact=True).check()
    carry_on(page)


def asks(page: Page, question: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(question)


def send_pay_and_come_with_proof(page: Page, clock: Any) -> None:
    """Send what is checked, leave the proof for the office, pay by card."""
    with goes_on(page):
        page.get_by_role("button", name="Send it and pay").click()
    expect(page.get_by_role("heading", name="Show us it is you")).to_be_visible()
    with goes_on(page):
        page.get_by_role("button", name="Send it, and I come with proof").click()
    expect(page.get_by_role("heading", name="Pay £124")).to_be_visible()
    with goes_on(page):
        page.get_by_role("button", name="Pay", exact=True).click()
    jobs.drain(at=clock.now())
    page.reload()
    expect(page.get_by_text("We have your £124")).to_be_visible()
    jobs.drain(at=clock.now())


def link_in(template: str) -> str:
    """The private link of the newest message of this kind."""
    message = Message.objects.filter(template=template).latest("created_at", "id")
    found = re.search(r"http[^\s)]+/permits/[0-9a-f-]+/[0-9a-f]+", f"{message.values} {message.body}".replace("\\", ""))
    assert found, message.values
    return found[0]


@pytest.mark.usefixtures("card_payments")
def test_asked_for_with_papers_paid_decided_issued_ended_and_renewed(
    council: Any, clock: Any, page: Page, desk_of: Callable[..., Page], shot: Callable[[Page, str], object]
) -> None:
    # She asks, with her papers, and pays.
    sign_in(page, MARY, ("Mary", "Jones"))
    page.goto("/services/parking-permit")
    with goes_on(page):
        page.get_by_role("button", name="Start now").click()
    asks(page, "What is your address?")
    page.get_by_label("Building and street").fill("14 Mill Lane")
    page.get_by_label("Postcode").fill("LS21 1AA")
    carry_on(page)
    choose(page, "New")
    asks(page, "Which vehicle is it for?")
    page.locator("input[name$=registration]").fill("ab12 cde")
    carry_on(page)
    choose(page, "Me")
    choose(page, "No")
    choose(page, "No")
    asks(page, "Send proof of your address")
    page.locator("input[type=file]").set_input_files([PAPER])
    carry_on(page)
    asks(page, "Send the V5C")
    page.locator("input[type=file]").set_input_files([BOOK])
    carry_on(page)
    asks(page, "When does it start?")
    for part, value in (("Day", "9"), ("Month", "3"), ("Year", "2026")):
        page.get_by_label(part, exact=True).fill(value)
    carry_on(page)
    choose(page, "Pay by card now")
    asks(page, "How should we keep you up to date?")
    page.get_by_label("Your name").fill("Mary Jones")
    page.get_by_label("Email address").fill(MARY)
    carry_on(page)
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    send_pay_and_come_with_proof(page, clock)
    case = Case.objects.get()

    # Olga looks at the papers, checks who asked, decides, and issues it: not before.
    olga = desk_of("Olga Reid", "service-officer", teams=("parking-services",))
    olga.goto(f"/desk/cases/{case.id}/")
    expect(olga.get_by_text("Issued today, it runs from 9 March 2026 to 8 March 2027.")).to_be_visible()
    with olga.expect_download() as saved:
        olga.get_by_role("link", name="council-tax-bill.pdf").click()
    assert saved.value.suggested_filename == "council-tax-bill.pdf"
    looks_right(olga)
    shot(olga, "1-to-decide")
    with goes_on(olga):
        olga.get_by_role("button", name="Issue it").click()
    expect(olga.get_by_role("alert")).to_contain_text("First finish what is to do: Check who asked")
    assert not Permit.objects.exists()
    with goes_on(olga):
        olga.get_by_role("button", name=re.compile("^Done.*Check who asked")).click()
    with goes_on(olga):
        olga.get_by_role("button", name="Issue it").click()
    permit = Permit.objects.get()
    number = f"RP {show_reference(permit.reference)}"
    expect(olga.get_by_text(number).first).to_be_visible()
    expect(olga.get_by_text("9 March 2026 to 8 March 2027")).to_be_visible()
    looks_right(olga)
    shot(olga, "2-issued")
    jobs.drain(at=clock.now())

    # She has its number and dates: by message, by its link, at her request, in her account.
    page.goto(link_in("permit-issued"))
    expect(page.get_by_text(number)).to_be_visible()
    expect(page.get_by_text("8 March 2027").first).to_be_visible()
    expect(page.get_by_role("button", name="Renew it")).to_have_count(0)
    looks_right(page)
    at_320(page)
    shot(page, "3-permit")
    page.goto("/track")
    page.get_by_label("Your reference").fill(permit.reference)  # the permit's own number leads to it
    page.get_by_label("Your email address or postcode").fill(MARY)
    with goes_on(page):
        page.get_by_role("button", name="Find it").click()
    expect(page.get_by_text(f"Resident parking permit {number}", exact=True)).to_be_visible()
    looks_right(page)
    page.goto("/account/")
    expect(page.get_by_text(f"Resident parking permit {number}", exact=True)).to_be_visible()
    looks_right(page)

    # Four weeks before it ends she is told, and renews it: only the money is asked.
    clock.set("2027-02-08T09:00")
    remind_holders()
    jobs.drain(at=clock.now())
    page.goto(link_in("permit-ends"))
    with goes_on(page):
        page.get_by_role("button", name="Renew it").click()
    expect(page.get_by_role("heading", name="My permits and licences")).to_be_visible()
    looks_right(page)
    at_320(page)
    shot(page, "4-renew")
    with goes_on(page):
        page.get_by_role("button", name=re.compile("^Renew it")).click()
    asks(page, "How would you like to pay?")
    choose(page, "Pay by card now")
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    for known in ("14 Mill Lane", "AB12CDE", "Renew", MARY):
        expect(page.get_by_text(known).first).to_be_visible()
    expect(page.get_by_text("Send the V5C")).to_have_count(0)
    looks_right(page)
    shot(page, "5-check")
    send_pay_and_come_with_proof(page, clock)
    again = Case.objects.exclude(id=case.id).get()

    # Another officer sees what it renews, and issues the next from the day after.
    nils = desk_of("Nils Berg", "service-officer", teams=("parking-services",))
    nils.goto(f"/desk/cases/{again.id}/")
    with goes_on(nils):
        nils.get_by_role("button", name=re.compile("^Done.*Check who asked")).click()
    expect(nils.get_by_label("Which one does it renew?")).to_have_value(str(permit.id))
    shot(nils, "6-renewal")
    with goes_on(nils):
        nils.get_by_role("button", name="Issue it").click()
    expect(nils.get_by_text("9 March 2027 to 8 March 2028")).to_be_visible()
    with goes_on(nils):
        nils.get_by_role("link", name="Mary Jones").first.click()
    with goes_on(nils):  # his work on it is over: why he looks is asked
        nils.get_by_role("button", name="They are in touch with us now").click()
    expect(nils.get_by_role("list", name="Permits and licences")).to_contain_text(number)
    looks_right(nils)
    shot(nils, "7-person")
    jobs.drain(at=clock.now())
    page.goto("/account/permits")
    expect(page.get_by_role("listitem").filter(has_text="AB12CDE")).to_have_count(2)
    expect(page.get_by_text("Renewed")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Renew it"))).to_have_count(0)
    remind_holders()
    jobs.drain(at=clock.now())
    assert Message.objects.filter(template="permit-ends").count() == 1
