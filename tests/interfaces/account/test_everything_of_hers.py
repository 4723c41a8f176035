"""What she owes, what she booked and what she agreed to stand in her account, hers alone, at a fixed cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from moothall.bookings import actions as bookings
from moothall.bookings.models import Booking
from moothall.bookings.queries import Wish, find
from moothall.core.actors import SYSTEM, customer_actor
from moothall.customers.accounts.models import Account
from moothall.customers.actions import give_consent
from moothall.customers.models import Consent
from moothall.customers.pack import CONSENTS
from moothall.payments.actions.owing import NewIntent, owe

pytestmark = pytest.mark.django_db


@pytest.fixture
def lee(clock: Any, council: Any, come_in: Callable[..., Account]) -> Account:
    clock.set("2026-11-19T16:00")
    return come_in(address="mei.lee@example.com", name=("Mei", "Lee"))


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def owes(clock: Any, customer_id: Any, what: str) -> None:
    new = NewIntent("bulky-waste", what, "web", 2000, "bulky", customer_id=customer_id, how="card")
    owe(new, by=SYSTEM, at=clock.now())


def books(clock: Any, customer_id: Any) -> Booking:
    slot = find(Wish("squash", since=clock.now() + timedelta(hours=20)), at=clock.now()).slots[0]
    held = bookings.hold(
        "squash", slot.key, for_kind="dialogue", for_id=uuid4(), customer_id=customer_id, by=SYSTEM, at=clock.now()
    )
    bookings.confirm(held.id, by=SYSTEM, at=clock.now())
    return Booking.objects.get(id=held.id)


def test_what_she_owes_stands_first_and_opens_where_it_is_paid(lee: Account, client: Client, clock: Any) -> None:
    assert "To pay" not in text_of(client.get("/account/"))
    assert "You owe us nothing" in text_of(client.get("/account/payments"))
    owes(clock, lee.customer_id, "a collection of three items")
    owes(clock, uuid4(), "somebody else’s sofa")
    for address in ("/account/", "/account/payments"):
        page = text_of(client.get(address))
        assert "£20 for a collection of three items" in page
        assert "/pay/" in page
        assert "sofa" not in page


def test_what_she_booked_stands_until_it_is_over(lee: Account, client: Client, clock: Any) -> None:
    assert "Nothing is booked" in text_of(client.get("/account/bookings"))
    booking = books(clock, lee.customer_id)
    assert "Coming up" in text_of(client.get("/account/"))
    page = text_of(client.get("/account/bookings"))
    assert f"/bookings/{booking.id}/" in page
    where = page.split(f'href="/bookings/{booking.id}/')[1].split('"')[0]
    assert client.get(f"/bookings/{booking.id}/{where}").status_code == 200
    clock.set(booking.ends_at + timedelta(minutes=1))
    assert "<h2" in text_of(client.get("/account/bookings"))
    assert "Coming up" not in text_of(client.get("/account/bookings"))


def test_what_she_agreed_to_is_taken_back_at_once(lee: Account, client: Client, clock: Any, council: Any) -> None:
    assert "You agreed to nothing" in text_of(client.get("/account/agreements"))
    code, consent = next(iter(council.of(CONSENTS).items()))
    give_consent(
        customer_id=lee.customer_id, code=code, channel="web", by=customer_actor(lee.customer_id), at=clock.now()
    )
    assert str(consent.name) in text_of(client.get("/account/agreements"))
    done = client.post("/account/agreements", {"code": code}, follow=True)
    assert "It is taken back" in text_of(done)
    assert Consent.objects.get().withdrawn_at is not None


def test_each_page_costs_the_same_whatever_it_holds(
    lee: Account, client: Client, clock: Any, django_assert_max_num_queries: Any, django_assert_num_queries: Any
) -> None:
    pages = (
        "/account/",
        "/account/payments",
        "/account/bookings",
        "/account/agreements",
        "/account/messages",
        "/account/looks",
    )
    for number in range(2):
        owes(clock, lee.customer_id, f"thing {number}")
        books(clock, lee.customer_id)
    costs = {}
    for page in pages:
        client.get(page)
        with django_assert_max_num_queries(40) as seen:
            client.get(page)
        costs[page] = len(seen)
    for number in range(4):
        owes(clock, lee.customer_id, f"more {number}")
        books(clock, lee.customer_id)
    for page in pages:
        with django_assert_num_queries(costs[page]):
            client.get(page)
    assert max(costs.values()) <= 26, costs
