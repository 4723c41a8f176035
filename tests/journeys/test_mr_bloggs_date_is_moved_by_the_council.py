"""Mr Bloggs books a collection and pays; we cannot come, hold a new date, and he hears before he asks."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.bookings.models import Booking, Tally
from moothall.core import jobs
from moothall.core.models import Event
from moothall.core.zone import LONDON
from moothall.notifications.models import Message
from moothall.payments.models import Intent, Refund
from tests.browser import goes_on, looks_right
from tests.interfaces.account.conftest import last_code

pytestmark = [
    pytest.mark.journey, pytest.mark.long, pytest.mark.row("D3"), pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("council", "card_payments"),
]  # fmt: skip


def carry_on(page: Page, button: str = "Carry on") -> None:
    with goes_on(page):
        page.get_by_role("button", name=button).click()


def test_the_council_moves_his_date_with_a_new_one_held(
    clock: Any, phone: Page, desk_of: Callable[..., Page], shot: Callable[[Page, str], object]
) -> None:
    clock.set("2026-11-19T09:00")
    phone.goto("/services/bulky-waste")
    carry_on(phone, "Start now")
    phone.locator("#address-line1").fill("9 Mill Lane")
    phone.locator("#address-town").fill("Leeds")
    phone.locator("#address-postcode").fill("LS1 1UR")
    carry_on(phone)
    phone.get_by_label("Sofa").fill("-2")
    phone.get_by_role("button", name="Carry on").click()
    expect(phone.get_by_role("alert")).to_contain_text("Enter how many")
    phone.get_by_label("Sofa").fill("1")
    phone.get_by_label("Mattress").fill("1")
    phone.get_by_label("Wardrobe").fill("1")
    carry_on(phone)
    expect(phone.get_by_role("heading", name="Can you send a photo")).to_be_visible()
    carry_on(phone)
    phone.get_by_label("No", exact=True).check()
    carry_on(phone)
    phone.get_by_label("No", exact=True).check()
    carry_on(phone)
    phone.get_by_label("Front garden or drive").check()
    carry_on(phone)
    expect(phone.get_by_role("heading", name="Which day suits you?")).to_be_visible()
    looks_right(phone)
    shot(phone, "1-days")
    phone.locator("input[name=slot]").first.check()
    carry_on(phone)
    expect(phone.get_by_text("£30").first).to_be_visible()
    phone.get_by_label("Pay by card now").check()
    carry_on(phone)
    phone.get_by_label("Your name").fill("Joe Bloggs")
    phone.get_by_label("Email address").fill("joe.bloggs@example.com")
    carry_on(phone)
    carry_on(phone, "Send it and pay")
    expect(phone.get_by_role("heading", name="Show us it is you")).to_be_visible()
    carry_on(phone, "Send me a code")
    expect(phone.get_by_role("heading", name="Enter the code")).to_be_visible()
    phone.get_by_label("Your code").fill(last_code())
    carry_on(phone, "Send my request")
    expect(phone.get_by_role("heading", name="Pay £30")).to_be_visible()
    with goes_on(phone):
        phone.get_by_role("button", name="Pay", exact=True).click()
    jobs.drain(at=clock.now())
    first = Booking.objects.get()
    assert (first.state, first.load["kilograms"], Intent.objects.get().state) == ("confirmed", 140, "done")

    clock.set(first.starts_at + timedelta(hours=2))  # the lorry breaks down
    desk = desk_of("Bev Stubbs", "service-officer", teams=("bulky-waste",))
    desk.goto(f"/desk/diary/?where=visits&day={first.starts_at.astimezone(LONDON).date()}")
    expect(desk.get_by_text("Collection of large items").first).to_be_visible()
    desk.get_by_text("Not done").click()
    expect(desk.get_by_label("Why?")).to_be_visible()
    looks_right(desk)
    desk.get_by_label("Why?").select_option("vehicle")
    with goes_on(desk):
        desk.get_by_role("button", name="Say so and tell them").click()
    expect(desk.get_by_text("a new date is held for nothing")).to_be_visible()
    expect(desk.get_by_label("Whose day")).to_have_value("visits")
    shot(desk, "2-moved")
    jobs.drain(at=clock.now())
    new = Booking.objects.get()
    assert (new.id, new.state, new.starts_at > first.starts_at, new.visits_failed) == (first.id, "confirmed", True, 1)
    assert [one.starts_at for one in Tally.objects.filter(units__gt=0)] == [new.starts_at]
    told = Message.objects.get(template="visit-failed-new-date")
    assert "our lorry broke down" in told.body

    link = re.search(r"\((http[^)]+/bookings/[^)]+)\)", told.body.replace("\\", ""))
    assert link
    phone.goto(link[1])
    expect(phone.get_by_role("heading", name="You’re booked")).to_be_visible()
    expect(phone.get_by_text("£30", exact=True)).to_be_visible()
    carry_on(phone, "Move it")
    phone.locator("input[name=slot]").nth(2).check()
    carry_on(phone, "Move it")
    expect(phone.get_by_text("We’ve moved it")).to_be_visible()
    phone.get_by_text("This day does not suit me").click()
    expect(phone.get_by_text("£30 goes back to you")).to_be_visible()
    looks_right(phone)
    shot(phone, "3-his-booking")
    carry_on(phone, "Cancel the booking")
    expect(phone.get_by_role("heading", name="This is cancelled")).to_be_visible()
    jobs.drain(at=clock.now())
    assert Refund.objects.get().amount_pence == 3000
    assert not Tally.objects.filter(units__gt=0).exists()
    assert Event.objects.filter(name="booking.visit_failed").count() == 1
