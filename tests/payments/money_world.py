"""What the model of money plays: one court and one bill, and everybody who can touch them."""

import json
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from unittest import mock
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import Q

from moothall.bookings import actions as bookings
from moothall.bookings.models import Booking, BookingState
from moothall.bookings.queries import Wish, find
from moothall.core import jobs
from moothall.core.access import Refused
from moothall.core.actors import SYSTEM, Actor, ActorKind, customer_actor
from moothall.core.references import show_reference
from moothall.core.twin_server import Fault
from moothall.customers.actions import create_customer
from moothall.notifications.models import Message
from moothall.payments import actions, saga
from moothall.payments.actions import (
    agreeing,
    card_plans,
    collecting,
    deposits,
    following,
    ledger,
    paying,
    refunding,
    tills,
)
from moothall.payments.actions.agreeing import CannotAgree
from moothall.payments.actions.deposits import CannotKeep
from moothall.payments.actions.tills import settle_held
from moothall.payments.models import (
    Attempt,
    AttemptState,
    Deposit,
    Intent,
    IntentState,
    Refund,
    RefundState,
    Sale,
)
from moothall.payments.protocols import Forged
from moothall.payments.providers import provider
from tests.payments.conftest import BACK, books, owed
from tests.payments.money_world_beside import DEBIT, DEPOSITS, MACHINE, Beside
from tests.payments.money_world_requests import REQUEST, Requests

PRICE, TAX, DEPOSIT = 6200, 200, 5000
FLOAT = 5000
ASSETS = ("provider:", "cash:", "bank")
CUSTOMER = ("begin", "begin_hold", "begin_twice", "pay", "pay_first", "decline", "cancel", "back", "cancels", "moves")
PROVIDER = (
    "webhook", "old_webhook", "strange_webhook", "down", "up", "lose_answer", "drop_call", "takes_less", "takes_more"
)  # fmt: skip
TIME = ("work", "minutes", "half_hour", "two_hours", "crash", "crash_after_answer")
SLOW = ("slow_bank", "bank_says_yes", "bank_says_no", "slow_refunds", "refund_goes", "refund_fails")
OTHERS = ("other_takes_it", "closes", "withdraws", "gives_some", "gives_all", "agrees", "says_no")
STEPS = (*CUSTOMER, *CUSTOMER, *PROVIDER, *SLOW, *TIME, *TIME, *OTHERS, *MACHINE, *DEBIT, *DEPOSITS, *REQUEST)


class Crash(Exception):
    """The process dies: what was not committed is gone."""


class World(Beside, Requests):
    """One court, held for one customer who may or may not pay; two people in finance; a machine; a Direct Debit."""

    each = 0

    def __init__(self, clock, twin):
        self.clock, self.twin, self.dies, self.deaf = clock, twin, False, False
        twin.dawdles = twin.refunds_wait = False
        clock.set("2026-11-19T16:00")
        self.slots = find(Wish("squash", since=clock.now() + timedelta(hours=20)), at=clock.now()).slots
        self.booking = self.keeps()
        lee = create_customer(
            given_name="Mei", family_name="Lee", contact_points=[("email", "mei.lee@example.com")], by=SYSTEM,
            at=clock.now(),
        )  # fmt: skip
        bookings.attach(
            self.booking.id, case_id=None, customer_id=lee.id, owes_pence=PRICE, each=self.each, by=SYSTEM, at=clock.now()
        )  # fmt: skip
        self.intent = owed(
            clock,
            PRICE,
            vat=TAX,
            deposit=DEPOSIT,
            booking_id=self.booking.id,
            service="book-court",
            income="courts",
            customer_id=lee.id,
        )
        self.priya, self.tom = (
            Actor(ActorKind.STAFF, uuid4(), name, permissions=frozenset({"payment.refund", "payment.agree"}))
            for name in ("Priya", "Tom")
        )
        self.machine = Actor(ActorKind.PARTNER, uuid4(), "Merrion", permissions=frozenset({"api.machine"}))
        self.journal, self.mandate = [], None
        self.writes("open", FLOAT)
        self.sends()

    def keeps(self):
        """Keep what she has chosen."""
        return bookings.hold(
            "squash", self.slots[0].key, for_kind="dialogue", for_id=uuid4(), by=SYSTEM, at=self.clock.now()
        )

    def do(self, step):
        try:
            getattr(self, step)()
        except (actions.CannotPay, actions.CannotRefund, bookings.NotBookable, CannotAgree, CannotKeep, Refused, Crash):
            pass

    def now(self):
        return self.clock.now()

    # -- the customer -------------------------------------------------------------------------------------------------

    def begin(self, **how):
        actions.start_payment(self.intent.id, come_back=BACK, by=SYSTEM, at=self.now(), **how)

    def begin_hold(self):
        """The money is only set aside, and taken when the court is sure."""
        self.begin(hold=True)

    def begin_twice(self):
        """An adviser takes the payment by telephone while the customer has the page open."""
        self.begin(moto=True)

    def hers(self):
        """The payments for what she booked, as the provider knows them."""
        return list(self.twin.payments)

    def _play(self, number, outcome, more=0):
        known = self.hers()
        if known:
            payment = self.twin.payments[known[number]]
            if payment["state"]["status"] in {"created", "started"}:
                payment["amount"] = max(1, payment["amount"] + more)
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
        actions.look_at_intent(self.intent.id, by=SYSTEM, at=self.now())

    def cancels(self):
        if Booking.objects.get(id=self.booking.id).state == BookingState.CONFIRMED:
            bookings.cancel(self.booking.id, reason="asked", by=customer_actor(None), at=self.now())

    def moves(self):
        bookings.move(self.booking.id, self.slots[-1].key, by=customer_actor(None), at=self.now())

    # -- the provider -------------------------------------------------------------------------------------------------

    def _hear(self, number):
        if self.twin.hooks:
            raw, headers = self.twin.hooks[number]
            actions.hear("govuk_pay", provider().hear(raw, headers), at=self.now())

    def webhook(self):
        self._hear(-1)

    def old_webhook(self):
        self._hear(0)

    def strange_webhook(self):
        """One that is signed and says that everything is paid; one of a payment nobody knows; one that is forged."""
        said = {"webhook_message_id": uuid4().hex, "event_type": "card_payment_succeeded"}
        for of in ({**said, "resource_id": one} for one in (*list(self.twin.payments)[-1:], "nobody-knows-it")):
            raw = json.dumps(of).encode()
            actions.hear("govuk_pay", provider().hear(raw, self.twin.signed(raw)), at=self.now())
        with pytest.raises(Forged):
            provider().hear(raw + b" ", self.twin.signed(raw))

    def down(self):
        self.twin.down = True

    def up(self):
        self.twin.down = False

    def lose_answer(self):
        self.twin.faults.append(Fault("swallow"))

    def drop_call(self):
        self.twin.faults.append(Fault("drop"))

    def takes_less(self):
        self._play(-1, "pay", -700)

    def takes_more(self):
        self._play(-1, "pay", 900)

    def slow_bank(self):
        """From now on a bank thinks about what is paid, until it says so."""
        self.twin.dawdles = True

    def _bank_says(self, outcome):
        for id_ in list(self.twin.payments):
            self.twin.think(id_, outcome)

    def bank_says_yes(self):
        self._bank_says("pay")

    def bank_says_no(self):
        self._bank_says("decline")

    def slow_refunds(self):
        """From now on refunds are taken on, and go later or fail."""
        self.twin.refunds_wait = True

    def _refunds_end(self, outcome):
        for id_, payment in self.twin.payments.items():
            for one in payment["refunds"]:
                if one["status"] == "submitted":
                    self.twin.end_refund(id_, outcome, one["refund_id"])

    def refund_goes(self):
        self._refunds_end("success")

    def refund_fails(self):
        self._refunds_end("error")

    # -- time and trouble ---------------------------------------------------------------------------------------------

    def drain(self):
        jobs.drain(strict=False)

    def work(self):
        self.drain()

    def minutes(self):
        self.clock.advance(minutes=7)

    def half_hour(self):
        self.clock.advance(minutes=31)
        bookings.expire_holds(at=self.now())

    def two_hours(self):
        self.clock.advance(hours=2)

    def crash(self):
        """The next time something is booked in the ledger, the process dies before it is committed."""
        self.dies = True

    def crash_after_answer(self):
        """The next time the provider has answered, the process dies before the answer is written down."""
        self.deaf = True

    def hears(self, write_down):
        """What writes an answer of the provider's down; it is not reached when the process has died."""

        def written(*args, **more):
            if self.deaf:
                self.deaf = False
                raise Crash
            return write_down(*args, **more)

        return written

    @contextmanager
    def may_die(self):
        """Wherever something is booked, and wherever an answer is written down, the process may die."""
        with ExitStack() as patched:
            for module in (paying, refunding, saga, tills, deposits, collecting, agreeing, card_plans):
                if hasattr(module, "post"):
                    patched.enter_context(mock.patch.object(module, "post", self.post))
                for name in ("take_stand", "_take_given"):
                    if hasattr(module, name):
                        patched.enter_context(mock.patch.object(module, name, self.hears(getattr(module, name))))
            patched.enter_context(mock.patch.object(following, "take_stand", self.hears(following.take_stand)))
            yield

    def post(self, *args, **more):
        wrote = ledger.post(*args, **more)
        if self.dies:
            self.dies = False
            raise Crash
        return wrote

    # -- others -------------------------------------------------------------------------------------------------------

    def other_takes_it(self):
        """Somebody else takes every court of that hour, where they are free."""
        for _ in range(6):
            held = bookings.hold(
                "squash", self.slots[0].key, for_kind="dialogue", for_id=uuid4(), by=SYSTEM, at=self.now()
            )
            bookings.confirm(held.id, by=SYSTEM, at=self.now())

    def closes(self):
        """The council closes the centre."""
        if Booking.objects.get(id=self.booking.id).state == BookingState.CONFIRMED:
            bookings.cancel(self.booking.id, reason="closed", by=SYSTEM, at=self.now())

    def withdraws(self):
        actions.void(self.intent.id, why="withdrawn", by=SYSTEM, at=self.now())

    def _gives(self, part):
        attempt = Attempt.objects.filter(intent=self.intent, state=AttemptState.TAKEN).order_by("number").last()
        if attempt is not None:
            actions.ask_refund(
                attempt.id, pence=attempt.amount_pence // part, reason="goodwill", key=uuid4().hex, by=self.priya,
                at=self.now(),
            )  # fmt: skip

    def gives_some(self):
        self._gives(8)

    def gives_all(self):
        self._gives(1)

    def agrees(self):
        for refund in Refund.objects.filter(state=RefundState.ASKED):
            with pytest.raises(Refused):
                actions.agree_refund(refund.id, by=self.priya, at=self.now())
            actions.agree_refund(refund.id, by=self.tom, at=self.now())

    def says_no(self):
        for refund in Refund.objects.filter(state=RefundState.ASKED):
            actions.refuse_refund(refund.id, why="It was played", by=self.tom, at=self.now())

    # -- the end ------------------------------------------------------------------------------------------------------

    def let_it_rest(self):
        """Everything is up again, time passes, and people do what waits for them, until nothing is left to do."""
        self.twin.down, self.twin.faults, self.dies, self.deaf = False, [], False, False
        self.twin.dawdles = self.twin.refunds_wait = False
        self.bank_says_yes()
        self.refund_goes()
        self.sends()
        for _ in range(6):
            self.clock.advance(minutes=40)
            bookings.expire_holds(at=self.now())
            self.drain()
        self.nine_days()
        self.drain()
        if self.request is not None:
            self.month()
            self.drain()
        self.agrees()
        self.drain()
        for sale in Sale.objects.filter(state="held"):
            settle_held(sale.id, how="In cash at the counter", by=self.tom, at=self.now())
        for refund in Refund.objects.filter(state=RefundState.FAILED):
            actions.settle_refund_by_hand(refund.id, how="By bank transfer", by=self.tom, at=self.now())
        self.drain()

    def check(self):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")  # each entry comes to nothing
        everything = books()
        assert sum(everything.values()) == 0
        assert everything.get("held", 0) == everything.get("owed-back", 0) == 0, "nothing hangs in the air"
        assert everything.get("deposits", 0) == 0, "no deposit is forgotten"
        theirs = sum(one["amount"] for one in self.twin.payments.values() if one["state"]["status"] == "success")
        gone = sum(
            refund["amount"]
            for one in self.twin.payments.values()
            for refund in one["refunds"]
            if refund["status"] == "success"
        )
        assert everything.get("provider:govuk_pay", 0) == theirs - gone, "our books and the provider's agree"
        kept = sum(one.in_pence - one.out_pence for one in Sale.objects.exclude(state="ended"))
        assert everything.get(f"cash:{self.machine.id}", 0) == FLOAT + kept, "what is in the machine is in the books"
        for intent in Intent.objects.all():
            self._check_one(intent)
        self._check_booking()
        self.check_request()
        for refund in Refund.objects.filter(asked_by__isnull=False, state=RefundState.DONE, amount_pence__gt=5000):
            assert refund.agreed_by not in {None, refund.asked_by}, "two people"
        self._check_told()

    def _check_told(self):
        """Whoever paid hears of every penny that went back, and of all that was set aside for nothing."""
        gone = Refund.objects.filter(state=RefundState.DONE, intent=self.intent).count()
        gone += Sale.objects.filter(state="settled", intent=self.intent).count()
        told = Message.objects.filter(values__reference=show_reference(self.intent.reference))
        assert told.filter(template="refund-sent").count() == gone
        kept = Deposit.objects.filter(kept_pence__gt=0).count()
        assert told.filter(template="deposit-kept").count() == kept

    def _check_one(self, intent):
        attempts = Attempt.objects.filter(intent=intent)
        assert not attempts.filter(state__in=("new", "started", "authorised")).exclude(method="debit").exists()
        refunds = Refund.objects.filter(intent=intent)
        assert not refunds.exclude(state__in=(RefundState.DONE, RefundState.REFUSED)).exists()
        came = {one.id: one.amount_pence for one in attempts.filter(state=AttemptState.TAKEN)}
        back = sum(one.amount_pence for one in refunds if one.state == RefundState.DONE)
        stands = books(intent.id)
        assert stands.get("held", 0) == stands.get("owed-back", 0) == 0
        assets = sum(pence for account, pence in stands.items() if account.startswith(ASSETS))
        assert assets + stands.get("disputed", 0) == sum(came.values()) - back, "every penny is somewhere"
        assert all(-pence >= 0 for account, pence in stands.items() if account.startswith("income:"))
        if intent.state == IntentState.VOID:
            assert sum(came.values()) == back, "what is not owed is not kept"

    def _check_booking(self):
        intent, booking = Intent.objects.get(id=self.intent.id), Booking.objects.get(id=self.booking.id)
        taken = Attempt.objects.filter(intent=intent, state=AttemptState.TAKEN)
        paid = sum(taken.values_list("amount_pence", flat=True))
        done = Refund.objects.filter(intent=intent, state=RefundState.DONE)
        back = sum(done.values_list("amount_pence", flat=True))
        chosen = done.filter(Q(asked_by__isnull=False) | Q(reason="deposit"))
        by_choice = sum(chosen.values_list("amount_pence", flat=True))
        kept = sum(Deposit.objects.filter(intent=intent).values_list("kept_pence", flat=True))
        assert 0 <= kept <= DEPOSIT
        assert booking.state != BookingState.HELD
        if booking.state in {BookingState.CONFIRMED, BookingState.ATTENDED}:
            assert (intent.state, paid - back) == (IntentState.DONE, PRICE - by_choice), "booked is paid"
        elif booking.state != BookingState.CANCELLED:
            assert paid == back, "not booked is not paid"
