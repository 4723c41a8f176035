"""The customer is told first: what goes out when something happens, by which way, and what does not."""

import pytest

from moothall.cases import actions as cases
from moothall.cases.models import Task
from moothall.core import jobs
from moothall.core.actors import SYSTEM, Actor, ActorKind, customer_actor
from moothall.core.event_feed import events_of_case
from moothall.core.ids import new_id
from moothall.customers import actions as customers
from moothall.customers.models import Customer
from moothall.intake.queries import track_page
from moothall.notifications import queries
from moothall.notifications.actions import queue_message, stop
from moothall.notifications.models import Message, MessageState
from moothall.notifications.recipients import recipient
from moothall.promises import actions as promises
from moothall.promises.models import Promise
from tests.notifications.conftest import opened, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
OFFICER = Actor(
    kind=ActorKind.STAFF, id=new_id(), permissions=frozenset({"case.view", "case.work", "case.close", "message.manage"})
)  # fmt: skip


def told(case) -> list[tuple[str, str, str]]:
    rows = Message.objects.filter(case_id=case.id).order_by("created_at", "id")
    return [(row.template, row.channel, row.state) for row in rows]


def test_a_request_is_acknowledged_with_reference_promise_and_link(clock, mrs_dunn):
    case = opened(clock, mrs_dunn.id)
    jobs.drain()
    message = Message.objects.get(case_id=case.id)
    assert (message.template, message.channel, message.to) == ("case-opened", "email", "amina.dunn@example.org")
    assert message.state == MessageState.SENT
    shown = f"{case.reference[:4]}-{case.reference[4:]}"
    assert shown in message.subject
    assert "by Wednesday 4 March" in message.body
    assert f"track?reference={shown}".replace("-", "\\-").replace("?", "\\?").replace("=", "\\=") in message.body
    assert [e.name for e in events_of_case(case.id) if e.name.startswith("message.")] == [
        "message.queued",
        "message.sent",
    ]


def test_handlers_that_run_again_write_nothing_twice(clock, mrs_dunn):
    from moothall.notifications import handlers

    case = opened(clock, mrs_dunn.id)
    jobs.drain()
    (event,) = [e for e in events_of_case(case.id) if e.name == "case.opened"]
    for _ in range(3):
        handlers.acknowledge(event)
    assert told(case) == [("case-opened", "email", "sent")]


def test_who_prefers_texts_gets_texts_and_at_night_they_wait_for_the_morning(clock):
    clock.set("2026-03-02T21:30")
    case = opened(clock, person(clock, preferred_channel="sms").id)
    jobs.drain()
    assert told(case) == [("case-opened", "sms", "queued")]
    clock.set("2026-03-03T07:59")
    assert jobs.drain() >= 0
    assert told(case) == [("case-opened", "sms", "queued")]
    clock.set("2026-03-03T08:00")
    jobs.drain()
    assert told(case) == [("case-opened", "sms", "sent")]


def test_who_wants_no_messages_gets_none_and_the_record_says_so(clock):
    case = opened(clock, person(clock, preferred_channel="none").id)
    jobs.drain()
    message = Message.objects.get(case_id=case.id)
    assert message.state == MessageState.SUPPRESSED
    assert message.error == "The customer asked for no messages."


def test_without_a_customer_the_address_given_with_the_request_is_used(clock):
    case = opened(clock, None, track_email="somebody@example.net")
    jobs.drain()
    assert Message.objects.get(case_id=case.id).to == "somebody@example.net"


def test_a_confirmed_address_comes_before_a_newer_unconfirmed_one(clock, mrs_dunn):
    from moothall.customers.models import ContactPoint

    customers.add_contact_point(
        customer_id=mrs_dunn.id, kind="email", value="new@example.org", by=SYSTEM, at=clock.advance(hours=1)
    )
    assert recipient(mrs_dunn.id).addresses[0].value == "new@example.org"
    ContactPoint.objects.filter(value="amina.dunn@example.org").update(confirmed_at=clock.now())
    assert recipient(mrs_dunn.id).addresses[0].value == "amina.dunn@example.org"


def test_stop_holds_for_what_waits_already_and_for_good(clock):
    clock.set("2026-03-02T21:30")
    woman = person(clock, preferred_channel="sms", contact_points=[("phone", "07700 900123")])
    case = opened(clock, woman.id)
    jobs.drain()
    stop("+447700900123", channel="sms", how="text", by=SYSTEM, at=clock.now())
    clock.set("2026-03-03T09:00")
    jobs.drain()
    assert told(case) == [("case-opened", "sms", "suppressed")]
    other = opened(clock, person(clock, given_name="Sam", contact_points=[("phone", "07700 900123")]).id)
    jobs.drain()
    assert [state for _, _, state in told(other)] == ["suppressed"]


def test_progress_notes_waiting_and_closing_are_told_as_they_happen(clock, mrs_dunn):
    case = opened(clock, mrs_dunn.id)
    jobs.drain()
    clock.advance(hours=1)
    cases.set_status(case.id, status="in_progress", by=OFFICER, at=clock.now())
    jobs.drain()
    cases.note_case(case.id, text="The crew comes back *today*.", visible_to_customer=True, by=OFFICER, at=clock.now())
    cases.note_case(case.id, text="Crew chief rang.", visible_to_customer=False, by=OFFICER, at=clock.now())
    jobs.drain()
    cases.wait_for(case.id, reason="blocked_access", by=OFFICER, at=clock.now())
    jobs.drain()
    cases.resume_case(case.id, by=OFFICER, at=clock.advance(hours=2))
    jobs.drain()
    cases.close_case(case.id, outcome="emptied", resolved=True, by=OFFICER, at=clock.now())
    jobs.drain()
    assert [template for template, _, _ in told(case)] == [
        "case-opened", "case-progress", "case-note", "case-waiting", "case-resumed", "case-closed-done",
    ]  # fmt: skip
    note = Message.objects.get(case_id=case.id, template="case-note")
    assert "\\*today\\*" in note.body
    waiting = Message.objects.get(case_id=case.id, template="case-waiting")
    assert "street or bin store was blocked" in waiting.body


def test_waiting_for_her_answer_needs_the_question_which_she_reads_and_answers(clock, mrs_dunn):
    case = opened(clock, mrs_dunn.id, promised=False)
    with pytest.raises(cases.NothingAsked):
        cases.wait_for(case.id, reason="waiting_for_customer", question="  ", by=OFFICER, at=clock.now())
    asks = "Which gate is it behind?"
    cases.wait_for(case.id, reason="waiting_for_customer", question=asks, by=OFFICER, at=clock.now())
    jobs.drain()
    told_her = Message.objects.get(case_id=case.id, template="case-waiting")
    assert asks in told_her.body.replace("\\", "")
    assert track_page(case.id, at=clock.now()).asked == asks
    cases.customer_adds(case.id, text="The green one.", by=customer_actor(mrs_dunn.id), at=clock.advance(hours=1))
    page = track_page(case.id, at=clock.now())
    assert (page.asked, page.case.case.state) == ("", "open")
    assert [one.text for one in page.said if one.who == "We" and not one.how] == [asks]


def test_closed_without_doing_it_says_so(clock, mrs_dunn):
    case = opened(clock, mrs_dunn.id)
    cases.close_case(case.id, outcome="not_out", resolved=False, by=OFFICER, at=clock.now())
    jobs.drain()
    assert told(case) == [("case-closed-not-done", "email", "sent")]
    assert "without doing what you asked" in Message.objects.get(case_id=case.id).body


def test_a_promise_at_risk_warns_the_team_and_not_the_customer_and_a_broken_one_is_owned_up_to(clock, mrs_dunn):
    from moothall.promises.sweep import sweep

    case = opened(clock, mrs_dunn.id)
    jobs.drain()
    promise = Promise.objects.get(subject_id=case.id)
    clock.set(promise.warn_at)
    sweep(clock.now())
    jobs.drain()
    assert [template for template, _, _ in told(case)] == ["case-opened"]
    assert Task.objects.filter(case=case, kind="at_risk", team="refuse-collection").count() == 1
    clock.set(promise.due_at)
    clock.advance(minutes=1)
    sweep(clock.now())
    jobs.drain()
    late = Message.objects.get(case_id=case.id, template="promise-broken")
    assert late.subject.startswith("Sorry")
    assert "We did not, and we are sorry" in late.body
    assert "The new date is" in late.body
    assert "The reason" not in late.body  # nobody gave one: we do not make one up
    assert Promise.objects.get(id=promise.id).promised_again_at is not None


def test_a_new_date_before_the_break_is_told_with_its_reason(clock, mrs_dunn):
    case = opened(clock, mrs_dunn.id)
    promise = Promise.objects.get(subject_id=case.id)
    new_date = promise.due_at.replace(day=promise.due_at.day + 2)
    promises.explain_promise(promise.id, new_date=new_date, reason="vehicle_breakdown", by=OFFICER, at=clock.now())
    jobs.drain()
    message = Message.objects.get(case_id=case.id, template="promise-new-date")
    assert "Vehicle out of action" in message.body


def test_a_promised_call_back_is_told_with_its_time(clock, mrs_dunn):
    from tests.notifications.conftest import WORK

    case = opened(clock, mrs_dunn.id)
    cases.add_task(
        case.id, title="Ring Mrs Dunn", team="refuse-collection", kind="call_back", standard=WORK, by=OFFICER, at=clock.now()
    )  # fmt: skip
    jobs.drain()
    message = Message.objects.get(case_id=case.id, template="call-back-promised")
    assert message.channel == "sms"
    assert "call you back by Wednesday 4 March" in message.body


def test_a_restricted_case_names_neither_service_nor_place(clock, mrs_dunn):
    case = opened(clock, mrs_dunn.id, restricted="social-care", place_text="14 Mill Lane")
    jobs.drain()
    message = Message.objects.get(case_id=case.id)
    assert "Your request" in message.subject
    assert "bin" not in (message.subject + message.body).lower()
    assert "Mill Lane" not in message.body


def test_who_prefers_another_language_gets_it_where_the_pack_has_it(clock, council, monkeypatch):
    from moothall.core.packs import load_pack, queries
    from moothall.core.packs.actions import apply_pack
    from moothall.core.packs.loader import pack_from_content

    content = load_pack("leeds").content
    welsh = {
        "code": "case-opened-cy", "about": "Welsh.", "channels": ["email"], "subject": "Diolch ({{ reference }})",
        "body": "Mae gennym eich cais: {{ service }}.",
    }  # fmt: skip
    more = pack_from_content("leeds", content | {"messages": [*content["messages"], welsh]})
    apply_pack(more, by=SYSTEM, at=clock.advance(hours=1))
    queries.forget()
    case = opened(clock, person(clock, language="cy").id)
    other = opened(
        clock, person(clock, given_name="Sam", language="lt", contact_points=[("email", "s@example.org")]).id
    )
    jobs.drain()
    assert Message.objects.get(case_id=case.id).subject.startswith("Diolch")
    assert Message.objects.get(case_id=other.id).subject.startswith("We have your request")


def test_imported_cases_write_to_nobody(clock, mrs_dunn):
    from django.db import transaction

    from moothall.cases.events import happening
    from moothall.core.events import record

    case = opened(clock, mrs_dunn.id)
    jobs.drain()
    Message.objects.all().delete()
    with transaction.atomic():
        record([happening("case.opened", case, clock.now())], by=SYSTEM, imported=True)
    jobs.drain()
    assert not Message.objects.exists()


def test_the_same_key_is_the_same_message(clock, mrs_dunn):
    to = recipient(mrs_dunn.id)
    values = {"reference": "4HTK-7W2C"}
    first = queue_message(key="k", template="text-received", to=to, values=values, at=clock.now())
    again = queue_message(key="k", template="text-received", to=to, values=values, at=clock.now())
    assert first.id == again.id
    assert Message.objects.count() == 1


def test_a_person_reads_what_was_written_to_her_and_can_be_forgotten(clock, mrs_dunn):
    from moothall.core.people import person_providers

    case = opened(clock, mrs_dunn.id)
    jobs.drain()
    (provider,) = [p for p in person_providers() if p.room == "notifications"]
    (entry,) = provider.timeline([mrs_dunn.id], OFFICER, 10, None)
    (message,) = queries.messages_of(case_id=case.id, visible_to=OFFICER)
    assert (entry.channel, entry.state, entry.link_kind) == ("email", "Sent", "message")
    assert entry.link_id == str(message.id)
    assert provider.export(mrs_dunn.id)["messages"][0]["to"] == "amina.dunn@example.org"
    assert provider.erase(mrs_dunn.id, SYSTEM, clock.now()) == 1
    (line,) = queries.messages_of(case_id=case.id, visible_to=OFFICER)
    assert (line.to, line.subject, line.body) == ("", "", "")
    assert Customer.objects.filter(id=mrs_dunn.id).exists()
