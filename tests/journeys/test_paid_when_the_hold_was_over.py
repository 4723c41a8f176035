"""Paid too late: the court that is gone is never charged for, and the day that is still free is his after all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.bookings.models import Booking
from moothall.core import jobs
from moothall.payments.adapters.govuk_pay import GovukPay
from moothall.payments.adapters.govuk_pay import twin as govuk
from moothall.payments.links import pay_path
from moothall.payments.models import Attempt, Intent, Refund
from moothall.payments.providers import use
from tests.browser import looks_right
from tests.interfaces.account.conftest import last_code
from tests.journeys.test_mr_bloggs_date_is_moved_by_the_council import carry_on
from tests.payments.conftest import books

pytestmark = [
    pytest.mark.journey, pytest.mark.long, pytest.mark.row("D3", "D6", "D16"), pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("council"),
]  # fmt: skip


@pytest.fixture
def cards(live_server: Any, settings: Any, clock: Any) -> Iterator[govuk.Twin]:
    """The council takes cards; the provider can be made to be silent."""
    settings.PUBLIC_URL = live_server.url
    running = govuk.Twin(pages=f"{live_server.url}/demo/card").start()
    settings.PAY_URL = running.url
    use(GovukPay(running.url, govuk.KEY, govuk.SECRET, timeout=2))
    yield running
    use(None)
    running.stop()


def asks_for_a_court(page: Page) -> None:
    """Up to the provider's page, by the form."""
    page.goto("/services/book-court")
    carry_on(page, "Start now")
    page.get_by_label("Squash", exact=True).check()
    carry_on(page)
    carry_on(page)
    page.get_by_label("Which day?").select_option("2026-11-20")
    carry_on(page, "Show free times")
    page.locator("input[name=slot]").first.check()
    carry_on(page)
    carry_on(page)
    page.get_by_label("Pay by card now").check()
    carry_on(page)
    page.get_by_label("Your name").fill("Mei Lee")
    page.get_by_label("Email address").fill("mei.lee@example.com")
    carry_on(page)
    carry_on(page, "Send it and pay")
    expect(page.get_by_text("This stands for the payment provider’s own page")).to_be_visible()


def test_her_court_is_let_go_she_is_never_charged_and_she_asks_again(
    clock: Any, page: Page, cards: govuk.Twin, shot: Callable[[Page, str], object]
) -> None:
    clock.set("2026-11-19T16:00")
    asks_for_a_court(page)
    clock.advance(minutes=40)
    jobs.drain(at=clock.now())
    assert Booking.objects.get().state == "expired"
    page.get_by_role("button", name="Pay", exact=True).click()  # the page she had left open
    expect(page.get_by_text("that time is over. Nothing was taken.")).to_be_visible()
    looks_right(page)
    shot(page, "nothing-taken")
    assert (books(), Refund.objects.count(), Attempt.objects.get().state) == ({}, 0, "cancelled")
    asks_for_a_court(page)
    carry_on(page, "Pay")
    jobs.drain(at=clock.now())
    page.reload()
    expect(page.get_by_text("We have your").first).to_be_visible()
    assert sorted(Booking.objects.values_list("state", flat=True)) == ["confirmed", "expired"]
    assert sorted(Intent.objects.values_list("state", flat=True)) == ["done", "void"]


def test_his_day_is_still_free_when_his_late_money_comes(
    clock: Any, phone: Page, cards: govuk.Twin, shot: Callable[[Page, str], object]
) -> None:
    clock.set("2026-11-19T09:00")
    phone.goto("/services/bulky-waste")
    carry_on(phone, "Start now")
    phone.locator("#address-line1").fill("9 Mill Lane")
    phone.locator("#address-town").fill("Leeds")
    phone.locator("#address-postcode").fill("LS1 1UR")
    carry_on(phone)
    phone.get_by_label("Sofa").fill("1")
    carry_on(phone)
    carry_on(phone)
    for _ in range(2):
        phone.get_by_label("No", exact=True).check()
        carry_on(phone)
    phone.get_by_label("Front garden or drive").check()
    carry_on(phone)
    phone.locator("input[name=slot]").first.check()
    carry_on(phone)
    phone.get_by_label("Pay by card now").check()
    carry_on(phone)
    phone.get_by_label("Your name").fill("Joe Bloggs")
    phone.get_by_label("Email address").fill("joe.bloggs@example.com")
    carry_on(phone)
    carry_on(phone, "Send it and pay")
    carry_on(phone, "Send me a code")
    phone.get_by_label("Your code").fill(last_code())
    carry_on(phone, "Send my request")
    expect(phone.get_by_text("This stands for the payment provider’s own page")).to_be_visible()

    cards.down = True  # so that nobody can tell the provider that his hour is over
    clock.advance(minutes=70)
    jobs.drain(at=clock.now(), strict=False)
    was = Booking.objects.get()
    assert (was.state, Intent.objects.get().state) == ("expired", "void")
    cards.down = False
    carry_on(phone, "Pay")
    expect(phone.get_by_role("heading", name="Paid")).to_be_visible()
    looks_right(phone)
    shot(phone, "paid-late")
    jobs.drain(at=clock.now())
    now = Booking.objects.get()
    assert (now.id, now.state, now.starts_at) == (was.id, "confirmed", was.starts_at)
    assert (Intent.objects.get().state, Refund.objects.count(), sum(books().values())) == ("done", 0, 0)


def test_she_leaves_the_page_pays_presses_pay_twice_and_pays_once(
    clock: Any, page: Page, cards: govuk.Twin, shot: Callable[[Page, str], object]
) -> None:
    """The court's money is set aside first and taken by the worker: between the two there is nothing more to press."""
    clock.set("2026-11-19T16:00")
    asks_for_a_court(page)
    intent = Intent.objects.get()
    page.goto(pay_path(intent.id))  # she left the provider's page
    expect(page.get_by_role("heading", name="We are checking your payment")).to_be_visible()
    carry_on(page, "Go back to the payment page")
    expect(page.get_by_text("This stands for the payment provider’s own page")).to_be_visible()
    page.goto(pay_path(intent.id))
    cards.dawdles = True
    cards.play(Attempt.objects.get().provider_id, "pay")  # paid in another window; her bank is still thinking
    second = page.context.new_page()
    second.goto(pay_path(intent.id))
    carry_on(second, "Check again")
    carry_on(page, "Go back to the payment page")  # her first window still shows the button
    expect(page.get_by_text("do not pay again")).to_be_visible()
    expect(page.get_by_role("button", name="Go back to the payment page")).to_have_count(0)
    looks_right(page)
    shot(page, "being-confirmed")
    cards.think(Attempt.objects.get().provider_id)
    carry_on(page, "Check again")
    expect(page.get_by_text("do not pay again")).to_be_visible()  # set aside, and not taken yet
    jobs.drain(at=clock.now())
    page.reload()
    expect(page.get_by_role("heading", name="Paid")).to_be_visible()
    assert (Attempt.objects.count(), len(cards.payments), Booking.objects.get().state) == (1, 1, "confirmed")
