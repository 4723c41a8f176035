"""Miss Lee wants a squash court, any centre, tonight: found in one search, held, paid for with her card's price, booked."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.bookings.models import Booking
from moothall.cases.models import Case
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.notifications.models import Message
from moothall.payments.models import Intent
from moothall.places.actions import Premises, import_premises
from tests.browser import goes_on, looks_right
from tests.journeys.conftest import holds_leedscard_extra

pytestmark = [pytest.mark.journey, pytest.mark.long, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def miss_lee(council: Any, clock: Any) -> None:
    """Thursday, 4pm. She has a LeedsCard Extra and lives near Kirkside."""
    clock.set("2026-11-19T16:00")
    holds_leedscard_extra("Mei", "Lee", at=clock.now())
    home = Premises(
        uprn=990000000001, address="3 Mill Lane, Leeds", number="3", street="Mill Lane", postcode="LS9 7AA", usrn=None,
        area_code="", latitude=53.7990, longitude=-1.5215,
    )  # fmt: skip
    import_premises([home], by=SYSTEM)


@pytest.mark.row("D6", "D16")
@pytest.mark.usefixtures("miss_lee", "card_payments")
def test_found_held_paid_with_the_cards_price_and_played(
    clock: Any, page: Page, desk_of: Callable[..., Page], shot: Callable[[Page, str], object]
) -> None:
    page.goto("/services/book-court")
    with goes_on(page):
        page.get_by_role("button", name="Start now").click()
    page.get_by_label("Squash", exact=True).check()
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()
    page.get_by_label("What is the number on your card?").fill("LX 9999 9999")
    page.get_by_role("button", name="Carry on").click()
    expect(page.get_by_role("alert")).to_contain_text("We don’t know a card of that number")
    page.get_by_label("What is the number on your card?").fill("lx 1234-5678")
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()

    expect(page.get_by_role("heading", name="Which time?")).to_be_visible()
    page.get_by_label("Which day?").select_option(label="Today")
    page.get_by_label("What time of day?").select_option(label="Evening, from 5pm")
    page.get_by_text("Choose where").click()
    expect(page.get_by_label("Where?")).to_be_visible()
    page.get_by_label("Your postcode, to show what is close").fill("ls9 7aa")
    with goes_on(page):
        page.get_by_role("button", name="Show free times").click()
    looks_right(page)
    shot(page, "1-tonight")
    expect(page.locator(".ui-slots__date").first).to_have_text("Today")
    expect(page.locator(".ui-slots__day").first).to_contain_text("Kirkside Leisure Centre, close by")
    expect(page.locator(".ui-slots__day", has_text="Moorside Sports Centre")).to_be_visible()
    page.locator(".ui-slots__times").first.get_by_label(re.compile(r"^6\.20pm")).check()
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()
    held = Booking.objects.get()
    assert (held.state, held.site, held.card) == ("held", "kirkside-leisure", "leedscard-extra")
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()

    expect(page.get_by_text("£7.20").first).to_be_visible()
    expect(page.get_by_text("With the LeedsCard Extra you pay 40 per cent less").first).to_be_visible()
    shot(page, "2-price")
    page.get_by_label("Pay by card now").check()
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()
    page.get_by_label("Your name").fill("Mei Lee")
    page.get_by_label("Email address").fill("mei.lee@example.com")
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    expect(page.get_by_text("Thursday 19 November 2026, 6.20pm to 7pm")).to_be_visible()
    with goes_on(page):
        page.get_by_role("button", name="Send it and pay").click()
    expect(page.get_by_role("heading", name="Pay £7.20")).to_be_visible()
    assert Booking.objects.get().state == "held"
    with goes_on(page):
        page.get_by_role("button", name="Pay", exact=True).click()
    jobs.drain(at=clock.now())
    page.reload()
    expect(page.get_by_text("We have your £7.20")).to_be_visible()
    shot(page, "3-paid")
    jobs.drain()
    booked = Booking.objects.get()
    assert (booked.id, booked.state) == (held.id, "confirmed")
    assert Intent.objects.get().state == "done"
    assert Case.objects.get().state == "closed"
    message = Message.objects.get(template="booking-confirmed")
    link = re.search(r"\((http[^)]+/bookings/[^)]+)\)", message.body.replace("\\", ""))
    assert link, message.body

    page.goto(link[1])
    expect(page.get_by_role("heading", name="You’re booked")).to_be_visible()
    expect(page.get_by_text("LeedsCard Extra")).to_be_visible()
    expect(page.get_by_text("Show your card or this message at reception.")).to_be_visible()
    looks_right(page)
    shot(page, "4-booked")

    clock.set(booked.starts_at)
    reception = desk_of("Asha Patel", "service-officer")
    reception.goto("/desk/diary/?where=kirkside-leisure")
    expect(reception.get_by_text("LeedsCard Extra")).to_be_visible()
    with goes_on(reception):
        reception.get_by_role("button", name=re.compile("^Here")).click()
    expect(reception.get_by_text("Here since 6.20pm")).to_be_visible()
    assert Booking.objects.get().minutes_late == 0
