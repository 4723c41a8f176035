"""Miss Lee has a court in the morning and wants an evening: she pays the difference, and it is moved; at the desk too."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.bookings import actions
from moothall.bookings.links import booking_link
from moothall.bookings.models import Booking
from moothall.bookings.queries import Wish, find
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.notifications.models import Message
from moothall.payments.models import Intent
from tests.bookings.test_cards_and_windows import asked
from tests.browser import at_320, goes_on, looks_right
from tests.interfaces.api.conftest import machine, machine_with

__all__ = ["machine", "machine_with"]
pytestmark = [pytest.mark.journey, pytest.mark.long, pytest.mark.django_db(transaction=True)]


@pytest.mark.usefixtures("card_payments")
def test_paid_the_difference_and_moved_and_moved_once_more_at_the_desk(
    clock: Any, machine: Any, page: Page, desk_of: Callable[..., Page], shot: Callable[[Page, str], object]
) -> None:
    clock.set("2026-11-19T16:00")
    morning = Wish(
        "squash", since=clock.now() + timedelta(days=4), sites=frozenset({"southdale-leisure"}), to_minute=900
    )
    free = find(morning, at=clock.now()).slots[0]
    answers = {key: value for key, value in asked(free.key, "").items() if key != "slot"}
    told = machine.post("/bookings", {"service": "book-court", "slot": free.key, "answers": answers})
    assert told.status_code == 201, told.content
    made = Booking.objects.get()
    page.goto(booking_link(made.id))
    with goes_on(page):
        page.get_by_role("button", name="Pay £10.20").click()
    with goes_on(page):
        page.get_by_role("button", name="Pay by card").click()
    with goes_on(page):
        page.get_by_role("button", name="Pay", exact=True).click()
    jobs.drain(at=clock.now())
    assert Booking.objects.get().state == "confirmed"

    page.goto(booking_link(made.id))
    with goes_on(page):
        page.get_by_role("button", name="Move it").click()
    expect(page.get_by_text("you pay the difference next")).to_be_visible()
    looks_right(page)
    at_320(page)
    shot(page, "1-times")
    dearer = page.get_by_label(re.compile("£1.80 more")).first
    page.get_by_text("more places on Thursday 19 November").click()
    expect(dearer).to_be_visible()
    dearer.check()
    with goes_on(page):
        page.get_by_role("button", name="Move it").click()
    expect(page.get_by_role("heading", name="Pay £1.80")).to_be_visible()
    assert Booking.objects.get(id=made.id).starts_at == made.starts_at
    with goes_on(page):
        page.get_by_role("button", name="Pay", exact=True).click()
    jobs.drain(at=clock.now())
    moved = Booking.objects.get(id=made.id)
    assert (moved.moved, moved.starts_at != made.starts_at) == (1, True)
    assert Message.objects.filter(template="booking-moved").exists()
    page.goto(booking_link(made.id))
    expect(page.get_by_text("£12", exact=True)).to_be_visible()
    looks_right(page)
    shot(page, "2-moved")

    # She rings: an officer moves it back to a morning, for what she paid.
    priya = desk_of("Priya Shah", "adviser", "service-officer")
    priya.goto(f"/desk/diary/?where={moved.site}&day={moved.starts_at:%Y-%m-%d}")
    with goes_on(priya):
        priya.get_by_role("link", name=re.compile("^Move")).click()
    expect(priya.get_by_label("To when?")).to_be_visible()
    looks_right(priya)
    shot(priya, "3-desk")
    priya.get_by_label("To when?").select_option(index=0)
    with goes_on(priya):
        priya.get_by_role("button", name="Move it and tell them").click()
    expect(priya.get_by_role("alert")).to_contain_text("Say whose wish it is")
    priya.get_by_label("Whose wish is it?").select_option("ours")
    with goes_on(priya):
        priya.get_by_role("button", name="Move it and tell them").click()
    expect(priya.get_by_role("table")).to_be_visible()
    assert Booking.objects.get(id=made.id).moved == 2
    assert sorted(Intent.objects.values_list("amount_pence", "state")) == [(180, "done"), (1020, "done")]
    actions.cancel(made.id, reason="closed", by=SYSTEM, at=clock.now())
    jobs.drain(at=clock.now())
    assert Message.objects.filter(template="refund-sent").count() == 2, "both payments went back"
