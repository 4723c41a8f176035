"""How many unpaid times one person may keep: by account, by address, at one moment; and what she is told."""

import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from moothall.bookings import actions
from moothall.bookings.models import Booking
from moothall.bookings.queries import Wish, find
from moothall.core.actors import SYSTEM
from moothall.customers.actions import create_customer
from tests.payments.conftest import pay

__all__ = ["pay"]


def lee(clock: Any, email: str = "mei.lee@example.com") -> Any:
    return create_customer(
        given_name="Mei", family_name="Lee", contact_points=[("email", email)], by=SYSTEM, at=clock.now()
    )


def keeps(clock: Any, slots: Any, n: int, customer: Any) -> Any:
    """She keeps the n-th free time and has not paid for it."""
    made = actions.hold("squash", slots()[n].key, for_kind="dialogue", for_id=uuid4(), by=SYSTEM, at=clock.now())
    return actions.attach(made.id, case_id=None, customer_id=customer.id, owes_pence=1200, by=SYSTEM, at=clock.now())


@pytest.mark.django_db
def test_three_unpaid_times_and_no_more_whoever_she_says_she_is(thursday, slots):
    for n in range(3):
        keeps(thursday, slots, n * 3, lee(thursday))  # each request makes a record of its own
    with pytest.raises(actions.TooManyHeld, match=r"You keep 3 times already .* let go at 4.20pm. Then choose again"):
        keeps(thursday, slots, 9, lee(thursday))
    keeps(thursday, slots, 9, lee(thursday, "somebody.else@example.com"))
    thursday.advance(minutes=21)
    keeps(thursday, slots, 12, lee(thursday))


@pytest.mark.django_db
def test_paid_for_they_do_not_count_and_with_an_account_it_is_said_while_she_chooses(thursday, slots):
    mine = lee(thursday)
    for n in range(3):
        actions.confirm(keeps(thursday, slots, n * 3, mine).id, by=SYSTEM, at=thursday.now())
    held = [
        actions.hold("squash", slots()[n].key, for_kind="dialogue", for_id=uuid4(), customer_id=mine.id, by=SYSTEM,
                     at=thursday.now())
        for n in (3, 6, 9)
    ]  # fmt: skip
    with pytest.raises(actions.TooManyHeld):
        actions.hold("squash", slots()[12].key, for_kind="dialogue", for_id=uuid4(), customer_id=mine.id, by=SYSTEM,
                     at=thursday.now())  # fmt: skip
    again = actions.hold("squash", slots()[12].key, for_kind="dialogue", for_id=held[0].for_id, customer_id=mine.id,
                         by=SYSTEM, at=thursday.now())  # fmt: skip
    assert again.state == "held", "another time in place of one that she keeps is no more than she had"


@pytest.mark.django_db
def test_on_the_site_she_reads_what_to_do_next(thursday, council, slots, pay):
    browser = Client(SERVER_NAME="localhost", SERVER_PORT="8000")
    for n in range(3):
        keeps(thursday, slots, n * 3, lee(thursday))
    here = browser.post("/services/book-court/start")["Location"]
    browser.post(f"{here}activity", {"activity": "squash"})
    browser.post(f"{here}card", {"card": ""})
    assert browser.post(f"{here}slot", {"slot": slots()[9].key}).status_code == 302
    browser.post(f"{here}access", {"access": ""})
    browser.post(f"{here}pay", {"pay": "card"})
    browser.post(f"{here}contact", {"contact-name": "Mei Lee", "contact-email": "mei.lee@example.com"})
    answer = browser.post(f"{here}send")
    assert answer.status_code == 409
    body = answer.content.decode()
    assert "that is the most one person may keep. Pay first, or wait" in body
    assert "Back to my answers" in body
    thursday.advance(minutes=21)
    assert "/demo/card/" in browser.post(f"{here}send")["Location"]


@pytest.mark.django_db(transaction=True)
def test_ten_at_one_moment_keep_three(thursday, council):
    free = find(Wish("squash", since=thursday.now() + timedelta(hours=2)), at=thursday.now()).slots
    mine, refused = lee(thursday), list[str]()
    made = [
        actions.hold("squash", free[n * 3].key, for_kind="dialogue", for_id=uuid4(), by=SYSTEM, at=thursday.now())
        for n in range(10)
    ]

    def attach(view: Any) -> None:
        try:
            actions.attach(view.id, case_id=None, customer_id=mine.id, owes_pence=1200, by=SYSTEM, at=thursday.now())
        except actions.TooManyHeld as many:
            refused.append(str(many))
        finally:
            connection.close()

    threads = [threading.Thread(target=attach, args=(view,)) for view in made]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (Booking.objects.filter(owes_pence__gt=0).count(), len(refused)) == (3, 7)
