"""Queueing, sending, dying, sweeping and receipts in any order: never twice without a doubt on record, none lost."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moothall.core import clock as machine
from moothall.core.models import Job
from moothall.notifications import queries, senders
from moothall.notifications.actions import deliver, queue_message, resolve_lost, take_receipt
from moothall.notifications.actions.receipts import UnknownMessage
from moothall.notifications.models import Message, MessageState, Receipt
from moothall.notifications.protocols import Accepted, Envelope, NotNow, Unclear
from moothall.notifications.recipients import Recipient
from moothall.notifications.rules import Address
from tests.drawing import examples
from tests.notifications.test_telling import OFFICER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
DONE = {MessageState.SENT, MessageState.DELIVERED, MessageState.DOUBT}


class Killed(BaseException):
    """kill -9 at this line."""


class _DiesWhenLookedAt:
    """The provider's answer in a worker that dies before it can write it down."""

    @property
    def provider_id(self) -> str:
        raise Killed


class Provider:
    """A provider that takes messages and fails as it is told: before, in, or after taking one."""

    name = "model"

    def __init__(self, can_ask: bool) -> None:
        self.can_ask = can_ask
        self.fault = "ok"
        self.taken: Counter[str] = Counter()
        self.by_reference: set[str] = set()

    def send(self, envelope: Envelope) -> Accepted:
        fault, self.fault = self.fault, "ok"
        if fault == "killed_before":
            raise Killed
        if fault == "not_now":
            raise NotNow("Later.", unreachable=True)
        self.taken[str(envelope.message_id)] += 1
        self.by_reference.add(envelope.reference)
        if fault == "killed_in":
            raise Killed
        if fault == "line_dead":
            raise Unclear("The line went dead.")
        if fault == "killed_after":
            return _DiesWhenLookedAt()  # type: ignore[return-value]
        return Accepted(provider_id=f"p:{envelope.reference}")

    def find(self, reference: str) -> Accepted | None:
        if self.fault == "not_now":
            self.fault = "ok"
            raise NotNow("Not now.")
        return Accepted(f"p:{reference}") if reference in self.by_reference else None


FAULTS = ["ok", "not_now", "killed_before", "killed_in", "killed_after", "line_dead"]
STEPS = st.one_of(
    st.tuples(st.just("queue"), st.integers(0, 2)),
    st.tuples(st.just("deliver"), st.integers(0, 2), st.sampled_from(FAULTS)),
    st.tuples(st.just("crash"), st.integers(0, 1), st.sampled_from(["killed_in", "killed_after", "line_dead"])),
    st.tuples(st.just("sweep"), st.sampled_from(["ok", "not_now"])),
    st.tuples(st.just("advance"), st.integers(1, 120)),
    st.tuples(st.just("receipt"), st.integers(0, 2), st.sampled_from(["sending", "delivered"])),
)


class World:
    """One run: three messages that may be queued, one provider, one clock."""

    def __init__(self, clock: Any, can_ask: bool) -> None:
        self.clock, self.provider, self.kills, self.asked = clock, Provider(can_ask), 0, set[int]()
        Receipt.objects.all().delete()
        Message.objects.all().delete()
        Job.objects.all().delete()
        senders.use("email", self.provider)

    def row(self, n: int) -> Message | None:
        return Message.objects.filter(key=f"event:{n}:purpose").first()

    def queue(self, n: int) -> None:
        self.asked.add(n)
        queue_message(
            key=f"event:{n}:purpose", template="team-at-risk", at=self.clock.now(),
            to=Recipient(addresses=(Address("email", f"p{n}@example.org"),)),
            values={"reference": "4HTK-7W2C", "service": "Missed bin", "due": "today"},
        )  # fmt: skip

    def deliver(self, n: int, fault: str) -> None:
        row = self.row(n)
        if row is None:
            return
        self.provider.fault = fault
        try:
            deliver(row.id, worker=f"worker{self.kills}/send-0")
        except Killed:
            self.kills += 1
        self.provider.fault = "ok"

    def sweep(self, fault: str) -> None:
        self.provider.fault = fault
        Message.objects.filter(state=MessageState.SENDING).update(sending_at=machine.machine_now() - timedelta(hours=1))
        resolve_lost()
        self.provider.fault = "ok"

    def crash(self, n: int, fault: str) -> None:
        """Die in the middle of sending, and be found out."""
        self.queue(n)
        self.deliver(n, fault)
        self.sweep("ok")

    def advance(self, minutes: int) -> None:
        self.clock.advance(minutes=minutes)

    def receipt(self, n: int, status: str) -> None:
        row = self.row(n)
        if row is None or not self.provider.can_ask or f"{row.id}.{row.attempts}" not in self.provider.by_reference:
            return
        take_receipt(
            provider="model", provider_id="", reference=f"{row.id}.{row.attempts}", status=status, at=self.clock.now()
        )  # fmt: skip

    def check(self) -> None:
        shown = {line.id for line in queries.troubled_messages(visible_to=OFFICER, size=50).rows}
        for row in Message.objects.all():
            times = self.provider.taken[str(row.id)]
            assert times <= (1 if self.provider.can_ask else 2)
            if times > 1:
                assert row.doubt_at is not None
            if row.doubt_at is not None:
                assert row.id in shown
            if row.state in DONE:
                assert times >= 1 or row.state == MessageState.DOUBT
        assert Message.objects.count() == len(self.asked)

    def settle(self) -> None:
        """Let everything work again, and time pass."""
        for _ in range(4):
            self.sweep("ok")
            self.clock.advance(hours=2)
            for n in range(3):
                self.deliver(n, "ok")
        for row in Message.objects.all():
            assert row.state in DONE
            assert self.provider.taken[str(row.id)] >= 1 or row.doubt_at is not None
            if self.provider.can_ask:
                assert row.doubt_at is None
                assert self.provider.taken[str(row.id)] == 1


@pytest.mark.long
@pytest.mark.parametrize("can_ask", [True, False], ids=["a provider that can be asked", "mail"])
@given(steps=st.lists(STEPS, max_size=14))
@settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whatever_happens_in_whatever_order(clock, can_ask: bool, steps: list[tuple[Any, ...]]):
    clock.set("2026-03-02T09:00")
    world = World(clock, can_ask)
    for name, *arguments in steps:
        getattr(world, name)(*arguments)
        world.check()
    world.settle()
    world.check()


def test_a_receipt_for_a_message_that_never_was_is_an_error(clock):
    with pytest.raises(UnknownMessage):
        take_receipt(provider="model", provider_id="x", reference="y", status="delivered", at=clock.now())
