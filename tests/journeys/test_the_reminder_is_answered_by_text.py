"""Miss Khalil cannot come after all: the reminder reaches her by text, she answers with one letter, her time is free again
for somebody else, and Janet, who would have waited for her, sees it in her diary."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from moothall.bookings.models import Booking, Claim
from moothall.bookings.queries import find
from moothall.bookings.queries.finding import like
from moothall.bookings.queries.views import view_of
from moothall.cases.models import Case
from moothall.contacts.models import Contact
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.models import ApiClient
from moothall.core.staff import create_staff
from moothall.core.staff.actor import token_digest
from moothall.customers.models import Customer
from moothall.notifications.adapters.notify import NotifySender
from moothall.notifications.adapters.notify import twin as notify
from moothall.notifications.models import Message
from moothall.notifications.senders import use
from tests.browser import goes_on, looks_right

pytestmark = [pytest.mark.journey, pytest.mark.long, pytest.mark.django_db(transaction=True)]
PASSWORD = "seven-calm-otters-queueing"
NUMBER = "+447700900004"
TOKEN = "a-token-for-notify"


@pytest.fixture
def texts(clock: Any) -> Any:
    """GOV.UK Notify, which carries our texts to her."""
    ApiClient.objects.create(
        id=uuid4(), name="Notify", token_digest=token_digest(TOKEN), scopes=["hook.messages"], created_at=clock.now()
    )
    running = notify.Twin().start()
    use("sms", NotifySender(key=notify.KEY, url=running.url, templates=notify.TEMPLATES))
    yield running
    use("sms", None)
    running.stop()


def says(words: str, clock: Any, text_id: str = "") -> None:
    """She answers by text: it comes in by the provider's own call."""
    told = {
        "id": text_id or str(uuid4()), "source_number": NUMBER.removeprefix("+"), "destination_number": "07700900099",
        "message": words, "date_received": clock.now().strftime("%Y-%m-%dT%H:%M:%S.000000Z"),
    }  # fmt: skip
    answer = Client().post(
        "/hooks/notify/text", told, content_type="application/json", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    assert answer.status_code == 204, answer.content
    jobs.drain(at=clock.now())


def choose(page: Page, words: str) -> None:
    page.get_by_label(words, exact=True).check()
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()


def books(page: Page, clock: Any) -> Booking:
    """She books an appointment on the web and leaves her telephone number."""
    page.goto("/services/benefit-appointment")
    with goes_on(page):
        page.get_by_role("button", name="Start now").click()
    choose(page, "A letter we sent you")
    choose(page, "At one of our offices")
    choose(page, "No")
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()
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
    jobs.drain(at=clock.now())
    return Booking.objects.get()


@pytest.mark.row("A7", "D15")
def test_c_cancels_frees_the_time_and_the_officer_knows(
    council: Any, clock: Any, texts: notify.Twin, page: Page, new_page: Callable[..., Page],
    shot: Callable[[Page, str], object],
) -> None:  # fmt: skip
    clock.set("2026-11-19T10:00")
    create_staff(
        username="benefits", name="Janet Hirst", roles=["service-officer"], teams=["benefits"], pack=council,
        password=PASSWORD, by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    row = books(page, clock)
    Booking.objects.update(resource="benefits-hirst")  # whichever officer it fell to, Janet plays her part
    clock.set(row.starts_at - timedelta(hours=20))
    jobs.drain(at=clock.now())
    reminded = [one for one in texts.taken.values() if "a reminder" in one["body"]]
    assert [one["to"] for one in reminded] == [NUMBER]
    assert "Reply C to cancel or M to move it" in reminded[0]["body"]
    jobs.drain(at=clock.now())
    assert Message.objects.filter(template="booking-reminder").count() == 1, "she is reminded once"

    first = str(uuid4())
    says("C", clock, first)
    says("C", clock, first)  # the provider tells it twice
    row.refresh_from_db()
    assert (row.state, row.ended_because) == ("cancelled", "asked")
    said = [one["body"] for one in texts.taken.values() if "is cancelled" in one["body"]]
    assert len(said) == 1, "she is told once that it is off"
    assert not Claim.objects.filter(booking=row, live=True).exists()
    free = find(like(view_of(row)), at=clock.now(), limit=200)
    assert any(slot.starts_at == row.starts_at for slot in free.slots), "somebody else can have her time"
    case = Case.objects.get(id=row.case_id)
    assert case.state == "closed"
    assert Contact.objects.filter(channel="sms", customer_id=case.customer_id).exists(), "her text is a contact of hers"
    assert Customer.objects.get(id=case.customer_id).family_name == "Khalil"
    says("When are you open?", clock)
    assert Contact.objects.filter(channel="sms", state="open").count() == 1, "STOP was never said: she can go on"

    desk = new_page()
    desk.goto("/desk/diary/")
    desk.get_by_label("Name you sign in with").fill("benefits")
    desk.get_by_label("Password").fill(PASSWORD)
    with goes_on(desk):
        desk.get_by_role("button", name="Sign in").click()
    desk.goto("/desk/diary/?day=2026-11-25")
    off = desk.get_by_role("region", name="Called off")
    expect(off.get_by_role("link", name="Nour Khalil")).to_be_visible()
    expect(off).to_contain_text("They called it off on Tuesday 24 November")
    looks_right(desk)
    shot(desk, "diary")
    with goes_on(desk):
        off.get_by_role("link", name="Nour Khalil").click()
    expect(desk.get_by_role("heading", level=1)).to_be_visible()
    expect(desk.get_by_text("Withdrawn").first).to_be_visible()
    shot(desk, "case")
