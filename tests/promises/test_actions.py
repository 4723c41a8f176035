"""Promises on the real database: made, paused, met, at risk, broken and explained before anyone asks."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from moothall.core.actors import SYSTEM, Actor, ActorKind
from moothall.promises import actions
from moothall.promises.actions import NewPromise
from moothall.promises.models import ClockFact, Promise
from moothall.promises.pack import calendar_of
from moothall.promises.queries import next_due, promises_of
from moothall.promises.rules import NotAllowed, Standard, Starts, Unit, Warn
from moothall.promises.sweep import sweep

LONDON = ZoneInfo("Europe/London")
OFFICER = Actor(kind=ActorKind.STAFF, id=uuid4())
TWO_DAYS = Standard("bin.complete", 2, Unit.WORKING_DAYS, "refuse", name="Missed bin", pauses=("blocked_access",))
QUARTER = Standard("bin.acknowledge", 15, Unit.WORKING_MINUTES, "refuse", name="Missed bin")

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]


def make(clock, *standards, subject=None, after=""):
    subject = subject or uuid4()
    new = [
        NewPromise(
            kind="acknowledge" if s.amount == 15 else "complete", standard=s, subject_kind="case", subject_id=subject,
            received_at=clock.now(), service="missed-bin", channel="web", team="refuse-collection", after=after if n else "",
        )
        for n, s in enumerate(standards)
    ]  # fmt: skip
    return subject, actions.make_promises(new, by=SYSTEM, at=clock.now())


def events(name):
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM core_event WHERE name = %s ORDER BY id", [name])
        return cursor.fetchall()


def london(text):
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


def test_a_promise_falls_due_as_its_calendar_says(clock):
    clock.set("2026-11-19T18:10")  # a Thursday, after closing
    _, [ack, work] = make(clock, QUARTER, TWO_DAYS)
    assert ack.due_at == london("2026-11-20T07:15")
    assert work.due_at == london("2026-11-21T17:00")  # the rounds go out on Saturdays
    assert len(events("promise.made")) == 2


def test_kept_in_time_and_late_are_told_apart(clock):
    subject, _ = make(clock, QUARTER, TWO_DAYS)
    clock.advance(minutes=5)
    actions.meet_promises(subject, kinds=["acknowledge"], by=OFFICER, at=clock.now())
    clock.advance(days=9)
    actions.meet_promises(subject, by=OFFICER, at=clock.now())
    states = {p.kind: (p.state, p.broken_at is None) for p in Promise.objects.filter(subject_id=subject)}
    assert states == {"acknowledge": ("met", True), "complete": ("late", False)}


def test_meeting_twice_is_once(clock):
    subject, _ = make(clock, TWO_DAYS)
    for _ in range(2):
        actions.meet_promises(subject, by=OFFICER, at=clock.now())
    assert len(events("promise.met")) == 1


def test_a_pause_for_an_allowed_reason_moves_the_date_and_another_reason_is_refused(clock):
    subject, [work] = make(clock, TWO_DAYS)
    due = work.due_at
    with pytest.raises(NotAllowed, match="blocked_access"):
        actions.pause_promises(subject, reason="lunch", by=OFFICER, at=clock.now())
    actions.pause_promises(subject, reason="blocked_access", by=OFFICER, at=clock.now() + timedelta(days=1))
    clock.advance(days=3)
    actions.resume_promises(subject, by=OFFICER, at=clock.now())
    assert Promise.objects.get(id=work.id).due_at > due


def test_a_warning_comes_before_the_break_and_once(clock):
    make(clock, TWO_DAYS)
    assert sweep(clock.now()) == {"at_risk": 0, "broken": 0, "broken_again": 0}
    clock.set("2026-03-04T14:00")
    assert sweep(clock.now())["at_risk"] == 1
    assert sweep(clock.now())["at_risk"] == 0
    assert len(events("promise.at_risk")) == 1


def test_a_broken_promise_is_explained_with_a_new_date_in_the_same_breath(clock):
    subject, [work] = make(clock, TWO_DAYS)
    clock.set("2026-03-05T09:00")
    assert sweep(clock.now())["broken"] == 1
    row = Promise.objects.get(id=work.id)
    assert (row.state, row.broken_at, row.promised_again_at) == ("running", work.due_at, london("2026-03-07T17:00"))
    assert len(events("promise.broken")) == len(events("promise.explained")) == 1
    assert sweep(clock.now()) == {"at_risk": 0, "broken": 0, "broken_again": 0}
    [view] = promises_of([subject], at=clock.now())[subject]
    assert view.tag == "late"
    assert "Saturday 7 March" in view.new_date_words
    assert next_due(subject)[1] is True


def test_a_new_date_that_passes_too_is_explained_again(clock):
    make(clock, TWO_DAYS)
    clock.set("2026-03-05T09:00")
    sweep(clock.now())
    clock.set("2026-03-09T09:00")
    assert sweep(clock.now()) == {"at_risk": 0, "broken": 0, "broken_again": 1}


def test_a_new_date_given_beforehand_is_not_overwritten_at_the_break(clock):
    _, [work] = make(clock, TWO_DAYS)
    better = london("2026-03-06T12:00")
    actions.explain_promise(work.id, new_date=better, reason="vehicle_breakdown", by=OFFICER, at=clock.now())
    clock.set("2026-03-05T09:00")
    assert sweep(clock.now())["broken"] == 1
    assert Promise.objects.get(id=work.id).promised_again_at == better
    assert len(events("promise.explained")) == 1


def test_a_new_date_in_the_past_is_refused(clock):
    _, [work] = make(clock, TWO_DAYS)
    with pytest.raises(ValueError, match="still to come"):
        actions.explain_promise(work.id, new_date=clock.now(), reason="x", by=OFFICER, at=clock.now())


def test_a_chained_clock_starts_when_the_first_is_met(clock):
    reply = Standard("c.reply", 10, Unit.WORKING_DAYS, "office", chained_to="c.ack", starts=Starts.MET)
    subject, [_, second] = make(clock, QUARTER, reply, after="acknowledge")
    told = second.due_at
    assert told is not None
    clock.advance(days=3)
    actions.meet_promises(subject, kinds=["acknowledge"], by=OFFICER, at=clock.now())
    assert Promise.objects.get(id=second.id).due_at > told


def test_clock_facts_cannot_be_changed(clock):
    make(clock, TWO_DAYS)
    with pytest.raises((IntegrityError, DatabaseError), match="append-only"), transaction.atomic():
        ClockFact.objects.update(kind="met")


def test_withdrawn_is_neither_kept_nor_broken(clock):
    subject, _ = make(clock, TWO_DAYS)
    actions.withdraw_promises(subject, reason="withdrawn_by_customer", by=SYSTEM, at=clock.now())
    clock.advance(days=30)
    assert sweep(clock.now())["broken"] == 0
    assert Promise.objects.get(subject_id=subject).state == "withdrawn"


def test_reopened_goes_on_where_it_stopped(clock):
    subject, _ = make(clock, TWO_DAYS)
    clock.advance(days=1)
    actions.meet_promises(subject, by=OFFICER, at=clock.now())
    clock.advance(days=7)
    actions.reopen_promises(subject, kinds=["complete"], by=OFFICER, at=clock.now())
    row = Promise.objects.get(subject_id=subject)
    assert row.state == "running"
    assert row.due_at > clock.now()


def test_reading_many_promises_costs_two_queries(clock, django_assert_num_queries):
    subjects = [make(clock, QUARTER, TWO_DAYS)[0] for _ in range(6)]
    with django_assert_num_queries(2):
        found = promises_of(subjects, at=clock.now())
    assert all(len(found[s]) == 2 for s in subjects)


def test_a_team_is_warned_while_it_is_at_work(council, clock):
    """Copies of what we hold are due on a calendar that never shuts; their team works office hours."""
    month = Standard("sar.complete", 1, Unit.CALENDAR_MONTHS, "always", statutory=True, warn=Warn(0.75))
    made = {}
    for team in ("information-governance", "nobody-knows"):
        new = NewPromise("complete", month, "case", uuid4(), clock.now(), team=team)
        [made[team]] = actions.make_promises([new], by=SYSTEM, at=clock.now())
    office = calendar_of(council, "office")
    assert office.is_open(made["information-governance"].warn_at)
    assert not office.is_open(made["nobody-knows"].warn_at)  # nothing better is known: the standard's own hours


def test_a_pause_is_said_in_the_words_of_the_pack(council, clock):
    subject, _ = make(clock, TWO_DAYS)
    actions.pause_promises(subject, reason="blocked_access", by=OFFICER, at=clock.advance(hours=1))
    [view] = promises_of([subject], at=clock.now())[subject]
    assert "The street or bin store was blocked" in view.explanation
    assert "blocked_access" not in view.explanation
    assert view.paused_words == ("The street or bin store was blocked",)


def test_a_letter_typed_in_after_it_was_due_is_owned_up_to_all_the_same(clock):
    late = NewPromise("reply", TWO_DAYS, "case", uuid4(), clock.now() - timedelta(days=9))
    [promise] = actions.make_promises([late], by=SYSTEM, at=clock.now())
    assert sweep(clock.now())["broken"] == 1
    assert Promise.objects.get(id=promise.id).broken_at == promise.due_at


def test_a_pause_in_the_minute_after_the_date_hides_nothing(clock):
    subject, [work] = make(clock, TWO_DAYS)
    clock.set("2026-03-04T17:00:20")
    assert actions.pause_promises(subject, reason="blocked_access", by=OFFICER, at=clock.now()) == []
    row = Promise.objects.get(id=work.id)
    assert (row.state, row.broken_at) == ("running", work.due_at)
    assert len(events("promise.broken")) == len(events("promise.explained")) == 1
