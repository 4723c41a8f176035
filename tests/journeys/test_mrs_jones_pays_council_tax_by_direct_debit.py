"""Mrs Jones sets up her council tax Direct Debit: all days before she agrees, written notice, another bank, the end."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core import serializers
from playwright.sync_api import Page, expect

from moothall.cases.models import Case
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.notifications.models import Message
from moothall.payments.actions.collecting import make_submission
from moothall.payments.links import debit_path
from moothall.payments.models import Intent, Mandate
from tests.browser import at_320, goes_on, looks_right
from tests.interfaces.account.conftest import last_code

pytestmark = [pytest.mark.journey, pytest.mark.long, pytest.mark.django_db(transaction=True)]
NUMBER, OTHER = "00733445", "70872490"


def press(page: Page, button: str) -> None:
    with goes_on(page):
        page.get_by_role("button", name=button).click()


def told(clock: Any, template: str) -> str:
    jobs.drain(at=clock.now())
    return Message.objects.filter(template=template).latest("created_at", "id").body.replace("\\", "")


def gives_account(page: Page, number: str) -> None:
    page.get_by_label("Name on the account").fill("Mary Jones")
    page.get_by_label("Sort code").fill("30 90 89")
    page.get_by_label("Account number").fill(number)
    page.get_by_label("Yes, nobody else has to agree").check()
    press(page, "Look at the payments")
    expect(page.get_by_role("heading", name="Check your Direct Debit")).to_be_visible()


@pytest.mark.row("D16")
@pytest.mark.usefixtures("council")
def test_set_up_with_notice_moved_to_another_bank_and_ended(
    clock: Any,
    page: Page,
    settings: Any,
    live_server: Any,
    desk_of: Callable[..., Page],
    shot: Callable[[Page, str], object],
) -> None:
    settings.PUBLIC_URL = live_server.url
    clock.set("2026-03-02T09:00")

    # She asks, and is asked for no bank account on the way.
    page.goto("/services/council-tax-direct-debit")
    press(page, "Start now")
    page.get_by_label("What is your council tax account number?").fill("60012345")
    press(page, "Carry on")
    page.get_by_label("Set up").check()
    press(page, "Carry on")
    page.get_by_label("How much is left to pay this year?").fill("1480")
    press(page, "Carry on")
    expect(page.get_by_text("It is never kept with these answers.")).to_be_visible()
    looks_right(page)
    shot(page, "1-how")
    page.get_by_label("By Direct Debit from my bank account").check()
    press(page, "Carry on")
    page.get_by_label("Your name").fill("Mary Jones")
    page.get_by_label("Email address").fill("mary.jones@example.com")
    press(page, "Carry on")
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    shot(page, "2-check")
    press(page, "Send it and go to the Direct Debit")
    press(page, "Send me a code")
    page.get_by_label("Your code").fill(last_code())
    press(page, "Send my request")

    # She gives the account on a page of its own, sees every day and amount with the Guarantee, and agrees.
    expect(page.get_by_role("heading", name="Pay £1,480 in parts")).to_be_visible()
    looks_right(page)
    at_320(page)
    shot(page, "3-account")
    page.get_by_label("Monthly, up to January").check()
    page.get_by_label("The 15th").check()
    gives_account(page, NUMBER)
    assert Mandate.objects.count() == 0
    expect(page.get_by_text("15 April 2026: £148")).to_be_visible()
    expect(page.get_by_text("15 January 2027: £148")).to_be_visible()
    expect(page.get_by_text("If the amount or the day changes, we tell you 10 working days before.")).to_be_visible()
    looks_right(page)
    at_320(page)
    shot(page, "4-agree")
    press(page, "Set up the Direct Debit")
    expect(page.get_by_role("heading", name="Your Direct Debit is set up")).to_be_visible()
    looks_right(page)
    shot(page, "5-set-up")

    # The notice comes in writing; the case goes on; nobody is ever shown the whole account.
    notice = told(clock, "debit-agreed")
    assert all(words in notice for words in ("15 April", "£148", "ending 3445", "10 working days"))
    case, intent = Case.objects.get(), Intent.objects.get()
    assert (case.state, intent.why_void, intent.income) == ("open", "instalments", "council-tax")
    olga = desk_of("Olga Reid", "service-officer", "adviser", teams=("council-tax",))
    olga.goto(f"/desk/cases/{case.id}/")
    expect(olga.get_by_text("MARY JONES, ending 3445")).to_be_visible()
    assert NUMBER not in olga.content()
    shot(olga, "6-desk")
    kept = serializers.serialize("json", [case, *Message.objects.all()]) + json.dumps(case.answers)
    assert NUMBER not in kept
    assert "309089" not in kept

    # She banks elsewhere now: a new instruction to the other bank, the old one undone, the whole notice again.
    make_submission(by=SYSTEM, at=clock.now())
    first = Mandate.objects.get()
    page.goto(debit_path(first.id))
    with goes_on(page):
        page.get_by_role("link", name="Pay from another account").click()
    expect(page.get_by_role("heading", name="Pay from another account")).to_be_visible()
    gives_account(page, OTHER)
    expect(page.get_by_text("15 April 2026: £148")).to_be_visible()
    looks_right(page)
    shot(page, "7-other-account")
    press(page, "Set up the Direct Debit")
    expect(page.get_by_text("MARY JONES, ending 2490")).to_be_visible()
    assert "ending 2490" in told(clock, "debit-agreed")
    clock.set("2026-03-03T09:00")
    made = make_submission(by=SYSTEM, at=clock.now())
    assert made is not None
    assert sorted(line[15:17] for line in made.content.splitlines()) == ["0C", "0N"]
    page.goto(debit_path(first.id))
    with goes_on(page):
        page.get_by_role("link", name="see the Direct Debit as it is now").click()

    # She ends it herself, and is told what is left and how to pay it.
    page.get_by_text("End this Direct Debit").click()
    expect(page.get_by_role("button", name="End it")).to_be_visible()
    press(page, "End it")
    expect(page.get_by_role("heading", name="Your Direct Debit has ended")).to_be_visible()
    looks_right(page)
    shot(page, "8-ended")
    assert "£1,480" in told(clock, "debit-ended")
    assert Intent.objects.get(state="owed").amount_pence == 148_000
