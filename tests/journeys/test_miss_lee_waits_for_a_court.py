"""Every court is booked: Miss Lee waits, is told by text when one comes free, takes it at her card's price, and plays."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from moothall.bookings import actions
from moothall.bookings.models import Booking, Wait
from moothall.bookings.queries import Wish, find
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.notifications.models import Message
from moothall.payments.models import Intent
from tests.browser import goes_on, looks_right
from tests.journeys.test_miss_lee_wants_a_squash_court_tonight import miss_lee

__all__ = ["miss_lee"]
pytestmark = [pytest.mark.journey, pytest.mark.long, pytest.mark.django_db(transaction=True)]


def books_all_of_tomorrow_evening(clock: Any) -> list[Any]:
    """Other people have every squash court of the place from five o'clock."""
    wish = Wish("squash", since=clock.now() + timedelta(hours=20), until=clock.now() + timedelta(hours=32),
                sites=frozenset({"southdale-leisure"}), from_minute=17 * 60)  # fmt: skip
    made = [
        actions.hold("squash", one.key, for_kind="dialogue", for_id=uuid4(), by=SYSTEM, at=clock.now())
        for one in find(wish, at=clock.now()).slots
    ]
    return [actions.confirm(one.id, by=SYSTEM, at=clock.now()) for one in made]


@pytest.mark.row("D6")
@pytest.mark.usefixtures("miss_lee", "card_payments")
def test_booked_up_waited_offered_taken_at_the_cards_price_and_played(
    clock: Any, page: Page, desk_of: Callable[..., Page], shot: Callable[[Page, str], object]
) -> None:
    others = books_all_of_tomorrow_evening(clock)
    page.goto("/services/book-court")
    with goes_on(page):
        page.get_by_role("button", name="Start now").click()
    page.get_by_label("Squash", exact=True).check()
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()
    page.get_by_label("What is the number on your card?").fill("LX 1234 5678")
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()
    page.get_by_label("Which day?").select_option("2026-11-20")
    page.get_by_label("What time of day?").select_option(label="Evening, from 5pm")
    page.get_by_text("Choose where").click()
    expect(page.get_by_label("Where?")).to_be_visible()
    page.get_by_label("Where?").select_option(label="Southdale Leisure Centre")
    page.get_by_label("Your postcode, to show what is close").fill("LS9 7AA")
    with goes_on(page):
        page.get_by_role("button", name="Show free times").click()
    expect(page.get_by_role("heading", name="Tell me if one comes free")).to_be_visible()
    page.get_by_label("Email address or mobile number").fill("07700 900321")
    with goes_on(page):
        page.get_by_role("button", name="Tell me").click()
    expect(page.get_by_role("heading", name="We’ll tell you")).to_be_visible()

    actions.cancel(others[2].id, reason="asked", by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    text = Message.objects.get(template="booking-offered", channel="sms")
    link = re.search(r"http\S+/bookings/offers/\S+", text.body)
    assert link, text.body
    clock.advance(minutes=58)
    page.goto(link[0])
    expect(page.get_by_role("heading", level=1)).to_contain_text("Friday 20 November")
    expect(page.get_by_text(re.compile(r"Southdale Leisure Centre.*miles away"))).to_be_visible()
    looks_right(page)
    shot(page, "1-offered")
    with goes_on(page):
        page.get_by_role("button", name="Take it").click()
    clock.advance(minutes=5)  # the offer is over: what she took is kept as long as any time she chooses

    expect(page.get_by_role("heading", name="Do you have any access needs?")).to_be_visible()
    shot(page, "2-goes-on")
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()
    expect(page.get_by_text("£7.20").first).to_be_visible()
    page.get_by_label("Pay by card now").check()
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()
    page.get_by_label("Your name").fill("Mei Lee")
    page.get_by_label("Email address").fill("mei.lee@example.com")
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    shot(page, "3-check")
    with goes_on(page):
        page.get_by_role("button", name="Send it and pay").click()
    expect(page.get_by_role("heading", name="Pay £7.20")).to_be_visible()
    with goes_on(page):
        page.get_by_role("button", name="Pay", exact=True).click()
    jobs.drain(at=clock.now())
    mine = Booking.objects.get(id=Wait.objects.get().booking_id)
    assert (mine.state, mine.card, mine.starts_at) == ("confirmed", "leedscard-extra", others[2].starts_at)
    assert (Intent.objects.get().state, Intent.objects.get().amount_pence) == ("done", 720)

    clock.set(mine.starts_at)
    reception = desk_of("Asha Patel", "service-officer")
    reception.goto("/desk/diary/?where=southdale-leisure")
    expect(reception.get_by_text("LeedsCard Extra")).to_be_visible()
    with goes_on(reception):  # the day is in order, and hers is the third
        reception.get_by_role("button", name=re.compile("^Here")).nth(2).click()
    expect(reception.get_by_text(re.compile("Here since"))).to_be_visible()
    assert Booking.objects.get(id=mine.id).arrived_at is not None
