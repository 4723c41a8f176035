"""Every reference in our messages leads to the request: the booking's and the payment's as well as its own."""

from typing import Any

import pytest
from django.test import Client

from moothall.bookings.links import token_of
from moothall.bookings.models import Booking
from moothall.cases.models import Case
from moothall.cases.named import cases_named
from moothall.cases.queries import find_by_reference
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.packs import current_pack
from moothall.core.references import show_reference
from moothall.core.staff import create_staff
from moothall.core.zone import council_date
from moothall.notifications.actions import Wish, text_arrived
from moothall.notifications.models import Message
from moothall.payments.links import pay_path
from moothall.payments.models import Intent
from tests.payments.test_miss_lee import asks, back, sends

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return Client(SERVER_NAME="localhost", SERVER_PORT="8000")


@pytest.fixture
def booked(client: Client, council: Any, clock: Any, pay: Any) -> Case:
    """A squash court, booked and paid for."""
    pay.play(sends(client, asks(client, clock)), "pay")
    back(client)
    jobs.drain()
    return Case.objects.get()


def find(reference: str, second: str, frm: str = "203.0.113.4") -> Any:
    return Client(REMOTE_ADDR=frm).post("/track", {"reference": reference, "second": second})


def test_the_references_of_the_booking_and_the_payment_are_tracked(booked: Case, clock: Any) -> None:
    hers = (booked.reference, Booking.objects.get().reference, Intent.objects.get().reference)
    assert len(set(hers)) == 3
    for reference in hers:
        found = find(show_reference(reference), "mei.lee@example.com")
        assert (found.status_code, found.headers.get("Location")) == (302, f"/track/{booked.id}")
        wrong = find(reference, "someone@example.com")
        assert wrong.status_code == 400
        assert "We could not find a request with both of these" in wrong.content.decode()
        assert find_by_reference(reference, visible_to=SYSTEM).id == booked.id
    assert cases_named(["4HTK7W2D", *hers]) == dict.fromkeys(hers, booked.id)


def test_more_references_give_no_more_guesses(booked: Case, clock: Any) -> None:
    hers = (booked.reference, Booking.objects.get().reference, Intent.objects.get().reference)
    for number in range(30):
        find(hers[number % 3], f"guess{number}@example.com", f"198.51.100.{number}")
    assert [find(one, "mei.lee@example.com").status_code for one in hers] == [429, 429, 429]


def test_a_customer_is_told_one_reference_to_quote(booked: Case, client: Client, clock: Any) -> None:
    booking, intent = Booking.objects.get(), Intent.objects.get()
    shown, own = show_reference(booked.reference), show_reference(booking.reference)
    told = Message.objects.get(template="booking-confirmed").body.replace("\\", "")
    assert f"Your reference is **{shown}**" in told
    assert own not in told
    receipt = Message.objects.get(template="payment-receipt").body.replace("\\", "")
    assert f"Your reference is **{shown}**" in receipt
    page = client.get(f"/bookings/{booking.id}/{token_of('booking', booking.id)}").content.decode()
    assert shown in page
    assert own not in page
    file = client.get(f"/bookings/{booking.id}/{token_of('booking', booking.id)}/booking.ics")
    assert f"booking-{shown}.ics" in file["Content-Disposition"]
    assert f"Your reference is {shown}." in file.content.decode()
    paid = client.get(pay_path(intent.id)).content.decode()
    assert f"Your reference <strong>{shown}</strong>" in paid
    officer = create_staff(
        username="asha", name="Asha Patel", roles=["service-officer"], teams=[], password="seven-calm-otters",
        pack=current_pack(), by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    client.force_login(officer)
    day = council_date(booking.starts_at).isoformat()
    diary = client.get("/desk/diary/", {"where": booking.site, "day": day}).content.decode()
    assert f'figure">{shown}</span>' in diary, "officers see the one she has in her hands"
    assert f'figure">{own}</span>' not in diary


def test_a_text_with_the_bookings_reference_is_about_the_request(booked: Case, clock: Any) -> None:
    text_arrived(
        external_id="t1", sender="+447700900123", words="running late", wish=Wish.ABOUT_CASE,
        reference=Booking.objects.get().reference, chasing=False, received_at=clock.now(), at=clock.now(),
    )  # fmt: skip
    assert booked.notes.filter(text__contains="running late").exists()


def test_what_is_done_at_once_is_said_so(booked: Case, client: Client, clock: Any) -> None:
    assert "We do this straight away." in client.get("/services/book-court").content.decode()
    tracked = client.get(f"/track/{booked.id}").content.decode()
    assert "This is done." in tracked
    assert '<p class="steps__says">' not in tracked
