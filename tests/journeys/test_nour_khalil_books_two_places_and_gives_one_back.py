"""Nour Khalil books a swimming taster for herself and her son with her card's price, pays, and gives one place back."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.bookings.models import Booking, Tally
from moothall.core import jobs
from moothall.notifications.models import Message
from moothall.payments.models import Refund
from tests.browser import at_320, goes_on, looks_right
from tests.journeys.conftest import holds_leedscard_extra

pytestmark = [pytest.mark.journey, pytest.mark.long, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def nour(council: Any, clock: Any) -> None:
    """Thursday, 4pm. She has a LeedsCard Extra."""
    clock.set("2026-11-19T16:00")
    holds_leedscard_extra("Nour", "Khalil", at=clock.now())


def on(page: Page) -> None:
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()


@pytest.mark.usefixtures("nour", "card_payments")
def test_two_places_with_the_cards_price_paid_and_one_given_back(
    clock: Any, page: Page, desk_of: Callable[..., Page], shot: Callable[[Page, str], object]
) -> None:
    page.goto("/services/book-class")
    with goes_on(page):
        page.get_by_role("button", name="Start now").click()
    page.get_by_label("Swimming taster").check()
    on(page)
    page.get_by_label("How many places do you want?").fill("0")
    page.get_by_role("button", name="Carry on").click()
    expect(page.get_by_role("alert")).to_contain_text("must be 1 or more")
    page.get_by_label("How many places do you want?").fill("2")
    on(page)
    page.get_by_label("What is the number on your card?").fill("lx 1234 5678")
    on(page)

    expect(page.get_by_role("heading", name="Which time?")).to_be_visible()
    first = page.get_by_label(re.compile("^11am, 8 places left")).first
    expect(first).to_be_visible()
    looks_right(page)
    at_320(page)
    shot(page, "1-times")
    first.check()
    on(page)
    assert Booking.objects.get().places == 2
    on(page)  # no access needs
    expect(page.get_by_text("£6.48").first).to_be_visible()
    expect(page.get_by_text("Each place is £5.40.").first).to_be_visible()
    expect(page.get_by_text("With the LeedsCard Extra you pay 40 per cent less for each place.").first).to_be_visible()
    shot(page, "2-price")
    page.get_by_label("Pay by card now").check()
    on(page)
    page.get_by_label("Your name").fill("Nour Khalil")
    page.get_by_label("Email address").fill("nour.khalil@example.com")
    on(page)
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    with goes_on(page):
        page.get_by_role("button", name="Send it and pay").click()
    expect(page.get_by_role("heading", name="Pay £6.48")).to_be_visible()
    with goes_on(page):
        page.get_by_role("button", name="Pay", exact=True).click()
    jobs.drain(at=clock.now())
    page.reload()
    expect(page.get_by_text("We have your £6.48")).to_be_visible()
    jobs.drain()
    booked = Booking.objects.get()
    assert (booked.state, booked.places, Tally.objects.get().units) == ("confirmed", 2, 2)
    told = Message.objects.get(template="booking-confirmed").body.replace("\\", "")
    assert "Swimming taster (2 places)" in told
    link = re.search(r"\((http[^)]+/bookings/[^)]+)\)", told)
    assert link, told

    page.goto(link[1])
    expect(page.get_by_role("heading", name="You’re booked")).to_be_visible()
    expect(page.get_by_text("2 places", exact=True)).to_be_visible()
    page.get_by_text("Some of us can’t come").click()
    expect(page.get_by_label("Keep 1 place")).to_be_visible()
    expect(page.get_by_text("£3.24 goes back to you.")).to_be_visible()
    looks_right(page)
    at_320(page)
    shot(page, "3-fewer")
    with goes_on(page):
        page.get_by_role("button", name="Give up the others").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose how many places you keep.")
    looks_right(page)
    page.get_by_label("Keep 1 place").check()
    with goes_on(page):
        page.get_by_role("button", name="Give up the others").click()
    expect(page.get_by_text("We’ve changed it")).to_be_visible()
    expect(page.get_by_text("You gave up 1 place.")).to_be_visible()
    looks_right(page)
    shot(page, "4-given-back")
    jobs.drain()
    assert list(Refund.objects.values_list("amount_pence", "reason", "state")) == [(324, "fewer", "done")]
    assert Tally.objects.get().units == 1
    assert Message.objects.filter(template="booking-fewer").count() == 1
    assert "£3.24" in Message.objects.get(template="refund-sent").body.replace("\\", "")

    # The centre sees who comes, and could do the same for whoever rings.
    reception = desk_of("Asha Patel", "service-officer")
    reception.goto(f"/desk/diary/?where=kirkside-leisure&day={booked.starts_at:%Y-%m-%d}")
    expect(reception.get_by_text("Swimming taster (1 place)")).to_be_visible()
    looks_right(reception)
    shot(reception, "5-diary")
