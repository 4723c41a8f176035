"""What the council promises of contact itself: calls answered in seconds, visitors seen in minutes, letters in days."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moothall.contacts import actions
from moothall.core import jobs
from moothall.core.actors import Actor, ActorKind
from moothall.notifications.models import Message
from moothall.promises.models import Promise, RedressOwed
from moothall.promises.service_terms import contact_promises
from moothall.promises.sweep import sweep

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
OFFICER = Actor(kind=ActorKind.STAFF, id=uuid4(), permissions=frozenset({"contact.take", "contact.view"}))


def arrives(clock, channel, **more):
    given = {"open_": True, **more}
    return actions.record_contact(channel=channel, received_at=clock.now(), by=OFFICER, at=clock.now(), **given)


def test_the_pack_says_what_is_promised_of_each_channel(council, clock):
    on = clock.now().date()
    said = {channel: contact_promises(council, channel, on) for channel in ("phone", "counter", "post", "email", "web")}
    assert [(t.kind, t.standard.amount, t.standard.unit.value) for t in said["phone"]] == [
        ("call_answered", 20, "seconds")
    ]
    assert [t.kind for t in said["counter"]] == ["visit_seen"]
    assert [t.kind for t in said["post"]] == ["acknowledgement", "reply"]
    assert [t.kind for t in said["email"]] == ["reply"]
    assert said["web"] == ()


@pytest.mark.parametrize(("waited", "state"), [(12, "met"), (20, "met"), (21, "late")])
def test_a_call_is_answered_in_time_or_late_by_the_second(clock, waited, state):
    call = arrives(clock, "phone")
    clock.advance(seconds=waited)
    actions.answer_contact(call.id, by=OFFICER, at=clock.now())
    row = Promise.objects.get(subject_id=call.id)
    assert (row.kind, row.state, row.broken_at is None) == ("call_answered", state, state == "met")
    actions.close_contact(call.id, cause="new", done_in_one=True, by=OFFICER, at=clock.now())
    assert Promise.objects.get(subject_id=call.id).state == state


@pytest.mark.parametrize(("waited", "state"), [(5, "met"), (45, "late")])
def test_a_call_recorded_after_it_was_answered_is_measured_just_the_same(clock, waited, state):
    offered = clock.now()
    clock.advance(seconds=waited)
    call = actions.record_contact(
        channel="phone", received_at=offered, answered_at=clock.now(), open_=True, by=OFFICER, at=clock.now()
    )
    row = Promise.objects.get(subject_id=call.id)
    assert (row.state, row.broken_at is None) == (state, state == "met")


def test_a_caller_who_hangs_up_is_neither_answered_nor_sent_a_message(clock):
    call = arrives(clock, "phone")
    clock.advance(seconds=15)
    actions.close_contact(call.id, cause="left", done_in_one=None, by=OFFICER, at=clock.now())
    assert Promise.objects.get(subject_id=call.id).state == "withdrawn"


def test_who_still_waits_in_the_room_is_counted_late_once_and_told_nothing(clock):
    visit = arrives(clock, "counter")
    clock.advance(minutes=11)
    assert sweep(clock.now())["broken"] == 1
    clock.advance(minutes=30)
    assert sweep(clock.now()) == {"at_risk": 0, "broken": 0, "broken_again": 0}
    jobs.drain()
    row = Promise.objects.get(subject_id=visit.id)
    assert (row.state, row.promised_again_at) == ("running", None)
    assert row.broken_at is not None
    assert not Message.objects.filter(contact_id=visit.id).exists()
    assert not RedressOwed.objects.filter(promise=row).exists()


def test_an_email_not_answered_in_time_is_apologised_for_with_a_new_date(clock):
    mail = arrives(clock, "email", caller="amina.dunn@example.com")
    clock.advance(days=20)
    assert sweep(clock.now())["broken"] == 1
    jobs.drain()
    message = Message.objects.get(contact_id=mail.id)
    assert (message.template, message.to) == ("reply-late", "amina.dunn@example.com")
    assert "We’ll answer by" in message.body
    assert "Please accept our apology" in message.body
    actions.answer_contact(mail.id, by=OFFICER, at=clock.now())
    assert Promise.objects.get(subject_id=mail.id).state == "late"


def test_a_letter_is_acknowledged_and_then_answered_by_clocks_of_their_own(clock):
    letter = arrives(clock, "post")
    clock.advance(days=2)
    actions.acknowledge_contact(letter.id, by=OFFICER, at=clock.now())
    clock.advance(days=3)
    actions.answer_contact(letter.id, by=OFFICER, at=clock.now())
    assert dict(Promise.objects.filter(subject_id=letter.id).values_list("kind", "state")) == {
        "acknowledgement": "met",
        "reply": "met",
    }


def test_a_contact_that_is_over_as_it_arrives_costs_no_statement_more(clock):
    arrives(clock, "web")
    asked = {}
    for channel, open_ in (("web", False), ("phone", False), ("web", True)):
        with CaptureQueriesContext(connection) as queries:
            arrives(clock, channel, open_=open_)
        asked[channel, open_] = len([q for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))])
    assert set(asked.values()) == {asked["web", False]}
    assert not Promise.objects.exists()
