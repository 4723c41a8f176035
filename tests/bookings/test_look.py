"""Every page of a booking in a real browser: clean for axe and at home at 1280 and 320 px."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client, RequestFactory
from playwright.sync_api import Page, expect

from moothall.bookings import actions
from moothall.bookings.links import token_of
from moothall.bookings.models import Booking, Wait
from moothall.contacts.models import Contact
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.staff import create_staff
from moothall.customers.actions import create_customer
from moothall.intake.actions import raise_request
from moothall.interfaces.site.views.down import unreachable
from moothall.services.pack import SERVICES
from tests.browser import goes_on, looks_right
from tests.interfaces.desk.conftest import BIN

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
Shot = Callable[[Page, str], Path]


@pytest.fixture
def seen(page: Page, shot: Shot) -> Callable[..., None]:
    """Look at the page at both widths and keep its pictures."""

    def look(name: str, path: str = "", says: str = "") -> None:
        if path:
            page.goto(path)
        if says:
            expect(page.get_by_role("heading", level=1)).to_contain_text(says)
        looks_right(page)
        shot(page, name)
        page.set_viewport_size({"width": 320, "height": 640})
        shot(page, f"{name}-phone")
        page.set_viewport_size({"width": 1280, "height": 900})

    return look


def here(row: Any) -> str:
    return f"/bookings/{row.id}/{token_of('booking', row.id)}"


def test_the_pages_of_one_booking(page: Page, seen: Any, held: Any, thursday: Any) -> None:
    row = held(
        "benefit-appointment", needs=("interpreter",), language="Arabic", access_needs=frozenset({"quiet_room"}),
        access="", way="in_person", service="benefits-appointment",
    )  # fmt: skip
    seen("held", here(row), "We’re keeping this for you")
    actions.confirm(row.id, by=SYSTEM, at=thursday.now())
    seen("booked", here(row), "You’re booked")
    page.get_by_text("I can’t come").click()
    expect(page.get_by_role("button", name="Cancel the booking")).to_be_visible()
    seen("cancel")
    seen("move", f"{here(row)}/move", "Choose another time")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Move it").click()
    expect(page.get_by_role("alert")).to_be_visible()
    seen("move-wrong")
    page.locator("input[name=slot]:visible").last.check()
    with goes_on(page):
        page.get_by_role("button", name="Move it").click()
    seen("moved", says="You’re booked")
    page.get_by_text("I can’t come").click()
    with goes_on(page):
        page.get_by_role("button", name="Cancel the booking").click()
    seen("cancelled", says="This is cancelled")
    seen("not-here", f"/bookings/{row.id}/{'0' * 32}", "can’t find")
    court = held("squash")
    thursday.advance(minutes=20)
    jobs.drain(at=thursday.now())
    actions.expire_holds(at=thursday.now())
    seen("expired", here(court), "We couldn’t keep this")


def test_the_search_and_the_waiting_list(page: Page, seen: Any, thursday: Any, council: Any, slots: Any) -> None:
    page.goto("/services/book-court")
    with goes_on(page):
        page.get_by_role("button", name="Start now").click()
    page.get_by_label("Squash", exact=True).check()
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()
    seen("slots")
    page.get_by_text("Choose where").click()
    expect(page.get_by_label("Where?")).to_be_visible()
    page.get_by_label("Where?").select_option(label="Southdale Leisure Centre")
    for one in slots("squash", sites=frozenset({"southdale-leisure"}), since=thursday.now()):
        if one.starts_at.date() == (thursday.now() + timedelta(days=1)).date():
            actions.hold("squash", one.key, for_kind="staff", for_id=uuid4(), by=SYSTEM, at=thursday.now())
    page.get_by_label("Which day?").select_option("2026-11-20")
    with goes_on(page):
        page.get_by_role("button", name="Show free times").click()
    expect(page.get_by_role("heading", name="Tell me if one comes free")).to_be_visible()
    seen("nothing-free")
    page.get_by_role("button", name="Tell me").click()
    expect(page.get_by_role("alert")).to_be_visible()
    seen("waiting-wrong")
    page.get_by_label("Email address or mobile number").fill("mei.lee@example.com")
    with goes_on(page):
        page.get_by_role("button", name="Tell me").click()
    seen("waiting")
    row = Booking.objects.filter(starts_at__gt=thursday.now() + timedelta(hours=20)).earliest("starts_at")
    actions.release(row.id, reason="asked", by=SYSTEM, at=thursday.now())
    jobs.drain(at=thursday.now())
    wait = Wait.objects.get()
    address = f"/bookings/offers/{wait.id}/{token_of('offer', wait.id)}"
    seen("offer", address, "20 November")
    with goes_on(page):
        page.get_by_role("button", name="Take it").click()
    seen("offer-taken")
    thursday.advance(hours=3)
    actions.expire_holds(at=thursday.now())
    seen("offer-gone", address, "This offer has run out")


def test_the_desk(page: Page, seen: Any, held: Any, slots: Any, thursday: Any, council: Any, live_server: Any) -> None:
    staff = create_staff(
        username="benefits", name="Janet Hirst", roles=["service-officer", "adviser"], teams=["benefits"],
        password="seven-calm-otters-queueing", pack=council, by=SYSTEM, at=thursday.now(),
    )  # fmt: skip
    her = create_customer(given_name="Nour", family_name="Khalil", by=SYSTEM, at=thursday.now())
    for n, way in enumerate(("in_person", "phone", "home")):
        free = slots("benefit-appointment", way=way, needs=("interpreter",), since=thursday.now() + timedelta(days=1))
        row = held(
            "benefit-appointment", free[3 * n].key, way=way, customer_id=her.id, needs=("interpreter",), language="Arabic",
            access="Uses a wheelchair and comes with her daughter" if n == 1 else "", service="benefits-appointment",
        )  # fmt: skip
        actions.confirm(row.id, by=SYSTEM, at=thursday.now())
    client = Client()
    client.force_login(staff)
    cookie = client.cookies["moothall_session"]
    page.context.add_cookies([{"name": "moothall_session", "value": cookie.value, "url": live_server.url}])
    day = Booking.objects.earliest("starts_at").starts_at.date()
    Booking.objects.update(resource="benefits-hirst")
    page.goto(f"/desk/diary/?day={day}")
    page.locator("summary", has_text="Cancel").first.click()
    expect(page.get_by_label("Whose wish is it?").first).to_be_visible()
    seen("diary")
    page.goto(f"/desk/diary/?day={day}&where=kirkside-leisure")
    page.get_by_text("Book for a group").click()
    expect(page.get_by_label("For whom")).to_be_visible()
    seen("diary-group")
    page.get_by_text("Close it, or a part of it").click()
    expect(page.get_by_label("What closes")).to_be_visible()
    page.get_by_label("The reason, in words").fill("the boiler has failed")
    with goes_on(page):
        page.get_by_role("button", name="Close it and tell them").click()
    expect(page.get_by_role("button", name="Open again")).to_be_visible()
    seen("diary-closed")
    told = {"channel": "counter", "number": "", "offered": "", "another": "1"}
    client.post("/desk/contacts/begin", told)
    contact = Contact.objects.get()
    raised = raise_request(
        council.of(SERVICES)["missed-bin"], BIN, pack=council, channel="counter", contact_id=contact.id, by=SYSTEM,
        at=thursday.now(),
    )  # fmt: skip
    Booking.objects.update(case_id=raised.case_id)
    seen("slip", f"/desk/contacts/{contact.id}/slip")


def test_the_page_without_a_database(page: Page, seen: Any, council: Any, live_server: Any) -> None:
    sent = unreachable(RequestFactory().post("/services/book-court/start", {"a": "b"})).content.decode()
    # served as what it is not (200): a browser writes an error to its console for any other
    page.route("**/down", lambda route: route.fulfill(status=200, content_type="text/html", body=sent))
    seen("down", "/down", "Try again in a minute")
