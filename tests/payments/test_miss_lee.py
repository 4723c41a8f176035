"""Miss Lee finds a squash court at any centre, holds it, pays with her concession, and plays; or comes too late."""

import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from moothall.bookings import actions as bookings
from moothall.bookings.models import Booking, BookingState
from moothall.core import jobs
from moothall.core.actors import SYSTEM, Actor, ActorKind
from moothall.customers.actions import create_customer
from moothall.notifications.models import Message
from moothall.payments.links import pay_path
from moothall.payments.models import Intent, IntentState, Refund
from moothall.promises.jobs import sweep_promises
from moothall.promises.models import Promise
from tests.payments.conftest import books
from tests.payments.test_site import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return Client(SERVER_NAME="localhost", SERVER_PORT="8000")


def asks(client: Client, clock: Any, *, card: str = "") -> str:
    """Up to the payment question; return the request's address."""
    clock.set("2026-11-19T16:00")
    here = client.post("/services/book-court/start")["Location"]
    client.post(f"{here}activity", {"activity": "squash"})
    client.post(f"{here}card", {"card": card})
    page = text(client, f"{here}slot")
    keys = re.findall(r'name="slot"[^>]*value="([^"]+)"', page) or re.findall(r'value="([^"]+)"[^>]*name="slot"', page)
    later = [key for key in keys if "2026-11-20" in key] or keys
    answer = client.post(f"{here}slot", {"slot": later[-1]})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    client.post(f"{here}access", {"access": ""})
    return here


def sends(client: Client, here: str) -> str:
    """Choose to pay by card and send; return the payment's id at the provider."""
    client.post(f"{here}pay", {"pay": "card"})
    client.post(f"{here}contact", {"contact-name": "Mei Lee", "contact-email": "mei.lee@example.com"})
    return client.post(f"{here}send")["Location"].rsplit("/", 1)[1]


def back(client: Client) -> str:
    intent = Intent.objects.get(booking_id__isnull=False)
    return client.get(f"{pay_path(intent.id)}/back", follow=True).content.decode()


def test_she_finds_holds_pays_with_a_concession_and_plays(client, council, clock, pay):
    lee = create_customer(given_name="Mei", family_name="Lee", by=SYSTEM, at=clock.now())
    bookings.issue_card(
        "LX12345678", card="leedscard-extra", customer_id=lee.id, valid_from=date(2026, 1, 1), by=SYSTEM, at=clock.now()
    )
    here = asks(client, clock, card="LX 1234 5678")
    shown = text(client, f"{here}pay")
    assert "£7.20" in shown
    assert "With the LeedsCard Extra you pay 40 per cent less at any time." in shown
    assert "You pay £7.20." in (client.post(f"{here}pay", {"pay": "card"}) and _check(client, here))
    payment = sends(client, here)
    assert Booking.objects.get().state == BookingState.HELD
    pay.play(payment, "pay")
    back(client)
    jobs.drain()  # the money was only set aside: it is taken now that the court is hers
    assert "We have your £7.20" in back(client)
    assert (Booking.objects.get().state, books()["income:courts"]) == (BookingState.CONFIRMED, -720)
    assert Message.objects.filter(template="payment-receipt").count() == 1
    clock.set("2026-11-20T10:00")
    bookings.arrive(Booking.objects.get().id, by=SYSTEM, at=clock.now())


def _check(client: Client, here: str) -> str:
    client.post(f"{here}contact", {"contact-name": "Mei Lee", "contact-email": "mei.lee@example.com"})
    return text(client, f"{here}check")


def test_what_she_needs_to_get_in_keeps_her_time_and_is_told_to_the_centre(client, council, clock, pay):
    here = asks(client, clock)
    client.post(f"{here}access", {"access": "I use a wheelchair"})
    payment = sends(client, here)
    clock.advance(minutes=10)
    sweep_promises()
    assert Promise.objects.get().state == "paused"  # she is at the payment page: the wait is not ours
    pay.play(payment, "pay")
    back(client)
    jobs.drain()
    booking = Booking.objects.get()
    assert (booking.state, booking.access) == (BookingState.CONFIRMED, "I use a wheelchair")


def test_paid_after_the_hold_ran_out_she_has_her_court_or_was_never_charged(client, council, clock, pay):
    payment = sends(client, asks(client, clock))
    clock.advance(minutes=40)
    jobs.drain()
    assert Booking.objects.get().state == BookingState.EXPIRED
    pay.play(payment, "pay")
    shown = back(client)
    jobs.drain()
    assert Intent.objects.get().state == IntentState.VOID
    assert "Nothing was taken" in shown or "cancelled" in shown
    assert (books(), Refund.objects.count()) == ({}, 0)
    assert pay.payments[payment]["state"]["status"] in {"cancelled", "failed"}


def test_we_close_the_court_and_she_has_all_of_it_back(client, council, clock, pay):
    payment = sends(client, asks(client, clock))
    pay.play(payment, "pay")
    back(client)
    jobs.drain()
    paid = Intent.objects.get().amount_pence
    bookings.cancel(Booking.objects.get().id, reason="closed", by=SYSTEM, at=clock.now())
    jobs.drain()
    refund = Refund.objects.get()
    assert (refund.amount_pence, refund.reason, refund.state) == (paid, "we-cancelled", "done")
    assert books() == {}
    assert Message.objects.filter(template="refund-sent").count() == 1


def test_the_centre_has_to_close_and_all_she_paid_comes_back(client, council, clock, pay):
    """By the terms for money she would have had less back: it is ours, so all of it."""
    payment = sends(client, asks(client, clock))
    pay.play(payment, "pay")
    back(client)
    jobs.drain()
    made = Booking.objects.get()
    officer = Actor(kind=ActorKind.STAFF, id=uuid4(), permissions=frozenset({"booking.manage"}))
    since = made.starts_at - timedelta(hours=1)
    bookings.close(
        made.site, since=since, until=made.ends_at, reason="the roof leaks", by=officer, at=clock.now()
    )  # fmt: skip
    jobs.drain()
    assert Booking.objects.get().state == BookingState.CANCELLED
    assert Refund.objects.get().amount_pence == Intent.objects.get().amount_pence
    told = Message.objects.get(template="booking-cancelled")
    assert "the roof leaks" in told.body
