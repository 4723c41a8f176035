"""Deposits: back by themselves after the hall was used, or kept in part for a reason that the customer reads."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from moothall.bookings import actions as bookings
from moothall.bookings.links import token_of
from moothall.bookings.queries import Wish, find
from moothall.core import jobs
from moothall.core.access import Refused
from moothall.core.actors import SYSTEM, Actor, ActorKind, customer_actor
from moothall.customers.actions import create_customer
from moothall.notifications.models import Message
from moothall.payments.actions import ask_refund
from moothall.payments.actions.deposits import CannotKeep, agree_to_keep, keep, refuse_to_keep
from moothall.payments.models import Deposit, Intent, Refund
from tests.payments.conftest import attempt_of, books, come_back, fresh, owed, start
from tests.payments.test_console import officer

__all__ = ["officer"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
WET = "The floor was left wet, and a net is torn."


def hall(clock: Any, pay: Any, deposit: int = 5000) -> Intent:
    """The hall for an hour, paid with a deposit and booked."""
    clock.set("2026-11-19T10:00")
    lee = create_customer(given_name="Mei", family_name="Lee", contact_points=[("email", "mei.lee@example.com")],
                          by=SYSTEM, at=clock.now())  # fmt: skip
    slot = find(Wish("hall", since=clock.now() + timedelta(hours=48)), at=clock.now()).slots[0].key
    made = bookings.hold("hall", slot, for_kind="dialogue", for_id=uuid4(), by=SYSTEM, at=clock.now())
    bookings.attach(made.id, case_id=None, customer_id=lee.id, owes_pence=1200 + deposit, by=SYSTEM, at=clock.now())
    intent = owed(clock, 1200 + deposit, deposit=deposit, booking_id=made.id, service="book-court", income="courts",
                  customer_id=lee.id)  # fmt: skip
    pay.play(start(intent, clock), "pay")
    come_back(intent, clock)
    jobs.drain()
    assert books()["deposits"] == -deposit
    return fresh(intent)


def staff(name: str = "Priya", *may: str) -> Actor:
    return Actor(ActorKind.STAFF, uuid4(), name, permissions=frozenset(may or {"payment.refund", "payment.agree"}))


def used(clock: Any, days: int = 3) -> None:
    clock.advance(days=days)


def sent(template: str) -> list[str]:
    bodies = Message.objects.filter(template=template).order_by("created_at").values_list("body", flat=True)
    return [body.replace("\\", "") for body in bodies]


def test_it_goes_back_by_itself_two_days_after_the_hall_was_used(clock, pay):
    intent = hall(clock, pay)
    held = Deposit.objects.get()
    here = f"/bookings/{intent.booking_id}/{token_of('booking', intent.booking_id)}"
    assert "It goes back by itself" in Client().get(here).content.decode()
    used(clock)
    jobs.drain()
    assert (Deposit.objects.get().state, Refund.objects.count()) == ("held", 0), "its two days are not over"
    clock.set(held.due_at.isoformat())
    jobs.drain()
    clock.advance(minutes=1)
    jobs.drain()
    refund = Refund.objects.get()
    assert (refund.amount_pence, refund.reason, refund.state) == (5000, "deposit", "done")
    assert books() == {"income:courts": -1200, "provider:govuk_pay": 1200}
    assert "This is your deposit." in sent("refund-sent")[0]
    assert "It has gone back" in Client().get(here).content.decode()
    jobs.drain()
    assert Refund.objects.count() == 1


def test_some_of_it_is_kept_for_a_reason_and_the_rest_goes_back_at_once(clock, pay):
    hall(clock, pay)
    deposit = Deposit.objects.get()
    with pytest.raises(CannotKeep, match="not been used yet"):
        keep(deposit.id, pence=2000, why=WET, by=staff(), at=clock.now())
    used(clock)
    for pence, why, match in ((2000, "wet", "Say why"), (0, WET, "at most £50.00"), (5001, WET, "at most £50.00")):
        with pytest.raises(CannotKeep, match=match):
            keep(deposit.id, pence=pence, why=why, by=staff(), at=clock.now())
    with pytest.raises(Refused):
        keep(deposit.id, pence=2000, why=WET, by=staff("Tom", "booking.manage"), at=clock.now())
    with pytest.raises(Refused):
        keep(deposit.id, pence=2000, why=WET, by=customer_actor(None), at=clock.now())
    keep(deposit.id, pence=2000, why=WET, by=staff(), at=clock.now())
    jobs.drain()
    assert books() == {"income:courts": -3200, "provider:govuk_pay": 3200}
    assert Refund.objects.get().amount_pence == 3000
    body = sent("deposit-kept")[0]
    for words in ("£20", "£30", WET):
        assert words in body, words
    with pytest.raises(CannotKeep, match="settled"):
        keep(deposit.id, pence=100, why=WET, by=staff(), at=clock.now())


def test_above_the_limit_somebody_else_agrees_and_until_then_nothing_goes_back(clock, pay):
    hall(clock, pay, deposit=12_000)
    deposit, priya, tom = Deposit.objects.get(), staff(), staff("Tom")
    used(clock)
    keep(deposit.id, pence=9000, why=WET, by=priya, at=clock.now())
    used(clock, 9)
    jobs.drain()
    assert (Refund.objects.count(), books()["deposits"]) == (0, -12_000)
    with pytest.raises(Refused):
        agree_to_keep(deposit.id, by=priya, at=clock.now())
    agree_to_keep(deposit.id, by=tom, at=clock.now())
    with pytest.raises(CannotKeep, match="dealt with"):
        refuse_to_keep(deposit.id, by=tom, at=clock.now())
    jobs.drain()
    assert books() == {"income:courts": -10_200, "provider:govuk_pay": 10_200}
    assert Refund.objects.get().amount_pence == 3000


def test_not_agreed_all_of_it_goes_back(clock, pay):
    hall(clock, pay, deposit=12_000)
    used(clock)
    keep(Deposit.objects.get().id, pence=9000, why=WET, by=staff(), at=clock.now())
    refuse_to_keep(Deposit.objects.get().id, by=staff("Tom"), at=clock.now())
    jobs.drain()
    assert (Refund.objects.get().amount_pence, sent("deposit-kept")) == (12_000, [])


def test_goodwill_is_taken_from_what_was_earned_and_the_deposit_stays_whole(clock, pay):
    intent = hall(clock, pay)
    ask_refund(attempt_of(intent).id, pence=600, reason="goodwill", key="g", by=staff(), at=clock.now())
    assert (books()["deposits"], books()["income:courts"]) == (-5000, -600)
    used(clock, 9)
    jobs.drain()
    assert sorted(Refund.objects.values_list("amount_pence", "reason")) == [(600, "goodwill"), (5000, "deposit")]
    assert books() == {"income:courts": -600, "provider:govuk_pay": 600}


def test_one_week_of_a_series_is_cancelled_and_the_deposit_stays_whole(clock, pay):
    clock.set("2026-11-19T10:00")
    slot = find(Wish("hall", since=clock.now() + timedelta(hours=48)), at=clock.now()).slots[0]
    made = bookings.hold_weekly("hall", slot.key, until=slot.day + timedelta(weeks=2), for_kind="dialogue", for_id=uuid4(),
                                by=SYSTEM, at=clock.now())  # fmt: skip
    lead, second, third = made.held
    bookings.attach(lead.id, case_id=None, customer_id=None, owes_pence=8600, each=1200, by=SYSTEM, at=clock.now())
    intent = owed(clock, 8600, deposit=5000, booking_id=lead.id, service="book-court", income="courts")
    pay.play(start(intent, clock), "pay")
    come_back(intent, clock)
    bookings.cancel(second.id, reason="asked", by=customer_actor(None), at=clock.now())
    bookings.cancel(third.id, reason="closed", by=SYSTEM, at=clock.now())
    jobs.drain()
    assert (books()["deposits"], books()["income:courts"]) == (-5000, -1200)
    used(clock, 30)
    jobs.drain()
    assert sorted(Refund.objects.values_list("amount_pence", "reason")) == [
        (1200, "cancelled"), (1200, "we-cancelled"), (5000, "deposit"),
    ]  # fmt: skip
    assert books() == {"income:courts": -1200, "provider:govuk_pay": 1200}


def test_cancelled_or_moved_it_goes_with_the_booking(clock, pay):
    intent = hall(clock, pay)
    before = Deposit.objects.get().due_at
    later = find(Wish("hall", since=clock.now() + timedelta(days=9)), at=clock.now()).slots[0].key
    bookings.move(intent.booking_id, later, by=SYSTEM, at=clock.now())
    jobs.drain()
    assert Deposit.objects.get().due_at > before
    bookings.cancel(intent.booking_id, reason="asked", by=customer_actor(None), at=clock.now())
    jobs.drain()
    used(clock, 30)
    jobs.drain()
    assert (Deposit.objects.get().state, books()) == ("settled", {})
    assert sum(Refund.objects.values_list("amount_pence", flat=True)) == 6200


def test_at_the_console_one_keeps_some_and_another_agrees(officer, clock, pay):
    intent = hall(clock, pay, deposit=12_000)
    used(clock)
    first, second = officer("finance-manager"), officer("finance-manager", "another")
    page = f"/console/payments/{intent.id}"
    assert "It goes back by itself" in first.get(page).content.decode()
    deposit = Deposit.objects.get()
    act, kept = f"/console/deposits/{deposit.id}", f"/console/deposits/{deposit.id}/keep"
    assert "Enter an amount" in first.post(kept, {"amount": "a lot", "why": WET}, follow=True).content.decode()
    assert "Somebody else has to agree" in first.post(kept, {"amount": "90", "why": WET}, follow=True).content.decode()
    assert WET in first.get("/console/refunds").content.decode()
    assert "You asked for this" in first.post(act, {"do": "agree"}, follow=True).content.decode()
    assert officer("finance-officer").post(act, {"do": "agree"}).status_code == 403
    assert "Agreed" in second.post(act, {"do": "agree"}, follow=True).content.decode()
    assert "was kept: " + WET in second.get(page).content.decode()
    assert first.post(f"/console/deposits/{uuid4()}/keep", {"amount": "1", "why": WET}).status_code == 404
