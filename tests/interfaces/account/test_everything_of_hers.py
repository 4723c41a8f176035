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
from moothall.customers.accounts.actions import begin_authenticator
from moothall.customers.accounts.models import Account
from moothall.customers.accounts.rules.one_time import code_at, step_of
from moothall.customers.actions import create_customer, give_consent
from moothall.customers.linking.actions import link_record, merge
from moothall.customers.linking.models import Change, SourceRecord, Telling
from moothall.customers.models import Consent, Customer
from moothall.customers.pack import CONSENTS
from moothall.payments.actions.owing import NewIntent, owe
from tests.customers.linking.conftest import TAX, csv_of, deliver, tax_row

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


def test_a_receipt_keeps_the_words_she_was_shown_and_when_she_took_them_back(
    lee: Account, client: Client, clock: Any, council: Any
) -> None:
    kind = council.of(CONSENTS)["research"]
    form = {"given": "Mei", "family": "Lee", "channel": "email"}
    client.post("/account/details", form | {"consent": ["research"]})
    given = Consent.objects.get()
    assert (given.asked, given.why, given.channel) == (kind.asks, kind.why, "web")
    Consent.objects.update(asked="Ask me things")  # the words of then, whatever the pack says now
    assert "“Ask me things”" in text_of(client.get("/account/agreements"))
    clock.advance(days=3)
    client.post("/account/details", form)
    page = text_of(client.get("/account/agreements"))
    assert "You agreed on 19 November 2026, on the web, and took it back on 22 November 2026, on the web." in page
    assert "“Ask me things”" in page.split("Taken back")[1]


def test_what_she_agreed_to_on_a_record_joined_to_hers_is_taken_back_too(
    lee: Account, client: Client, clock: Any
) -> None:
    before = create_customer(given_name="Mei", family_name="Leigh", by=SYSTEM, at=clock.now())
    give_consent(customer_id=before.id, code="news", channel="phone", by=SYSTEM, at=clock.now())
    merge(lee.customer_id, before.id, reason="The same", by=SYSTEM, at=clock.now())
    assert "by telephone" in text_of(client.get("/account/agreements"))
    client.post("/account/agreements", {"code": "news"})
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


def test_what_she_changes_goes_everywhere_and_she_sees_who_has_it(
    lee: Account, client: Client, clock: Any, settings: Any
) -> None:
    form = {
        "given": "Mei",
        "family": "Lee",
        "channel": "email",
        "address": "3 Boroughgate, Otley, LS21 3AB",
        "key": "k1",
    }
    client.post("/account/details", form)
    assert Customer.objects.get(id=lee.customer_id).address_text != form["address"], (
        "not before she has shown who she is"
    )
    assert "show us first who you are" in text_of(client.get("/account/details"))

    deliver("council-tax", csv_of(TAX, [tax_row("7", "Lee", given="Mei")]), clock.now())
    deliver("electoral", b"Elector Number,Elector Name,Address1,PostCode,PD\n512,\"Lee, Mei\",14 Mill Lane,LS21 1AA,OT3\n",
            clock.now())  # fmt: skip
    for record in SourceRecord.objects.all():
        link_record(record.id, lee.customer_id, by=SYSTEM, at=clock.now())
    Customer.objects.filter(id=lee.customer_id).update(proof="verified")
    secret = begin_authenticator(lee.id, at=clock.now())
    client.post("/account/ways/app", {"code": code_at(secret, step_of(clock.now()))})
    client.post("/account/details", form)
    assert not Change.objects.exists(), "an app she has just made herself shows nothing more of her"
    session = client.session
    session["account"] = {**session["account"], "how": ["passkey"]}
    session.save()
    client.post("/account/details", form)
    client.post("/account/details", form)  # the form sent twice
    assert Customer.objects.get(id=lee.customer_id).address_text == form["address"]
    assert Change.objects.filter(kind="address").count() == 1
    Telling.objects.filter(system="council-tax").update(state="confirmed", answered_at=clock.now())
    answer = client.get("/account/details")
    page = text_of(answer).split("What you changed, and who has it")[1]
    assert "Address, 19 November 2026" in page
    told = page.split("Council tax")[1]
    assert "Done, 19 November 2026" in told.split("</li>")[0]
    assert "Not yet." in page.split("Electoral")[1].split("</li>")[0]
