"""Whatever is done to a promise, in any order and at any time: columns say what facts say; breaks are owned up to."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from moothall.core.actors import SYSTEM
from moothall.promises import actions
from moothall.promises.actions import NewPromise
from moothall.promises.actions.facts import STATES, state_of
from moothall.promises.models import ClockFact, Promise
from moothall.promises.rules import NotAllowed, Standard, Starts, Unit
from moothall.promises.sweep import sweep

pytestmark = [pytest.mark.long, pytest.mark.django_db]

PAUSES = ("blocked_access", "severe_weather")
STANDARDS = (
    Standard("bin.complete", 2, Unit.WORKING_DAYS, "refuse", pauses=PAUSES, extension_max=3),
    Standard("bin.urgent", 1, Unit.WORKING_DAYS, "refuse", pauses=PAUSES, extension_max=3),
    Standard("road.minutes", 240, Unit.WORKING_MINUTES, "highways", pauses=PAUSES, restarts=("clarification",)),
    Standard("sar.complete", 1, Unit.CALENDAR_MONTHS, "always", statutory=True, roll_to_working_day=True),
)
REPLY = Standard("c.reply", 3, Unit.WORKING_DAYS, "office", pauses=PAUSES, chained_to="c.ack", starts=Starts.MET_OR_DUE)


class AnyOrder(RuleBasedStateMachine):
    """One subject with two promises, the second chained to the first; time only goes forward."""

    def __init__(self, clock):
        super().__init__()
        self.clock, self.subject = clock, uuid4()
        self.clock.set("2026-03-02T09:00")
        self.point = transaction.atomic()
        self.point.__enter__()

    def teardown(self):
        transaction.set_rollback(True)
        self.point.__exit__(None, None, None)

    @property
    def now(self):
        return self.clock.now()

    @initialize(first=st.sampled_from(STANDARDS), late=st.integers(0, 96))
    def make(self, first, late):
        common = {"subject_kind": "case", "subject_id": self.subject, "received_at": self.now - timedelta(hours=late)}
        new = [NewPromise("complete", first, **common), NewPromise("reply", REPLY, after="complete", **common)]
        actions.make_promises(new, by=SYSTEM, at=self.now)

    @rule(hours=st.sampled_from([0.01, 1, 7, 20, 50, 300]))
    def time_passes(self, hours):
        self.clock.advance(hours=hours)

    @rule(reason=st.sampled_from([*PAUSES, "clarification"]))
    def pause(self, reason):
        try:
            actions.pause_promises(self.subject, reason=reason, by=SYSTEM, at=self.now)
        except NotAllowed:
            pass

    @rule(reason=st.sampled_from(["", *PAUSES, "clarification"]))
    def resume(self, reason):
        actions.resume_promises(self.subject, reason=reason, by=SYSTEM, at=self.now)

    @rule(kind=st.sampled_from(["complete", "reply"]), by=st.integers(1, 3))
    def extend(self, kind, by):
        try:
            actions.extend_promise(self.one(kind).id, amount=by, reason="complexity_agreed", by=SYSTEM, at=self.now)
        except ValueError:
            pass

    @rule(standard=st.sampled_from(STANDARDS))
    def change(self, standard):
        actions.change_standard(self.one("complete").id, standard=standard, by=SYSTEM, at=self.now)

    @rule(kinds=st.sampled_from([None, ("complete",), ("reply",)]))
    def meet(self, kinds):
        actions.meet_promises(self.subject, kinds=kinds, by=SYSTEM, at=self.now)

    @rule()
    def withdraw(self):
        actions.withdraw_promises(self.subject, reason="withdrawn_by_customer", by=SYSTEM, at=self.now)

    @rule(kinds=st.sampled_from([("complete",), ("complete", "reply")]))
    def reopen(self, kinds):
        actions.reopen_promises(self.subject, kinds=kinds, by=SYSTEM, at=self.now)

    @rule(kind=st.sampled_from(["complete", "reply"]), hours=st.integers(-1, 100))
    def explain(self, kind, hours):
        new_date = self.now + timedelta(hours=hours)
        try:
            actions.explain_promise(
                self.one(kind).id, new_date=new_date, reason="vehicle_breakdown", by=SYSTEM, at=self.now
            )
        except ValueError:
            pass

    @rule()
    def sweep(self):
        sweep(self.now)
        for promise, _, state in self.all():
            assert (promise.broken_at is not None) == state.broken

    @invariant()
    def columns_are_what_the_facts_say(self):
        for promise, facts, state in self.all():
            judged = state_of(promise, facts, facts[-1].at) if facts else state
            assert promise.state == STATES[judged.state], (promise.state, judged)
            assert promise.standard == state.standard.code
            assert promise.ended_at == state.closed_at
            if promise.broken_at is not None:
                assert promise.broken_at == state.due_at == promise.due_at
            elif promise.ended_at is not None:
                assert not state.broken  # nothing that is over was broken without a word
            elif state.due_at is not None and promise.state == "running":
                assert promise.due_at == state.due_at

    @invariant()
    def every_break_is_said_once_and_explained(self):
        for promise, facts, _ in self.all():
            kinds = [fact.kind for fact in facts]
            broken = said("promise.broken", promise.id)
            assert kinds.count("broken") == broken == (promise.broken_at is not None)
            if broken:
                assert promise.promised_again_at is not None
                assert said("promise.explained", promise.id) >= 1

    def one(self, kind):
        return Promise.objects.get(subject_id=self.subject, kind=kind)

    def all(self):
        rows = Promise.objects.filter(subject_id=self.subject).order_by("id")
        for promise in rows:
            facts = list(ClockFact.objects.filter(promise=promise).order_by("sequence"))
            yield promise, facts, state_of(promise, facts, self.now)


def said(name, promise_id):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM core_event WHERE name = %s AND subject_id = %s", [name, promise_id])
        return cursor.fetchone()[0]


def test_any_order_of_anything_keeps_the_columns_true_and_the_breaks_owned_up_to(council, clock):
    run_state_machine_as_test(
        lambda: AnyOrder(clock),
        settings=settings(
            max_examples=25, stateful_step_count=20, deadline=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck), database=None, print_blob=False,
        ),
    )  # fmt: skip
