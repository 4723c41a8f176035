"""A call that was offered and of which the exchange tells nothing more: ended after the pack's time, not known how, and
counted neither way; news of it, however late, counts as of its own time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from moothall.contacts.models import Contact, Matter, Outcome
from moothall.contacts.queries import calls_not_known, waiting_calls
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.packs import Pack
from moothall.core.staff import actor_of_staff, create_staff
from moothall.insight.models import MonthlyFigure, PromiseFact
from moothall.insight.projection import catch_up, start_again
from moothall.intake.actions.talking.events import call_told, end_hanging
from moothall.intake.desk_actions import begin_contact
from moothall.intake.talking.told import CallEvent
from moothall.promises.models import Promise
from moothall.promises.sweep import sweep
from tests.conftest import MovableClock

pytestmark = pytest.mark.django_db
HERS = "+447700900123"
AFTER = timedelta(minutes=241)


@pytest.fixture(autouse=True)
def ten(clock: MovableClock, council: Pack) -> None:
    clock.set("2026-11-23T10:00:00+00:00")


def told(clock: MovableClock, event: str, *, call: str = "c-1", ago: timedelta = timedelta(0)) -> None:
    call_told(CallEvent(f"{call}:{event}:{ago}", call, event, clock.now() - ago, HERS), at=clock.now())


def hangs(clock: MovableClock, call: str = "c-1") -> Contact:
    """Offered, and then silence: our own sweep takes it for a broken promise meanwhile."""
    told(clock, "offered", call=call)
    clock.advance(seconds=30)
    sweep(clock.now())
    clock.advance(minutes=AFTER.total_seconds() / 60)
    assert end_hanging(at=clock.now()) >= 1
    return Contact.objects.get(external_id=call)


def counted() -> list[tuple[int, int]]:
    """How the promise to answer stands in the figures: kept, of so many."""
    catch_up()
    rows = MonthlyFigure.objects.filter(measure="promise", key="call_answered", service="*", channel="*", area="*")
    return list(rows.values_list("count", "of"))


def stands() -> tuple[str, bool]:
    """How the promise to answer stands in its row: its state, and whether it was broken."""
    promise = Promise.objects.get(kind="call_answered")
    return promise.state, promise.broken_at is not None


def work_on(clock: MovableClock) -> None:
    """Two minutes on, with what is due done."""
    clock.advance(minutes=2)
    while jobs.run_one(("default",), "worker/0"):
        pass


def ended_unanswered(clock: MovableClock) -> None:
    """A call that was told as ended after five minutes, and nothing of an answer."""
    told(clock, "offered")
    clock.advance(seconds=300)
    told(clock, "ended")
    work_on(clock)


def test_it_ends_after_the_packs_time_and_not_before(clock: MovableClock) -> None:
    told(clock, "offered")
    clock.advance(minutes=239)
    assert end_hanging(at=clock.now()) == 0
    assert waiting_calls(since=clock.now() - timedelta(hours=4)) == 1
    clock.advance(minutes=2)
    for expected in (1, 0):
        assert end_hanging(at=clock.now()) == expected
    contact = Contact.objects.get()
    assert (contact.state, contact.answered_at) == ("closed", None)
    assert [one.outcome for one in Matter.objects.all()] == [Outcome.UNKNOWN]
    assert calls_not_known(since=clock.now() - timedelta(days=1)) == 1
    assert waiting_calls(since=clock.now() - timedelta(hours=24)) == 0


@pytest.mark.django_db(transaction=True)
def test_the_figures_count_it_neither_way_until_news_comes_and_then_as_it_was(clock: MovableClock) -> None:
    """Also where our own sweep had taken the silence for a broken promise, and the figures said so already."""
    began = clock.now()
    for call in ("answered", "late", "given-up", "never"):
        told(clock, "offered", call=call)
    clock.advance(seconds=30)
    sweep(clock.now())
    assert counted() == [(0, 4)], "silence is taken for a break"
    clock.advance(minutes=241)
    assert end_hanging(at=clock.now()) == 4
    assert counted() == []
    assert set(PromiseFact.objects.values_list("state", flat=True)) == {"left_out"}
    clock.advance(days=1)
    for call, event, seconds in (("answered", "answered", 9), ("late", "answered", 40), ("given-up", "abandoned", 40)):
        told(clock, event, call=call, ago=clock.now() - began - timedelta(seconds=seconds))
    assert counted() == [(1, 3)]
    start_again()
    assert counted() == [(1, 3)], "the same from the events alone, all at once"


def test_the_job_does_it_by_itself(clock: MovableClock) -> None:
    told(clock, "offered")
    clock.advance(minutes=245)
    jobs.drain()
    assert Contact.objects.get().state == "closed"


@pytest.mark.parametrize(("seconds", "stand"), [(9, ("met", False)), (40, ("late", True))])
def test_told_a_day_late_that_somebody_answered_it_counts_as_it_was(
    clock: MovableClock, seconds: int, stand: tuple[str, bool]
) -> None:
    contact = hangs(clock)
    assert stands() == ("withdrawn", False)
    clock.advance(days=1)
    began = contact.received_at
    told(clock, "answered", ago=clock.now() - began - timedelta(seconds=seconds))
    contact.refresh_from_db()
    assert contact.answered_at == began + timedelta(seconds=seconds)
    assert not Matter.objects.filter(outcome=Outcome.UNKNOWN).exists()
    assert stands() == stand


@pytest.mark.parametrize("event", ["abandoned", "ended"])
def test_told_late_that_she_gave_up_it_counts_as_given_up(clock: MovableClock, event: str) -> None:
    contact = hangs(clock)
    clock.advance(hours=2)
    told(clock, event, ago=clock.now() - contact.received_at - timedelta(seconds=40))
    work_on(clock)
    contact.refresh_from_db()
    assert contact.state == "closed"
    assert [one.outcome for one in Matter.objects.all()] == [Outcome.ABANDONED]
    assert stands() == ("withdrawn", True)


@pytest.mark.parametrize(("seconds", "stand"), [(9, ("met", False)), (40, ("late", True))])
def test_an_answer_told_long_after_the_end_is_an_answer(
    clock: MovableClock, seconds: int, stand: tuple[str, bool]
) -> None:
    """The exchange tells at once that the call ended, and of its answer an hour later: it was not missed."""
    began = clock.now()
    ended_unanswered(clock)
    assert [one.outcome for one in Matter.objects.all()] == [Outcome.ABANDONED]
    clock.advance(hours=1)
    for again in (0, 1):
        told(clock, "answered", ago=clock.now() - began - timedelta(seconds=seconds, microseconds=again))
    contact = Contact.objects.get()
    assert contact.answered_at == began + timedelta(seconds=seconds)
    assert not Matter.objects.exists()
    assert stands() == stand
    told(clock, "ended", ago=timedelta(seconds=1))
    clock.advance(minutes=241)
    assert end_hanging(at=clock.now()) == 1
    assert stands() == stand


@pytest.mark.django_db(transaction=True)
def test_the_figures_count_a_late_told_answer_as_answered(clock: MovableClock) -> None:
    began = clock.now()
    ended_unanswered(clock)
    assert counted() == [(0, 1)]
    told(clock, "answered", ago=clock.now() - began - timedelta(seconds=9))
    assert counted() == [(1, 1)]
    start_again()
    assert counted() == [(1, 1)], "the same from the events alone"


def test_its_beginning_told_again_changes_nothing(clock: MovableClock) -> None:
    contact = hangs(clock)
    told(clock, "offered", ago=timedelta(hours=4))
    contact.refresh_from_db()
    assert contact.state == "closed"
    assert stands() == ("withdrawn", False)


def test_answered_and_never_on_a_screen_it_is_answered(clock: MovableClock) -> None:
    told(clock, "offered")
    clock.advance(seconds=9)
    told(clock, "answered")
    clock.advance(minutes=241)
    assert end_hanging(at=clock.now()) == 1
    contact = Contact.objects.get()
    assert contact.state == "closed"
    assert contact.answered_at is not None
    assert stands() == ("met", False)


def test_what_an_adviser_holds_is_hers(clock: MovableClock, council: Pack) -> None:
    staff = create_staff(username="ravi", name="Ravi Patel", roles=["adviser"], teams=["customer-services"], pack=council,
                         by=SYSTEM, at=clock.now())  # fmt: skip
    told(clock, "offered")
    begin_contact(channel="phone", caller=HERS, external_id="c-1", by=actor_of_staff(staff, council), at=clock.now())
    begin_contact(channel="phone", caller=HERS, by=actor_of_staff(staff, council), at=clock.now())
    clock.advance(days=2)
    assert end_hanging(at=clock.now()) == 0


def test_many_go_in_turns(clock: MovableClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moothall.intake.actions.talking.events.BATCH", 2)
    for n in range(5):
        told(clock, "offered", call=f"c-{n}")
    clock.advance(minutes=241)
    assert [end_hanging(at=clock.now()) for _ in range(4)] == [2, 2, 1, 0]
