"""Miss Khalil sees somebody about her benefits: the right officer, a room without steps, an interpreter booked along; she is
reminded by text, moves it by text, and Janet sees in her diary that she came, and was late."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from moothall.bookings.models import Booking, Claim
from moothall.cases.models import Case
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.models import ApiClient, Event
from moothall.core.staff import create_staff
from moothall.core.staff.actor import token_digest
from moothall.notifications.models import Message
from tests.browser import goes_on, looks_right

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PASSWORD = "seven-calm-otters-queueing"
NUMBER = "+447700900004"


def choose(page: Page, words: str) -> None:
    page.get_by_label(words, exact=True).check()
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()


def texts(words: str, clock: Any, token: str) -> None:
    """She answers by text: it comes in by the provider's own call."""
    told = {
        "id": str(uuid4()), "source_number": NUMBER.removeprefix("+"), "destination_number": "07700900099", "message": words,
        "date_received": clock.now().strftime("%Y-%m-%dT%H:%M:%S.000000Z"),
    }  # fmt: skip
    answer = Client().post(
        "/hooks/notify/text", told, content_type="application/json", headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 204, answer.content
    jobs.drain(at=clock.now())


@pytest.mark.long
@pytest.mark.row("D15")
def test_booked_reminded_moved_by_text_and_seen(
    council: Any, clock: Any, page: Page, new_page: Callable[..., Page], shot: Callable[[Page, str], object]
) -> None:
    clock.set("2026-11-19T10:00")
    create_staff(
        username="benefits", name="Janet Hirst", roles=["service-officer"], teams=["benefits"], pack=council,
        password=PASSWORD, by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    page.goto("/services/benefit-appointment")
    with goes_on(page):
        page.get_by_role("button", name="Start now").click()
    choose(page, "A letter we sent you")
    choose(page, "At one of our offices")
    choose(page, "Yes")
    page.get_by_label("Which language?").fill("Arabic")
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()
    choose(page, "A quiet room")
    expect(page.get_by_text("You can also drop in without an appointment")).to_be_visible()
    looks_right(page)
    shot(page, "1-times")
    expect(page.locator(".ui-slots__day", has_text="Seacroft")).to_have_count(0)  # it has no quiet room
    page.get_by_label("Which day?").select_option("2026-11-25")
    with goes_on(page):
        page.get_by_role("button", name="Show free times").click()
    page.locator(".ui-slots__times:visible").last.locator("input").first.check()
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()
    page.get_by_label("Your name").fill("Nour Khalil")
    page.get_by_label("Telephone number").fill("07700 900004")
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()
    with goes_on(page):
        page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text("You’re booked")).to_be_visible()
    looks_right(page)
    shot(page, "2-done")
    jobs.drain(at=clock.now())

    row = Booking.objects.get()
    assert (row.state, row.site, row.needs, row.language) == (
        "confirmed", "central-office", ["interpreter", "quiet_room"], "Arabic",
    )  # fmt: skip
    assert row.ends_at - row.starts_at == timedelta(minutes=60)  # twenty more for interpreting
    assert Claim.objects.filter(booking=row, live=True, resource__startswith="central-interview").count() == 1
    assert [m.template for m in Message.objects.filter(to=NUMBER)] == ["booking-confirmed"]

    clock.set(row.starts_at - timedelta(hours=20))
    jobs.drain(at=clock.now())
    reminder = Message.objects.get(template="booking-reminder")
    assert "Reply C to cancel or M to move it" in reminder.body
    token = "a-token-for-notify"
    ApiClient.objects.create(
        id=uuid4(), name="Notify", token_digest=token_digest(token), scopes=["hook.messages"], created_at=clock.now()
    )
    texts("M", clock, token)
    assert "Reply 1 for " in Message.objects.get(template="text-booking-times").body
    texts("1", clock, token)
    moved = Booking.objects.get()
    assert (moved.moved, moved.starts_at != row.starts_at, moved.language) == (1, True, "Arabic")
    assert Message.objects.filter(template="booking-moved").count() == 1

    clock.set(moved.starts_at + timedelta(minutes=9))
    Booking.objects.update(resource="benefits-hirst")  # whichever officer it fell to, Janet plays her part
    desk = new_page()
    desk.goto("/desk/diary/")
    desk.get_by_label("Name you sign in with").fill("benefits")
    desk.get_by_label("Password").fill(PASSWORD)
    with goes_on(desk):
        desk.get_by_role("button", name="Sign in").click()
    desk.goto("/desk/diary/")
    expect(desk.get_by_role("link", name="Nour Khalil")).to_be_visible()
    expect(desk.get_by_text("Arabic")).to_be_visible()
    looks_right(desk)
    shot(desk, "3-diary")
    with goes_on(desk):
        desk.get_by_role("button", name=re.compile("^Here")).click()
    expect(desk.get_by_text("9 minutes late")).to_be_visible()
    with goes_on(desk):
        desk.get_by_role("button", name=re.compile("^Seen")).click()
    expect(desk.get_by_text("Seen, 9 minutes late")).to_be_visible()
    jobs.drain(at=clock.now())
    assert Case.objects.get().outcome == "seen"
    assert Event.objects.filter(name="booking.late").count() == 1
