"""What the model of money plays besides: a weekly series with a deposit, and Mrs Jones's bill in parts by card."""

from datetime import timedelta
from uuid import uuid4

from moothall.bookings import actions as bookings
from moothall.bookings.models import Booking, BookingState
from moothall.bookings.queries import booking as one_booking
from moothall.bookings.queries import series_of
from moothall.bookings.rules import read_key
from moothall.cases.models import Case
from moothall.core import jobs
from moothall.core.actors import SYSTEM, customer_actor
from moothall.core.zone import LONDON
from moothall.payments import actions
from moothall.payments.actions.agreeing import end
from moothall.payments.actions.card_plans import begin, tell_and_take
from moothall.payments.models import Attempt, AttemptState, Deposit, Instalment, Intent, Mandate, Refund, RefundState
from tests.payments.conftest import BACK
from tests.payments.money_world import CUSTOMER, DEPOSIT, DEPOSITS, OTHERS, PRICE, PROVIDER, TIME, World
from tests.payments.test_telephone import asked_for

WEEKS = 3
EACH = (PRICE - DEPOSIT) // WEEKS
WHOLE = 9800
NOTICE = 5
SERIES = ("cancels_second", "cancels_rest", "closes_third", "moves_second", "other_takes_third")
PARTS = (
    "part_begins", "part_begins", "part_pays", "part_pays", "part_short", "part_leaves", "in_one", "herself", "fails",
    "fails_for_good", "stops", "month", "month", "month",
)  # fmt: skip
STEPS = (*CUSTOMER, *PROVIDER, *TIME, *TIME, *OTHERS, *DEPOSITS, *SERIES, *SERIES, *PARTS, *PARTS)
LIVE = (BookingState.CONFIRMED, BookingState.ATTENDED)


class PartsWorld(World):
    """Miss Lee has the court every week for three weeks, paid as one with a deposit; Mrs Jones pays in parts by card."""

    each = EACH
    garden = None

    def keeps(self):
        first = read_key(self.slots[0].key).starts_at.astimezone(LONDON).date()
        made = bookings.hold_weekly(
            "squash", self.slots[0].key, until=first + timedelta(weeks=WEEKS - 1), for_kind="dialogue", for_id=uuid4(),
            by=SYSTEM, at=self.clock.now(),
        )  # fmt: skip
        assert len(made.held) == WEEKS
        return made.held[0]

    def hers(self):
        mine = self.twin.payments.items()
        return [one for one, payment in mine if payment["reference"].startswith(self.intent.reference)]

    def drain(self):
        """What payments do by the clock, and all that follows from it: the other rooms' schedules have no part in this."""
        actions.sweep(at=self.now())
        queues = [name for name in jobs.queues() if name != jobs.EVENTS]
        for _ in range(2000):
            if not jobs.run_handlers(strict=False) + jobs.run_one(queues, "model/0", strict=False):
                return
        raise AssertionError("something queues itself for ever")

    # -- the series ---------------------------------------------------------------------------------------------------

    def series(self):
        return series_of(one_booking(self.booking.id))

    def _cancels(self, number, **how):
        if self.series()[number].state == BookingState.CONFIRMED:
            bookings.cancel(self.series()[number].id, at=self.now(), **how)

    def cancels_second(self):
        self._cancels(1, reason="asked", by=customer_actor(None))

    def closes_third(self):
        self._cancels(2, reason="closed", by=SYSTEM)

    def cancels_rest(self):
        if self.series()[1].state == BookingState.CONFIRMED:
            bookings.cancel_following(self.series()[1].id, by=customer_actor(None), at=self.now())

    def moves_second(self):
        bookings.move(self.series()[1].id, self.slots[-1].key, by=customer_actor(None), at=self.now())

    def other_takes_third(self):
        """Somebody else takes every court of the third week's hour, where they are free."""
        third = self.series()[2]
        key = read_key(self.slots[0].key)._replace(starts_at=third.starts_at.astimezone(LONDON)).key
        for _ in range(6):
            held = bookings.hold(
                "squash", key, for_kind="staff", for_id=uuid4(), any_time=True, by=SYSTEM, at=self.now()
            )
            bookings.confirm(held.id, by=SYSTEM, at=self.now())

    # -- in parts by card ---------------------------------------------------------------------------------------------

    def part_begins(self):
        if self.garden is None:
            asked_for(self.clock)
            self.garden = Intent.objects.get(service="garden-waste")
        begin(
            self.garden.id, plan="four-by-card", come_back=lambda _: BACK, channel="web", by=SYSTEM, at=self.now()
        )  # fmt: skip

    def bills(self):
        """Everything that was ever owed for the garden: the whole, its parts, what is left."""
        return Intent.objects.filter(case_id=self.garden.case_id) if self.garden is not None else Intent.objects.none()

    def _part(self, outcome, more=0):
        """She is on the provider's page for a part, or for the whole."""
        tries = Attempt.objects.filter(intent__in=self.bills(), state__in=("new", "started")).exclude(provider_id="")
        one = tries.select_related("intent").order_by("created_at").last()
        if one is None or (more and one.intent.expires_at is None):
            return
        payment = self.twin.payments[one.provider_id]
        if payment["state"]["status"] in {"created", "started"}:
            payment["amount"] += more
        self.twin.play(one.provider_id, outcome)
        actions.look_at_intent(one.intent_id, by=SYSTEM, at=self.now())

    def part_pays(self):
        self._part("pay")

    def part_leaves(self):
        self._part("cancel")

    def part_short(self):
        """Less comes than a bill is for that stops by itself one day."""
        self._part("pay", -700)

    def in_one(self):
        """She pays all of it in one after all."""
        if self.garden is not None:
            actions.start_payment(self.garden.id, come_back=BACK, by=SYSTEM, at=self.now())
            self._part("pay")

    def herself(self):
        """She pays a part, or what is left, by its own link."""
        bill = self.bills().filter(state="owed").order_by("-created_at").first()
        if bill is not None:
            actions.start_payment(bill.id, come_back=BACK, by=SYSTEM, at=self.now())
            self._part("pay")

    def fails(self):
        """The next payment by the agreement fails, and may be tried again."""
        self.twin.declines.append(True)

    def fails_for_good(self):
        self.twin.declines.append(False)

    def stops(self):
        for mandate in Mandate.objects.filter(scheme="card", state__in=("pending", "active")):
            end(mandate.id, who="payer", why="asked", by=SYSTEM, at=self.now())

    def month(self):
        for days in (24, 5):
            self.clock.advance(days=days)
            bookings.expire_holds(at=self.now())
            tell_and_take(at=self.now())

    # -- the end ------------------------------------------------------------------------------------------------------

    def let_it_rest(self):
        self.twin.down, self.twin.faults, self.twin.declines, self.dies, self.deaf = False, [], [], False, False
        for _ in range(6 if self.garden is not None else 1):
            self.drain()
            self.month()
        super().let_it_rest()

    def check(self):
        super().check()
        if self.garden is not None:
            self._check_parts()

    def _net(self, intent):
        came = sum(one.amount_pence for one in Attempt.objects.filter(intent=intent, state=AttemptState.TAKEN))
        return came - sum(one.amount_pence for one in Refund.objects.filter(intent=intent, state=RefundState.DONE))

    def _check_parts(self):
        whole = Intent.objects.get(id=self.garden.id)
        parts = [one for one in self.bills() if one.id != whole.id]
        assert sum(self._net(one) for one in (whole, *parts)) <= WHOLE, "never more than it costs"
        for one in (whole, *parts):
            assert self._net(one) == (one.amount_pence if self._stands(one) else 0), "paid once, or all of it went back"
        assert not Mandate.objects.filter(scheme="card", state__in=("pending", "active")).exists()
        assert {one["status"] for one in self.twin.agreements.values()} <= {"created", "cancelled"}, "none can be used"
        if whole.state == "done":
            assert not any(self._net(one) for one in parts), "not in one and in parts"
        elif whole.why_void == "instalments":
            due = [one.amount_pence for one in parts if one.state == "owed" or self._stands(one)]
            assert sum(due) == WHOLE, "its parts are all of it"
        else:
            assert not any(self._net(one) for one in parts), "nothing is kept for what was stopped"
        if whole.state == "done" or whole.why_void == "instalments":
            assert Case.objects.get(id=whole.case_id).state == "open", "paid for, it goes on"
        for attempt in Attempt.objects.filter(method="agreement").select_related("intent"):
            told = Instalment.objects.get(bill=attempt.intent).told_at.astimezone(LONDON).date()
            assert (attempt.created_at.astimezone(LONDON).date() - told).days >= NOTICE, "never unannounced"

    def _stands(self, bill):
        """Whether a bill is paid and stays so: not a first part by which nothing was agreed after all."""
        part = Instalment.objects.filter(bill=bill).select_related("mandate").first()
        return bill.state == "done" and (part is None or part.mandate.lodged_at is not None)

    def _check_booking(self):
        rows = list(Booking.objects.filter(id__in=[one.id for one in self.series()]))
        intent = Intent.objects.get(id=self.intent.id)
        stands = [one for one in rows if one.state != BookingState.CANCELLED]
        booked = [one for one in stands if one.state in LIVE]
        assert len(rows) == WEEKS
        assert len(booked) in {0, len(stands)}, "all that is not cancelled, or none"
        if booked or len(stands) < WEEKS:
            assert intent.state == "done", "booked is paid"
        net = self._net(intent)
        kept = sum(Deposit.objects.filter(intent=intent).values_list("kept_pence", flat=True))
        if Refund.objects.filter(intent=intent, asked_by__isnull=False, state=RefundState.DONE).exists():
            assert kept <= net + PRICE
            assert 0 <= net <= EACH * len(booked) + kept
        else:
            assert net == EACH * len(booked) + kept, "each week is paid for once, or has gone back"
