"""Parts by card, a deposit and a weekly series, as customer, adviser and finance see them: clean for axe, wide and narrow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.bookings.links import token_of
from moothall.bookings.models import Booking
from moothall.bookings.queries import Wish, find
from moothall.cases.models import Case
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.packs import current_pack
from moothall.intake.actions import raise_request
from moothall.intake.dialogue import read_all
from moothall.payments.actions.card_plans import begin
from moothall.payments.actions.deposits import keep
from moothall.payments.links import debit_path, pay_path
from moothall.payments.models import Deposit, Instalment, Intent, Mandate
from moothall.services.pack import SERVICES
from tests.browser import goes_on, looks_right
from tests.payments.conftest import BACK, come_back, start
from tests.payments.test_pages import signed_in
from tests.payments.test_telephone import asked_for

pytestmark = [
    pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("council"), pytest.mark.long, pytest.mark.timeout(300),
]  # fmt: skip
Seen = Callable[..., None]


@pytest.fixture
def seen(page: Page, shot: Callable[[Page, str], Path]) -> Seen:
    """Look at a page at both widths and keep its pictures."""

    def look(name: str, path: str, says: str, opens: str = "") -> None:
        page.goto(path)
        expect(page.get_by_role("heading", name=says).first).to_be_visible()
        if opens:
            page.locator("summary", has_text=opens).first.click()
            expect(page.locator("details[open]").first).to_be_visible()
        looks_right(page)
        shot(page, name)
        page.set_viewport_size({"width": 320, "height": 640})
        shot(page, f"{name}-phone")
        page.set_viewport_size({"width": 1280, "height": 900})

    return look


def hall_every_week(clock: Any, council: Any) -> Intent:
    """She wants the hall for three Fridays, with its deposit, and has not paid."""
    key = find(Wish("hall", since=clock.now() + timedelta(hours=48), from_minute=18 * 60), at=clock.now()).slots[0].key
    until = (clock.now() + timedelta(days=17)).date().isoformat()
    given = {
        "activity": "hall", "slot": {"slot": key, "weekly": until}, "pay": "card",
        "contact": {"name": "Mei Lee", "email": "mei.lee@example.com"},
    }  # fmt: skip
    service = current_pack().of(SERVICES)["book-court"]
    answers, wrong = read_all(service, given, today=clock.now().date(), channel="web")
    assert not wrong, wrong
    raise_request(service, answers, pack=council, channel="web", by=SYSTEM, at=clock.now())
    return Intent.objects.get(booking_id__isnull=False)


def test_every_page_of_parts_deposits_and_series(
    council: Any, clock: Any, pay: Any, page: Page, live_server: Any, seen: Seen
) -> None:
    clock.set("2026-11-18T10:00")
    garden = asked_for(clock)
    seen("parts", f"{pay_path(garden.id)}/parts", "Pay £98 in 4 parts by card")
    payment = begin(
        garden.id, plan="four-by-card", come_back=lambda _: BACK, channel="web", by=SYSTEM, at=clock.now()
    ).rsplit("/", 1)[1]
    agreement = debit_path(Mandate.objects.get().id)
    seen("agreement-begun", agreement, "You pay in parts by card")
    with goes_on(page):
        page.locator("a", has_text="Pay the first part").click()
    expect(page.get_by_role("button", name="Agree, and pay the first part")).to_be_visible()
    pay.play(payment, "pay")
    bill = Instalment.objects.get(number=1).bill
    assert bill is not None
    come_back(bill, clock)
    jobs.drain()
    seen("agreement", agreement, "You pay in parts by card", opens="Stop these payments")
    seen("bill-in-parts", pay_path(garden.id), "You pay this in parts")

    hall = hall_every_week(clock, council)
    booking = f"/bookings/{hall.booking_id}/{token_of('booking', hall.booking_id)}"
    seen("series-held", booking, "We’re keeping this for you")
    seen("series-to-pay", pay_path(hall.id), "Pay £")
    pay.play(start(hall, clock), "pay")
    come_back(hall, clock)
    jobs.drain()
    seen("series-booked", booking, "You’re booked", opens="I can’t come")

    signed_in(page, live_server, council, clock, "adviser", "adviser")
    seen("desk-parts", f"/desk/cases/{garden.case_id}#paying", "Garden waste", opens="Stop the payments by card")
    hall_case = Case.objects.get(id=Intent.objects.get(id=hall.id).case_id)
    seen("desk-deposit", f"/desk/cases/{hall_case.id}#paying", "Book a court")
    signed_in(page, live_server, council, clock, "service-officer", "reception")
    first = Booking.objects.earliest("starts_at")
    seen("desk-series", f"/desk/diary/?day={first.starts_at.date()}&where={first.site}", "November", opens="Cancel")

    manager = signed_in(page, live_server, council, clock, "finance-manager", "finance")
    seen("console-agreements", "/console/debits", "Direct Debits")
    seen("console-series-paid", f"/console/payments/{hall.id}", "Payment ")
    clock.set(Booking.objects.latest("starts_at").ends_at)
    seen("console-deposit", f"/console/payments/{hall.id}", "Payment ")
    Deposit.objects.update(pence=5000)
    keep(
        Deposit.objects.get().id,
        pence=1500,
        why="The floor was left wet, and a net is torn.",
        by=manager,
        at=clock.now(),
    )
    jobs.drain()
    seen("console-deposit-kept", f"/console/payments/{hall.id}", "Payment ")
    seen("deposit-kept", booking, "booked")

    page.context.clear_cookies()
    page.goto(agreement)
    page.locator("summary", has_text="Stop these payments").click()
    with goes_on(page):
        page.get_by_role("button", name="Stop them").click()
    seen("agreement-stopped", agreement, "Payments by card have ended")
    expect(page.get_by_text("What was left, £73.50, is paid another way")).to_be_visible()
