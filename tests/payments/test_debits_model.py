"""Any order of files, reports, days, changes and cards: no part is taken unannounced, twice or for nothing."""

import hashlib
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moothall.core.actors import SYSTEM
from moothall.core.packs import current_pack
from moothall.core.zone import LONDON
from moothall.payments import actions
from moothall.payments.actions.agreeing import CannotAgree, change_day, end
from moothall.payments.actions.collecting import bring_report, make_submission, settle_collected
from moothall.payments.models import Attempt, Instalment, Intent, Mandate
from moothall.promises.pack import calendar_of
from tests.drawing import examples
from tests.payments.conftest import books, start
from tests.payments.test_debits import advice, agreed, arudd

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
STEPS = (
    "send",
    "send",
    "settle",
    "settle",
    "week",
    "month",
    "month",
    "returned",
    "late_return",
    "ended",
    "asked",
    "day",
    "card",
)


class World:
    """Mrs Jones and her four parts."""

    def __init__(self, clock: Any, twin: Any) -> None:
        self.clock, self.twin = clock, twin
        clock.set("2026-03-02T09:00")
        self.mandate = agreed(clock)
        self.collected: dict[int, Any] = {}

    def send(self) -> None:
        made = make_submission(by=SYSTEM, at=self.clock.now())
        for one in Instalment.objects.filter(file=made) if made else ():
            assert one.number not in self.collected, "no part is sent twice"
            self.collected[one.number] = made.processing_on

    def settle(self) -> None:
        settle_collected(at=self.clock.now())

    def week(self) -> None:
        self.clock.advance(days=7)

    def month(self) -> None:
        self.clock.advance(days=29)

    def returned(self) -> None:
        self._return("sent")

    def late_return(self) -> None:
        self._return("taken")

    def _return(self, state: str) -> None:
        one = Instalment.objects.filter(state=state).select_related("file").first()
        if one is not None and one.file is not None:
            raw = arudd(self.mandate, one.file.processing_on, one.pence)
            for _ in range(2):
                bring_report(raw, name="r.xml", by=SYSTEM, at=self.clock.now())

    def ended(self) -> None:
        raw = (
            advice(self.mandate.reference, "1")
            + b"<!-- "
            + hashlib.sha256(str(self.clock.now()).encode()).digest().hex().encode()
        )
        bring_report(raw + b" -->", name="a.xml", by=SYSTEM, at=self.clock.now())

    def asked(self) -> None:
        end(self.mandate.id, who="payer", why="asked", by=SYSTEM, at=self.clock.now())

    def day(self) -> None:
        day = 22 if Mandate.objects.get().day == 15 else 15
        try:
            change_day(self.mandate.id, day=day, by=SYSTEM, at=self.clock.now())
        except CannotAgree:
            pass

    def card(self) -> None:
        bill = Intent.objects.filter(state="owed").first()
        try:
            if bill is not None:
                self.twin.play(start(bill, self.clock), "pay")
                actions.look_at_intent(bill.id, by=SYSTEM, at=self.clock.now())
        except actions.CannotPay:
            pass  # its bank has been asked for it

    def check(self) -> None:
        calendar = calendar_of(current_pack(), "office")
        parts = list(Instalment.objects.order_by("number"))
        for one in parts:
            told = one.noticed_at.astimezone(LONDON).date()
            assert calendar.working_days_between(told, self.collected.get(one.number, one.due_on)) >= 10, "in good time"
        bills = Intent.objects.exclude(why_void="instalments")
        stopped = sum(one.pence for one in parts if one.state == "stopped")
        planned = sum(one.pence for one in parts if one.state == "planned")
        assert sum(bills.values_list("amount_pence", flat=True)) + planned == 9800
        assert sum(bills.filter(how="link").values_list("amount_pence", flat=True)) == stopped
        paid = sum(Attempt.objects.filter(state="taken").values_list("amount_pence", flat=True))
        stands = books()
        assert sum(stands.values()) == 0
        assert stands.get("income:waste-collections", 0) == -paid
        assert paid <= 9800
        assert stands.get("held", 0) == stands.get("owed-back", 0) == 0


@pytest.mark.long
@settings(max_examples=examples(40), deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(st.sampled_from(STEPS), min_size=4, max_size=25))
def test_any_order_takes_every_part_at_most_once_and_never_unannounced(clock, pay, steps):
    pay.payments.clear()
    marker = transaction.savepoint()
    try:
        world = World(clock, pay)
        for step in steps:
            getattr(world, step)()
            world.check()
    finally:
        transaction.savepoint_rollback(marker)
