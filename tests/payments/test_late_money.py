"""Money that comes when the hold is over, on every way: booked again or given back by itself, and whoever paid is told."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from moothall.bookings import actions as bookings
from moothall.bookings.models import Booking
from moothall.bookings.queries import Wish, find
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.customers.actions import create_customer
from moothall.notifications.models import Message
from moothall.payments.models import Attempt, Intent, Refund, Sale
from moothall.payments.queries.tills import sales_of_machine
from tests.payments.conftest import books, come_back, fresh, owed, start
from tests.payments.test_tills import Machine, machine

__all__ = ["machine"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
PRICE = 1200


def held(clock: Any, **more: Any) -> Intent:
    """A court kept for Miss Lee for twenty minutes, until she has paid for it."""
    clock.set("2026-11-19T16:00")
    lee = create_customer(given_name="Mei", family_name="Lee", contact_points=[("email", "mei.lee@example.com")],
                          by=SYSTEM, at=clock.now())  # fmt: skip
    made = bookings.hold("squash", slot(clock), for_kind="dialogue", for_id=uuid4(), by=SYSTEM, at=clock.now())
    bookings.attach(made.id, case_id=None, customer_id=lee.id, owes_pence=PRICE, by=SYSTEM, at=clock.now())
    return owed(clock, PRICE, booking_id=made.id, service="book-court", income="courts", customer_id=lee.id, **more)


def slot(clock: Any) -> str:
    return find(Wish("squash", since=clock.now() + timedelta(hours=20)), at=clock.now()).slots[0].key


def runs_out(clock: Any, *, taken: bool = False) -> None:
    """The hold is over; with ``taken`` others have every court of that hour."""
    key = slot(clock)
    clock.advance(minutes=31)
    bookings.expire_holds(at=clock.now())
    for _ in range(6 if taken else 0):
        try:
            made = bookings.hold("squash", key, for_kind="dialogue", for_id=uuid4(), by=SYSTEM, at=clock.now())
        except bookings.SlotTaken:
            break
        bookings.confirm(made.id, by=SYSTEM, at=clock.now())


def told() -> set[str]:
    return set(Message.objects.values_list("template", flat=True))


def words_of(template: str) -> str:
    """What messages of a template say, without the marks that keep Markdown out."""
    bodies = Message.objects.filter(template=template).values_list("body", flat=True)
    return " ".join(bodies).replace("\\", "")


def state(intent: Intent) -> tuple[str, str]:
    return fresh(intent).state, Booking.objects.get(id=intent.booking_id).state


@pytest.mark.parametrize("moto", [False, True])
def test_money_set_aside_too_late_is_taken_when_the_court_is_still_free(clock, pay, moto):
    intent = held(clock)
    payment = start(intent, clock, hold=True, moto=moto)
    pay.down = True  # so that nobody can tell the provider that it is over
    runs_out(clock)
    jobs.drain(strict=False)
    assert state(intent) == ("void", "expired")
    pay.down = False
    pay.play(payment, "pay")
    clock.advance(minutes=5)
    jobs.drain(strict=False)
    assert state(intent) == ("done", "confirmed")
    assert books() == {"income:courts": -PRICE, "provider:govuk_pay": PRICE}
    assert {"booking-confirmed", "payment-receipt"} <= told()
    assert Refund.objects.count() == 0


@pytest.mark.parametrize("moto", [False, True])
def test_money_set_aside_too_late_is_let_go_when_the_court_is_gone_and_she_is_told(clock, pay, moto):
    intent = held(clock)
    payment = start(intent, clock, hold=True, moto=moto)
    pay.down = True
    runs_out(clock, taken=True)
    jobs.drain(strict=False)
    pay.down = False
    pay.play(payment, "pay")
    clock.advance(minutes=5)
    jobs.drain(strict=False)
    assert state(intent) == ("void", "expired")
    assert (books(), Attempt.objects.get().state) == ({}, "cancelled")
    assert "could not keep it for you any longer" in words_of("payment-let-go")
    assert "payment-receipt" not in told()


def test_the_rest_of_a_short_payment_comes_too_late_and_all_of_it_goes_back(clock, pay):
    intent = held(clock)
    payment = start(intent, clock)
    pay.payments[payment]["amount"] = 700
    pay.play(payment, "pay")
    come_back(intent, clock)
    rest = start(intent, clock)
    pay.down = True
    runs_out(clock)
    jobs.drain(strict=False)
    pay.down = False
    pay.play(rest, "pay")
    clock.advance(minutes=5)
    jobs.drain(strict=False)
    clock.advance(minutes=40)
    jobs.drain(strict=False)
    assert state(intent) == ("void", "expired")
    assert sorted(Refund.objects.values_list("amount_pence", "state")) == [(500, "done"), (700, "done")]
    assert books() == {}
    assert Message.objects.filter(template="refund-sent").count() == 2


def pays_slowly(clock: Any, machine: Machine, intent: Intent, *, taken: bool) -> None:
    machine.does("begin", sale="a", reference=intent.reference).does("cash", 1000, "a").sends()
    runs_out(clock, taken=taken)
    jobs.drain(strict=False)
    machine.does("card", 200, "a").does("done", sale="a").sends(since=2)


def test_notes_before_and_card_after_the_hold_ran_out_book_it_together(machine, clock):
    intent = held(clock)
    pays_slowly(clock, machine, intent, taken=False)
    jobs.drain()
    assert state(intent) == ("done", "confirmed")
    assert (Refund.objects.count(), books()["income:courts"]) == (0, -PRICE)
    assert {"booking-confirmed", "payment-receipt"} <= told()


def test_what_a_machine_took_too_late_is_owed_back_by_hand_and_both_are_told(machine, clock):
    intent = held(clock)
    pays_slowly(clock, machine, intent, taken=True)
    jobs.drain()
    assert state(intent) == ("void", "expired")
    assert sales_of_machine(["a"], visible_to=machine.actor)[0].state == "back", "it prints no receipt"
    assert sorted(Refund.objects.values_list("amount_pence", "reason", "state")) == [
        (200, "too-late", "failed"), (1000, "too-late", "failed"),
    ]  # fmt: skip
    bodies = words_of("refund-by-hand")
    assert "You paid in cash" in bodies
    assert "with the same card" in bodies
    for refund in Refund.objects.all():
        from moothall.payments.actions import settle_refund_by_hand

        settle_refund_by_hand(refund.id, how="At the counter", by=SYSTEM, at=clock.now())
    jobs.drain()
    assert all("by hand" in one.body for one in Message.objects.filter(template="refund-sent"))
    assert sum(books().values()) == 0


def test_what_a_machine_kept_she_hears_of_and_again_when_she_has_it(machine, clock):
    from moothall.payments.actions.tills import settle_held

    intent = held(clock)
    machine.does("begin", sale="a", reference=intent.reference).does("cash", 500, "a").does("power").sends()
    jobs.drain()
    assert "£5" in words_of("payment-kept")
    sale: UUID = Sale.objects.get().id
    settle_held(sale, how="In cash at the counter", by=SYSTEM, at=clock.now())
    jobs.drain()
    assert "A machine had kept it." in words_of("refund-sent")
