"""Mrs Jones pays for her garden waste in four parts; one comes back, and she pays it by card the same evening."""

from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.payments.actions.collecting import make_submission
from moothall.payments.links import debit_path, pay_path
from moothall.payments.models import DebitFile, Instalment, Intent, Mandate
from tests.browser import goes_on, looks_right
from tests.payments.conftest import books
from tests.payments.test_debits import arudd
from tests.payments.test_telephone import asked_for, officer

pytestmark = [
    pytest.mark.long, pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("council")
]  # fmt: skip


def send(clock: Any, day: str) -> DebitFile:
    clock.set(f"{day}T09:00")
    made = make_submission(by=SYSTEM, at=clock.now())
    assert made is not None
    return made


@pytest.mark.row("D16")
def test_in_four_parts_one_of_which_comes_back(council, clock, pay, page: Page, new_page, live_server, settings, shot):
    settings.PUBLIC_URL, pay.pages = live_server.url, f"{live_server.url}/demo/card"
    settings.PAY_URL = pay.url
    intent = asked_for(clock)
    page.goto(pay_path(intent.id))
    with goes_on(page):
        page.get_by_role("link", name="Pay it in 4 parts by Direct Debit").click()
    expect(page.get_by_role("heading", name="Pay £98 in 4 parts")).to_be_visible()
    looks_right(page)
    shot(page, "asked")
    page.get_by_label("The 15th").check()
    page.get_by_label("Name on the account").fill("Mary Jones")
    page.get_by_label("Sort code").fill("30 90 89")
    page.get_by_label("Account number").fill("00733445")
    page.get_by_label("Yes, nobody else has to agree").check()
    with goes_on(page):
        page.get_by_role("button", name="Look at the payments").click()
    expect(page.get_by_role("heading", name="Check your Direct Debit")).to_be_visible()
    looks_right(page)
    shot(page, "check")
    assert Mandate.objects.count() == 0
    with goes_on(page):
        page.get_by_role("button", name="Set up the Direct Debit").click()
    expect(page.get_by_role("heading", name="Your Direct Debit is set up")).to_be_visible()
    looks_right(page)
    shot(page, "agreed")
    mandate = Mandate.objects.get()

    finance = new_page()
    cookie = officer(council, clock, "finance-officer").cookies["moothall_session"].value
    finance.context.add_cookies([{"name": "moothall_session", "value": cookie, "url": live_server.url}])

    def makes_the_file(day: str) -> None:
        clock.set(f"{day}T09:00")
        finance.goto("/console/debits")
        with goes_on(finance):
            finance.get_by_role("button", name="Make the file").click()
        expect(finance.get_by_text("records")).to_be_visible()

    makes_the_file("2026-03-03")
    makes_the_file("2026-04-13")
    clock.set("2026-04-21T09:00")
    jobs.drain(at=clock.now())
    assert Instalment.objects.get(number=1).state == "taken"
    makes_the_file("2026-05-13")
    second = DebitFile.objects.latest("at")
    raw = arudd(mandate, second.processing_on, 2450)
    finance.get_by_label("Report (XML)").set_input_files({"name": "arudd.xml", "mimeType": "text/xml", "buffer": raw})
    with goes_on(finance):
        finance.get_by_role("button", name="Bring it in").click()
    expect(finance.get_by_text("ARUDD: 1 taken")).to_be_visible()
    finance.goto("/console/debits?returned=1")
    expect(finance.get_by_text("refer to the payer").first).to_be_visible()
    looks_right(finance)
    jobs.drain()
    bill = Intent.objects.filter(how="debit", state="owed").get()
    page.goto(pay_path(bill.id))
    expect(page.get_by_text("Your bank did not pay it")).to_be_visible()
    looks_right(page)
    with goes_on(page):
        page.get_by_role("button", name="Pay by card").click()
    with goes_on(page):
        page.get_by_role("button", name="Pay", exact=True).click()
    expect(page.get_by_role("heading", name="Paid")).to_be_visible()
    page.goto(debit_path(mandate.id))
    expect(page.get_by_text("not paid, as the bank asks us to refer to the payer")).to_be_visible()
    assert [one.state for one in Instalment.objects.order_by("number")] == ["taken", "returned", "planned", "planned"]
    assert books() == {"income:waste-collections": -4900, "provider:bacs": 2450, "provider:govuk_pay": 2450}
    assert mandate.instalments.get(number=3).due_on == date(2026, 6, 15)


def test_the_desk_and_the_console_look_right(council, clock, page: Page, live_server, shot):
    intent = asked_for(clock)
    adviser, finance = officer(council, clock), officer(council, clock, "finance-officer")

    def sign_in(client: Any) -> None:
        cookie = client.cookies["moothall_session"].value
        page.context.add_cookies([{"name": "moothall_session", "value": cookie, "url": live_server.url}])

    sign_in(adviser)
    page.goto(f"/desk/cases/{intent.case_id}/debit")
    expect(page.get_by_role("heading", name="£98 by Direct Debit, in 4 parts")).to_be_visible()
    looks_right(page)
    shot(page, "desk")
    page.get_by_label("The 15th").check()
    page.get_by_label("Name on the account").fill("Mary Jones")
    page.get_by_label("Sort code").fill("30 90 89")
    page.get_by_label("Account number").fill("00733445")
    page.get_by_label("Yes, nobody else has to agree").check()
    with goes_on(page):
        page.get_by_role("button", name="Work out the payments").click()
    looks_right(page)
    shot(page, "desk-check")
    with goes_on(page):
        page.get_by_role("button", name="They say yes: set it up").click()
    expect(page.get_by_text("£24.50, to come").first).to_be_visible()
    looks_right(page)
    send(clock, "2026-03-03")
    send(clock, "2026-04-13")
    sign_in(finance)
    page.goto("/console/debits")
    expect(page.get_by_role("heading", name="Direct Debits", exact=True)).to_be_visible()
    looks_right(page)
    shot(page, "console")
