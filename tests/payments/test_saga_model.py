"""Any order and repetition of customer, provider, clock and crash ends balanced to the penny: nothing paid and unbooked,
nothing booked and unpaid."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moothall.bookings import actions as bookings
from moothall.bookings.models import Booking, BookingState
from moothall.bookings.queries import Wish, find
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.payments import actions
from moothall.payments.adapters.twins import Fault
from moothall.payments.models import Attempt, AttemptState, Intent, IntentState, Refund, RefundState
from moothall.payments.providers import provider
from tests.payments.conftest import BACK, books, owed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
PRICE = 1200
STEPS = (
    "begin", "begin_twice", "pay", "pay_first", "decline", "cancel", "back", "webhook", "old_webhook", "work", "minutes",
    "half_hour", "two_hours", "down", "up", "lose_answer", "drop_call", "other_takes_it", "cancels", "withdraws",
    "begin_hold",
)  # fmt: skip


class World:
    """One court, held for one customer who may or may not pay."""

    def __init__(self, clock, twin):
        self.clock, self.twin = clock, twin
        clock.set("2026-11-19T16:00")
        self.slot = find(Wish("squash", since=clock.now() + timedelta(hours=20)), at=clock.now()).slots[0].key
        self.booking = bookings.hold(
            "squash", self.slot, for_kind="dialogue", for_id=uuid4(), by=SYSTEM, at=clock.now()
        )
        bookings.attach(self.booking.id, case_id=None, customer_id=None, owes_pence=PRICE, by=SYSTEM, at=clock.now())
        self.intent = owed(clock, PRICE, booking_id=self.booking.id, service="book-court")

    def do(self, step):
        getattr(self, step)()

    def begin(self):
        try:
            actions.start_payment(self.intent.id, come_back=BACK, by=SYSTEM, at=self.clock.now())
        except actions.CannotPay:
            pass

    def begin_hold(self):
        """The money is only set aside, and taken when the court is sure."""
        try:
            actions.start_payment(self.intent.id, come_back=BACK, by=SYSTEM, at=self.clock.now(), hold=True)
        except actions.CannotPay:
            pass

    def begin_twice(self):
        """An adviser takes the payment by telephone while the customer has the page open."""
        try:
            actions.start_payment(self.intent.id, come_back=BACK, by=SYSTEM, at=self.clock.now(), moto=True)
        except actions.CannotPay:
            pass

    def _play(self, number, outcome):
        known = list(self.twin.payments)
        if known:
            self.twin.play(known[number], outcome)

    def pay(self):
        self._play(-1, "pay")

    def pay_first(self):
        self._play(0, "pay")

    def decline(self):
        self._play(-1, "decline")

    def cancel(self):
        self._play(-1, "cancel")

    def back(self):
        actions.look_at_intent(self.intent.id, by=SYSTEM, at=self.clock.now())

    def _hear(self, number):
        if self.twin.hooks:
            raw, headers = self.twin.hooks[number]
            actions.hear("govuk_pay", provider().hear(raw, headers), at=self.clock.now())

    def webhook(self):
        self._hear(-1)

    def old_webhook(self):
        self._hear(0)

    def work(self):
        jobs.drain(strict=False)

    def minutes(self):
        self.clock.advance(minutes=7)

    def half_hour(self):
        self.clock.advance(minutes=31)
        bookings.expire_holds(at=self.clock.now())

    def two_hours(self):
        self.clock.advance(hours=2)

    def down(self):
        self.twin.down = True

    def up(self):
        self.twin.down = False

    def lose_answer(self):
        self.twin.faults.append(Fault("swallow"))

    def drop_call(self):
        self.twin.faults.append(Fault("drop"))

    def other_takes_it(self):
        """Somebody else takes every court of that hour, where they are free."""
        for _ in range(6):
            try:
                held = bookings.hold(
                    "squash", self.slot, for_kind="dialogue", for_id=uuid4(), by=SYSTEM, at=self.clock.now()
                )
                bookings.confirm(held.id, by=SYSTEM, at=self.clock.now())
            except bookings.NotBookable:
                return

    def cancels(self):
        if Booking.objects.get(id=self.booking.id).state == BookingState.CONFIRMED:
            bookings.cancel(self.booking.id, reason="changed_mind", by=SYSTEM, at=self.clock.now())

    def withdraws(self):
        actions.void(self.intent.id, why="withdrawn", by=SYSTEM, at=self.clock.now())

    def let_it_rest(self):
        """Everything is up again, and time passes until nothing is left to do."""
        self.twin.down, self.twin.faults = False, []
        for _ in range(6):
            self.clock.advance(minutes=40)
            bookings.expire_holds(at=self.clock.now())
            jobs.drain(strict=False)

    def check(self):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")  # each entry comes to nothing
        intent, booking = Intent.objects.get(id=self.intent.id), Booking.objects.get(id=self.booking.id)
        paid = sum(
            Attempt.objects.filter(intent=intent, state=AttemptState.TAKEN).values_list("amount_pence", flat=True)
        )
        back = sum(Refund.objects.filter(intent=intent, state=RefundState.DONE).values_list("amount_pence", flat=True))
        assert not Refund.objects.filter(intent=intent).exclude(state=RefundState.DONE).exists()
        assert not Attempt.objects.filter(intent=intent, state__in=("new", "started", "authorised")).exists()
        theirs = sum(one["amount"] for one in self.twin.payments.values() if one["state"]["status"] == "success")
        gone = sum(refund["amount"] for one in self.twin.payments.values() for refund in one["refunds"])
        assert (paid, back) == (theirs, gone), "our books and the provider's agree"
        stands = books(intent.id)
        assert stands.get("held", 0) == stands.get("owed-back", 0) == 0, "nothing hangs in the air"
        assert stands.get("provider:govuk_pay", 0) == theirs - gone
        assert stands.get("income:waste", 0) == gone - theirs
        booked = booking.state in {BookingState.CONFIRMED, BookingState.ATTENDED}
        if booked:
            assert (intent.state, paid - back) == (IntentState.DONE, PRICE), "booked is paid"
        elif booking.state != BookingState.CANCELLED:
            assert paid == back, "not booked is not paid"
        assert booking.state != BookingState.HELD


def _run(council, clock, pay, steps):
    from django.db import transaction

    pay.payments.clear(), pay.hooks.clear()
    pay.faults, pay.down = [], False
    marker = transaction.savepoint()
    try:
        world = World(clock, pay)
        for step in steps:
            world.do(step)
        world.let_it_rest()
        world.check()
    finally:
        transaction.savepoint_rollback(marker)


def test_known_ways_through(council, clock, pay):
    for steps in (
        ["begin", "pay", "back"],
        ["begin", "half_hour", "pay", "back"],
        ["begin", "half_hour", "other_takes_it", "work", "pay", "webhook", "work"],
        ["begin", "begin_twice", "pay", "back", "pay_first", "work"],
        ["begin", "pay", "down", "back", "half_hour", "up"],
        ["lose_answer", "begin", "begin", "pay"],
        ["begin", "pay", "back", "cancels", "lose_answer", "work"],
        ["begin", "withdraws", "pay", "old_webhook"],
        ["begin_hold", "pay", "back", "work"],
        ["begin_hold", "pay", "half_hour", "other_takes_it", "back", "work"],
    ):
        _run(council, clock, pay, steps)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(st.sampled_from(STEPS), min_size=3, max_size=14))
def test_any_order_ends_balanced(council, clock, pay, steps):
    _run(council, clock, pay, steps)


@pytest.mark.long
@settings(
    max_examples=120,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(st.sampled_from(STEPS), min_size=3, max_size=30))
def test_any_order_of_many_ends_balanced(council, clock, pay, steps):
    _run(council, clock, pay, steps)
