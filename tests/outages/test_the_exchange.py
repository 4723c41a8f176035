"""What the telephone exchange tells of calls, lost, late, twice and in every order: one contact a call, answered where
somebody answered, and nobody left waiting who has gone."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from moothall.contacts.models import Contact, Matter, Outcome
from moothall.contacts.queries import waiting_calls
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.staff import actor_of_staff, create_staff
from moothall.intake.actions.talking.events import call_told
from moothall.intake.desk_actions import begin_contact
from moothall.intake.talking.told import CallEvent
from moothall.promises.models import Promise
from tests.conftest import MovableClock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council"), pytest.mark.long]
BEGAN = datetime.fromisoformat("2026-11-23T10:00:00+00:00")
SECONDS = {"offered": 0, "answered": 9, "abandoned": 40, "ended": 300}
HERS = "+447700900123"
ANSWERED, GIVEN_UP = ("offered", "answered", "ended"), ("offered", "abandoned", "ended")


@pytest.fixture(autouse=True)
def later(clock: MovableClock) -> None:
    """All of it is told an hour after it happened."""
    clock.set((BEGAN + timedelta(hours=1)).isoformat())


def told(call: str, event: str, clock: Any, *, known: bool = True, twice: bool = False) -> None:
    """The exchange tells of one event; ``known``: it says with each when the caller began to wait."""
    at = BEGAN + timedelta(seconds=SECONDS[event])
    for _ in range(2 if twice else 1):
        one = CallEvent(f"{call}:{event}", call, event, at, HERS, BEGAN if known else None)
        call_told(one, at=clock.now())


def settled(clock: MovableClock) -> None:
    """A while later, with what a worker had to do."""
    clock.advance(minutes=2)
    while jobs.run_one(("default",), "worker/0"):
        pass


@pytest.mark.parametrize("twice", [False, True])
@pytest.mark.parametrize("events", [ANSWERED, GIVEN_UP])
def test_every_order_ends_the_same(clock: MovableClock, events: tuple[str, ...], twice: bool) -> None:
    calls = {f"{twice}-{n}": order for n, order in enumerate(permutations(events))}
    for call, order in calls.items():
        for event in order:
            told(call, event, clock, twice=twice)
    settled(clock)
    for call, order in calls.items():
        contact = Contact.objects.get(external_id=call)
        assert contact.received_at == BEGAN, order
        waited = contact.answered_at - contact.received_at if contact.answered_at else None
        if events is ANSWERED:
            assert waited == timedelta(seconds=9), order
            assert not Matter.objects.filter(contact=contact).exists(), order
        else:
            assert (waited, contact.state) == (None, "closed"), order
            assert [one.outcome for one in contact.matters.all()] == [Outcome.ABANDONED], order
        assert Promise.objects.filter(subject_id=contact.id, kind="call_answered").count() <= 1, order
    assert waiting_calls(since=BEGAN - timedelta(hours=4)) == 0, "nobody stands in the queue who has gone"


@pytest.mark.parametrize("events", [ANSWERED, GIVEN_UP])
def test_what_is_lost_leaves_nobody_in_the_queue_whose_end_is_known(
    clock: MovableClock, events: tuple[str, ...]
) -> None:
    """Any one of three may be lost, whatever order the others come in."""
    for n, kept in enumerate(permutations(events, 2)):
        for event in kept:
            told(f"lost-{n}", event, clock, known=False)
    settled(clock)
    for n, kept in enumerate(permutations(events, 2)):
        found = Contact.objects.filter(external_id=f"lost-{n}")
        assert len(found) == 1, kept
        assert (found[0].answered_at is not None) == ("answered" in kept), kept
        if "ended" in kept and "answered" not in kept:
            assert found[0].state == "closed", kept
    alone = Contact.objects.filter(answered_at=None, state="open").values_list("external_id", flat=True)
    assert list(alone) == [], "of each, an answer or an end is known"


def test_an_end_that_overtook_its_call_leaves_no_caller_in_the_queue(clock: MovableClock) -> None:
    """She hung up before the exchange got round to saying that she had rung: the next caller is not told she is second."""
    told("overtaken", "ended", clock)
    told("overtaken", "offered", clock)
    settled(clock)
    assert waiting_calls(since=BEGAN - timedelta(hours=4)) == 0
    contact = Contact.objects.get()
    assert (contact.state, contact.answered_at) == ("closed", None)
    assert Matter.objects.get().outcome == Outcome.ABANDONED


def test_one_an_adviser_holds_is_hers_whatever_comes_late(clock: MovableClock, council: Any) -> None:
    staff = create_staff(
        username="ravi", name="Ravi Patel", roles=["adviser"], teams=["customer-services"], pack=council, by=SYSTEM,
        at=clock.now(),
    )  # fmt: skip
    told("hers", "ended", clock)
    begun = begin_contact(
        channel="phone", caller=HERS, external_id="hers", by=actor_of_staff(staff, council), at=clock.now()
    )
    for event in ("offered", "answered", "ended"):
        told("hers", event, clock)
    settled(clock)
    contact = Contact.objects.get()
    assert (contact.id, contact.state, contact.staff_id) == (begun.id, "open", staff.id)


def test_a_day_of_silence_is_told_afterwards_and_counts_as_it_was(clock: MovableClock) -> None:
    """The line between the exchange and us was away: what it kept comes a day late, all at once, the newest first."""
    clock.set((BEGAN + timedelta(days=1)).isoformat())
    for n, event in reversed(list(enumerate(ANSWERED * 3))):
        told(f"day-{n // 3}", event, clock, twice=True)
    settled(clock)
    rows = Contact.objects.filter(external_id__startswith="day-")
    assert len(rows) == 3
    assert {row.answered_at - row.received_at for row in rows if row.answered_at} == {timedelta(seconds=9)}
