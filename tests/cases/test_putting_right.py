"""Urgency changed, duplicates joined, calls promised and not made: what it does to the clocks, and who is told."""

from uuid import uuid4

import pytest

from moothall.cases import actions, queries
from moothall.cases.models import Case, CaseContact, CaseState, Task
from moothall.contacts.actions import record_contact
from moothall.core import jobs
from moothall.core.actors import SYSTEM, Actor, ActorKind
from moothall.core.event_feed import events_of_case
from moothall.customers import actions as customers
from moothall.insight.models import PromiseFact
from moothall.insight.projection import catch_up
from moothall.intake.actions import raise_request
from moothall.intake.desk_standards import call_back_standard
from moothall.notifications.models import Message
from moothall.promises.models import Promise, RedressOwed
from moothall.promises.queries import promises_of
from moothall.promises.sweep import sweep
from moothall.services.pack import SERVICES

pytestmark = [pytest.mark.django_db]

ALL = frozenset({"case.view", "case.work", "case.assign", "case.close", "contact.take", "contact.view"})
OFFICER = Actor(kind=ActorKind.STAFF, id=uuid4(), permissions=ALL)


def person(clock, email="amina.dunn@example.org"):
    return customers.create_customer(
        given_name="Amina", family_name="Dunn", contact_points=[("email", email)], by=SYSTEM, at=clock.now()
    )


def asked(council, clock, service="missed-bin", answers=None, **more):
    raised = raise_request(
        council.of(SERVICES)[service], answers or {}, pack=council, channel="web", by=SYSTEM, at=clock.now(),
        customer_id=more.pop("customer_id", None) or person(clock).id, **more,
    )  # fmt: skip
    return Case.objects.get(id=raised.case_id)


def work_of(case, at):
    return next(p for p in promises_of([case.id], at=at)[case.id] if p.kind == "complete")


def names(case):
    return [event.name for event in events_of_case(case.id)]


def told(case):
    return list(Message.objects.filter(case_id=case.id).order_by("created_at", "id").values_list("template", flat=True))


def test_a_new_priority_keeps_the_time_used_and_moves_what_is_left(council, clock):
    case = asked(council, clock)
    clock.set("2026-03-02T18:00")
    before = work_of(case, clock.now())
    actions.set_priority(case.id, priority="high", by=OFFICER, at=clock.now(), reason="lives_alone")
    after = work_of(case, clock.now())
    assert (before.standard, after.standard) == (
        "missed-bin.standard.complete",
        "missed-bin.repeat-or-assisted.complete",
    )
    assert after.due_at < before.due_at
    assert Case.objects.get(id=case.id).priority == "high"
    assert Case.objects.get(id=case.id).due_at == after.due_at
    assert names(case)[-2:] == ["case.priority_changed", "promise.changed"]
    actions.set_priority(case.id, priority="high", by=OFFICER, at=clock.now())
    assert names(case).count("promise.changed") == 1
    actions.set_priority(case.id, priority="normal", by=OFFICER, at=clock.now())
    assert work_of(case, clock.now()).due_at == before.due_at
    row = Promise.objects.get(id=before.id)
    assert (row.standard, "now" in row.terms) == ("missed-bin.standard.complete", False)
    jobs.drain()
    assert told(case).count("promise-changed") == 2


@pytest.mark.django_db(transaction=True)
def test_what_is_published_counts_by_the_date_as_it_was_changed(council, clock):
    case = asked(council, clock)
    actions.set_priority(case.id, priority="high", by=OFFICER, at=clock.now())
    catch_up(at=clock.now())
    row = Promise.objects.get(subject_id=case.id, kind="complete")
    fact = PromiseFact.objects.get(promise_id=row.id)
    assert (fact.due_at, fact.standard) == (row.due_at, row.standard)


def test_a_priority_changed_after_the_break_leaves_it_broken(council, clock):
    case = asked(council, clock)
    clock.set("2026-03-04T17:00:30")
    actions.set_priority(case.id, priority="high", by=OFFICER, at=clock.now())
    assert names(case).count("promise.broken") == names(case).count("promise.explained") == 1
    assert "promise.changed" not in names(case)
    assert work_of(case, clock.now()).tag == "late"


def test_a_priority_there_is_not_is_refused(council, clock):
    with pytest.raises(ValueError, match="emergency, urgent"):
        actions.set_priority(asked(council, clock).id, priority="yesterday", by=OFFICER, at=clock.now())


def test_a_joined_case_stops_its_clock_and_its_customer_is_told_now_and_when_the_other_is_done(council, clock):
    first = asked(council, clock, service="graffiti")
    second = asked(council, clock, service="graffiti", customer_id=person(clock, "sam@example.net").id)
    jobs.drain()
    actions.merge_case(second.id, into=first.id, by=OFFICER, at=clock.now())
    row = Case.objects.get(id=second.id)
    assert (row.state, row.joined_to_id, row.due_at) == (CaseState.MERGED, first.id, None)
    assert {p.state for p in Promise.objects.filter(subject_id=second.id, kind="complete")} == {"withdrawn"}
    assert CaseContact.objects.filter(case=first, contact_id=second.contact_id, role="joined").exists()
    clock.set("2026-03-03T10:00")
    jobs.drain()
    assert told(second) == ["case-opened", "case-merged"]
    actions.close_case(first.id, outcome="removed", resolved=True, by=OFFICER, at=clock.now())
    jobs.drain()
    assert told(second) == ["case-opened", "case-merged", "case-closed-done"]
    clock.advance(days=30)
    assert sweep(clock.now())["broken"] == 0
    page = queries.case_page(second.id, visible_to=OFFICER, at=clock.now())
    assert page.case.state == "merged"


def test_what_cannot_be_joined_is_said_and_nothing_changes(council, clock):
    first, second = asked(council, clock), asked(council, clock)
    with pytest.raises(ValueError, match="itself"):
        actions.merge_case(first.id, into=first.id, by=OFFICER, at=clock.now())
    actions.close_case(first.id, outcome="x", resolved=True, by=OFFICER, at=clock.now())
    with pytest.raises(ValueError, match="open"):
        actions.merge_case(second.id, into=first.id, by=OFFICER, at=clock.now())
    assert Case.objects.get(id=second.id).state == CaseState.OPEN


def call_back(council, clock):
    case = asked(council, clock, service="graffiti")
    task = actions.add_task(
        case.id, title="Call back: when the crew comes", team=case.team, kind="call_back", by=OFFICER, at=clock.now(),
        standard=call_back_standard(council, "phone", case.service, on=clock.now().date()),
    )  # fmt: skip
    return case, task


def test_a_promised_call_is_a_standard_of_the_pack_owed_due_and_kept_by_calling(council, clock):
    case, task = call_back(council, clock)
    row = Promise.objects.get(id=task.promise_id)
    assert (row.standard, row.kind, row.team) == ("call-back", "call_back", case.team)
    assert task.due_at == row.due_at
    jobs.drain()
    assert "call-back-promised" in told(case)
    clock.advance(hours=3)
    actions.finish_task(task.id, outcome="spoke to them", by=OFFICER, at=clock.now())
    assert Promise.objects.get(id=task.promise_id).state == "met"


def test_a_call_not_made_is_owned_up_to_and_escalated_before_they_ring_us(council, clock):
    case, task = call_back(council, clock)
    jobs.drain()
    clock.set("2026-03-04T09:00")
    sweep(clock.now())
    jobs.drain()
    message = Message.objects.get(case_id=case.id, template="call-back-late")
    assert "We’ll call you by Thursday 5 March, 6pm" in message.body.replace("\\", "")
    assert "Please accept our apology" in message.body
    assert RedressOwed.objects.get(promise_id=task.promise_id).settled_at is not None
    assert Task.objects.get(case=case, kind="escalation").team == "customer-services-manager"
    actions.finish_task(task.id, outcome="spoke to them", by=OFFICER, at=clock.now())
    assert Promise.objects.get(id=task.promise_id).state == "late"


def test_closing_a_case_does_not_pretend_that_the_call_was_made(council, clock):
    case, task = call_back(council, clock)
    actions.close_case(case.id, outcome="removed", resolved=True, by=OFFICER, at=clock.now())
    assert Promise.objects.get(id=task.promise_id).state == "withdrawn"


def test_a_contact_joined_twice_is_linked_once(council, clock):
    amina = person(clock)
    first, second = (asked(council, clock, customer_id=amina.id) for _ in range(2))
    contact = record_contact(channel="phone", received_at=clock.now(), by=OFFICER, at=clock.now())
    for case in (first, second):
        actions.join_contact(case.id, contact_id=contact.id, role="chased", by=OFFICER, at=clock.now())
    actions.merge_case(second.id, into=first.id, by=OFFICER, at=clock.now())
    assert CaseContact.objects.filter(case=first, contact_id=contact.id).count() == 1
