"""What arrives in writing: recorded once, promised, given to its team, threaded surely or only pointed, acknowledged."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from moothall.cases.actions import NewCase, open_case
from moothall.cases.models import Case, CaseContact, Note
from moothall.contacts.models import Contact
from moothall.core.access import Refused
from moothall.core.actors import SYSTEM, Actor, ActorKind
from moothall.core.ids import new_id
from moothall.core.references import ALPHABET, looks_like_reference, show_reference
from moothall.customers.actions import change_customer, create_customer
from moothall.customers.models import Customer
from moothall.documents.models import Document
from moothall.inbox import actions as inbox
from moothall.inbox import queries
from moothall.inbox.models import Writing
from moothall.inbox.queries import InboxFilter
from moothall.inbox.rules import references_in
from moothall.intake.written import ArrivedFile, ArrivedWriting, take_written
from moothall.intake.written.working import answer, attach_to_case, by_a_person, finish
from moothall.notifications.actions import queue_message
from moothall.notifications.models import Message
from moothall.notifications.recipients import recipient
from moothall.promises.models import Promise
from tests.conftest import MovableClock, apply_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]
MAY = frozenset({"contact.view", "contact.take", "inbox.answer", "case.view", "case.work", "customer.search"})
OFFICER = Actor(ActorKind.STAFF, new_id(), "Priya", teams=frozenset({"customer-services"}), permissions=MAY)
COLLEAGUE = Actor(ActorKind.STAFF, new_id(), "Tom", teams=frozenset({"refuse-collection"}), permissions=MAY)
PAT = "pat@example.com"


@pytest.fixture
def written(clock: MovableClock) -> Callable[..., ArrivedWriting]:
    """Something that arrived by e-mail just now: `written("My bin", text="It was missed")`."""

    def make(subject: str = "My bin", **more: Any) -> ArrivedWriting:
        fields: dict[str, Any] = {
            "channel": "email", "external_id": str(new_id()), "received_at": clock.now(), "sender": PAT,
            "sender_name": "Pat", "sent_to": ("hello@leeds.example.org",), "subject": subject,
            "text": "Nobody came.", "whole": "Nobody came.\n-- \nPat",
        }  # fmt: skip
        return ArrivedWriting(**fields | more)

    return make


@pytest.fixture
def hers(clock: MovableClock) -> tuple[Customer, Case]:
    """A resident with an open case that waits for her."""
    person = create_customer(
        given_name="Pat", family_name="Gale", contact_points=[("email", PAT)], by=SYSTEM, at=clock.now()
    )
    case = open_case(
        NewCase(service="missed-bin", channel="web", team="refuse-collection", customer_id=person.id),
        by=SYSTEM,
        at=clock.now(),
    )
    return person, case


def told(case: Case, clock: MovableClock) -> Message:
    """A message of ours about a case, to its customer."""
    values = {"service": "Missed bin", "reference": "X", "spoken": "", "place": "", "track": "", "status": "", "team": "",
              "note": "Is it out?", "promise": "", "due": "", "length": ""}  # fmt: skip
    return queue_message(key=str(new_id()), template="case-note", to=recipient(case.customer_id), values=values,
                         at=clock.now(), case_id=case.id)  # fmt: skip


def test_it_is_an_open_contact_with_the_channels_promise_and_an_acknowledgement_that_says_it(clock, written):
    taken = take_written(written(), at=clock.now())
    contact, writing = Contact.objects.get(), Writing.objects.get()
    assert (contact.state, contact.channel, contact.caller, contact.customer_id) == ("open", "email", PAT, None)
    promise = Promise.objects.get(subject_id=contact.id, kind="reply")
    assert (writing.team, writing.state, writing.due_at) == ("customer-services", "open", promise.due_at)
    assert (taken.contact_id, taken.writing_id, taken.fresh) == (contact.id, writing.id, True)
    message = Message.objects.get(template="written-received")
    assert message.to == PAT
    assert message.headers["Auto-Submitted"] == "auto-replied"
    assert show_reference(contact.reference).replace("-", "") in message.body.replace("\\-", "").replace("-", "")
    assert "answer by" in message.body


def test_the_same_again_is_the_same(clock, written):
    first = written(files=(ArrivedFile("bin.txt", b"photo"),))
    one, two = take_written(first, at=clock.now()), take_written(replace(first, text="Other"), at=clock.now())
    assert (one.writing_id, one.fresh, two.fresh) == (two.writing_id, True, False)
    assert (
        Contact.objects.count() == Writing.objects.count() == Message.objects.count() == Document.objects.count() == 1
    )


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_the_same_at_one_moment_keep_one(clock, written):
    arrived, taken, gate = written(), [], threading.Barrier(3)

    def work() -> None:
        gate.wait()
        taken.append(take_written(arrived, at=clock.now()))
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert len({one.writing_id for one in taken}) == 1
    assert [one.fresh for one in taken].count(True) == 1
    assert Contact.objects.count() == Writing.objects.count() == Message.objects.count() == 1


def test_the_address_decides_the_team_and_what_is_promised(clock, written):
    take_written(written(sent_to=("Planning+trees@Leeds.example.org",)), at=clock.now())
    assert Writing.objects.get().team == "development-management"


def test_an_answer_to_our_own_message_from_where_it_went_is_her_word_on_the_case(clock, written, hers):
    person, case = hers
    message = told(case, clock)
    taken = take_written(
        written(answers=(f"<{message.id}@example.org>",), files=(ArrivedFile("a.txt", b"x"),)), at=clock.now()
    )
    contact = Contact.objects.get(id=taken.contact_id)
    assert (taken.case_id, taken.team, contact.customer_id) == (case.id, "refuse-collection", person.id)
    note = Note.objects.get(case=case)
    assert (note.actor_kind, note.text) == ("customer", "Nobody came.")
    assert Document.objects.get().case_id == case.id
    assert contact.identity_check == ""


def test_what_we_answer_is_in_the_language_and_format_of_whom_we_know(clock, written, hers):
    person, case = hers
    answers = (f"<{told(case, clock).id}@example.org>",)
    change_customer(
        customer_id=person.id, by=SYSTEM, at=clock.now(),
        changes={"language": "pl", "preferred_format": "large-print", "preferred_channel": "none"},
    )  # fmt: skip
    taken = take_written(written("One more thing", answers=answers), at=clock.now())
    inbox.take_on(taken.writing_id, by=OFFICER, at=clock.now())
    answer(taken.writing_id, text="We will come.", cause="new", by=OFFICER, at=clock.now())
    sent = Message.objects.filter(template__in=["written-received", "written-answer"])
    assert [(one.to, one.format, one.state) for one in sent] == [(PAT, "large-print", "queued")] * 2
    for one in sent:
        assert "Large print, as they chose." in [reason["says"] for reason in one.reasons]
        assert any("Polish" in reason["says"] for reason in one.reasons)
    stranger = take_written(written("Hello", sender="new@example.com"), at=clock.now())
    assert Message.objects.get(contact_id=stranger.contact_id).format == "standard"


@pytest.mark.parametrize(
    "how", ["other_address", "reference_only", "dmarc_of_a_stranger", "her_proved_address", "disproved"]
)
def test_what_only_names_a_case_is_pointed_to_it_and_counts_for_nobody(clock, written, hers, how):
    _person, case = hers
    more = {
        "other_address": {"answers": (f"<{told(case, clock).id}@example.org>",), "sender": "mallory@example.net"},
        "reference_only": {"subject": f"About {show_reference(case.reference)}"},
        "dmarc_of_a_stranger": {
            "subject": case.reference,
            "sender": "mallory@example.net",
            "verdicts": {"dmarc": "pass"},
        },
        "her_proved_address": {"subject": case.reference, "verdicts": {"dmarc": "pass"}},
        "disproved": {"answers": (f"<{told(case, clock).id}@example.org>",), "verdicts": {"dmarc": "fail"}},
    }[how]
    taken = take_written(written(files=(ArrivedFile("a.txt", b"x"),), **more), at=clock.now())
    assert taken.case_id == case.id
    assert Contact.objects.get(id=taken.contact_id).customer_id is None
    note = Note.objects.get(case=case)
    assert (note.actor_kind, note.visible_to_customer) == ("system", False)
    assert Document.objects.get().case_id is None
    assert CaseContact.objects.get(case=case, contact_id=taken.contact_id).role == "added"


def test_a_reference_is_seen_however_it_is_written_and_whatever_it_is_made_of():
    alone = "CDFHJKM" + next(
        last for last in ALPHABET if looks_like_reference("CDFHJKM" + last)
    )  # one in twenty has no figure
    assert references_in(f"About {alone[:4]}-{alone[4:]}") == references_in(f"re: {alone.lower()}.") == (alone,)
    assert references_in(f"x{alone}", "RHYTHMS! Yours", "07700 900123") == ()


def test_the_same_sender_under_the_same_subject_goes_on_with_the_exchange(clock, written):
    first = take_written(written(), at=clock.now())
    inbox.take_on(first.writing_id, by=OFFICER, at=clock.now())
    clock.advance(days=2)
    again = Writing.objects.get(id=take_written(written("RE: My bin"), at=clock.now()).writing_id)
    assert (again.thread_id, again.assignee_id) == (first.writing_id, OFFICER.id)
    other = Writing.objects.get(id=take_written(written("My bin", sender="sam@example.com"), at=clock.now()).writing_id)
    assert other.thread_id == other.id


def test_a_machine_is_no_contact_is_not_answered_and_may_turn_out_to_be_a_person(clock, written):
    quiet = take_written(written(machine="auto_reply"), at=clock.now())
    spam = take_written(written(machine="spam"), at=clock.now())
    assert (Contact.objects.count(), Message.objects.count()) == (0, 0)
    assert Writing.objects.get(id=quiet.writing_id).state == "done"
    assert [line.id for line in queries.inbox(InboxFilter(box="machines"), visible_to=OFFICER).rows] == [
        spam.writing_id
    ]
    clock.advance(hours=3)
    by_a_person(spam.writing_id, by=OFFICER, at=clock.now())
    by_a_person(spam.writing_id, by=OFFICER, at=clock.now())
    contact = Contact.objects.get()
    assert contact.received_at == clock.now() - timedelta(hours=3)
    assert Message.objects.filter(template="written-received").count() == 1


def test_no_acknowledgement_keeps_two_machines_talking(clock, written):
    for n in range(9):
        take_written(written(f"Number {n}"), at=clock.now())
    take_written(written("To ourselves", sender="hello@leeds.example.org"), at=clock.now())
    take_written(written("Say nothing", sender="else@example.com", quiet=True), at=clock.now())
    assert Message.objects.filter(template="written-received").count() == 5


def test_an_answer_goes_where_it_asks_in_its_exchange_and_keeps_the_promise(clock, written):
    arrived = written(
        message_id="<a1@mail.example.com>", answers=("<a0@mail.example.com>",), answer_to="pat.too@example.com"
    )
    taken = take_written(arrived, at=clock.now())
    clock.advance(hours=2)
    with pytest.raises(ValueError, match="Enter your answer"):
        answer(taken.writing_id, text="  ", cause="new", by=OFFICER, at=clock.now())
    with pytest.raises(ValueError, match="why they had to contact"):
        answer(taken.writing_id, text="We will come.", cause="", by=OFFICER, at=clock.now())
    for _ in range(2):
        answer(taken.writing_id, text="We will come <today>.", cause="new", by=OFFICER, at=clock.now())
    message = Message.objects.get(template="written-answer")
    assert (message.to, message.subject) == ("pat.too@example.com", "Re: My bin")
    assert message.headers == {
        "In-Reply-To": "<a1@mail.example.com>", "References": "<a0@mail.example.com> <a1@mail.example.com>",
        "Reply-To": "hello@leeds.example.org", "Auto-Submitted": "no",
    }  # fmt: skip
    contact = Contact.objects.get()
    assert (contact.state, contact.cause, contact.done_in_one, contact.staff_id) == ("closed", "new", True, OFFICER.id)
    assert Promise.objects.get(subject_id=contact.id).state == "met"
    assert Writing.objects.get().ended == "answered"


def test_finished_without_a_word_the_promise_ends_and_with_a_request_it_is_kept(clock, written):
    taken = take_written(written(), at=clock.now())
    finish(taken.writing_id, cause="error", by=OFFICER, at=clock.now())
    assert (Writing.objects.get().ended, Promise.objects.get().state) == ("no_answer", "withdrawn")


def test_asked_of_another_team_it_is_in_their_list_and_comes_back(clock, written):
    taken = take_written(written(), at=clock.now())
    inbox.ask(taken.writing_id, team="refuse-collection", text="Did the wagon pass?", by=OFFICER, at=clock.now())
    theirs = InboxFilter(teams=("refuse-collection",))
    assert [line.id for line in queries.inbox(theirs, visible_to=COLLEAGUE).rows] == [taken.writing_id]
    inbox.tell(taken.writing_id, text="It broke down.", by=COLLEAGUE, at=clock.now())
    inbox.tell(taken.writing_id, text="Again.", by=COLLEAGUE, at=clock.now())
    view = queries.writing(writing_id=taken.writing_id, visible_to=OFFICER)
    assert view is not None
    assert (view.state, view.assignee_id, view.questions[0].answer) == ("open", OFFICER.id, "It broke down.")
    assert not queries.inbox(theirs, visible_to=COLLEAGUE).rows


def test_two_officers_do_not_take_the_same(clock, written):
    taken = take_written(written(), at=clock.now())
    inbox.take_on(taken.writing_id, by=OFFICER, at=clock.now())
    with pytest.raises(inbox.Taken):
        inbox.take_on(taken.writing_id, by=COLLEAGUE, at=clock.now())
    assert inbox.take_on(taken.writing_id, by=COLLEAGUE, at=clock.now(), over=True).assignee_id == COLLEAGUE.id


def test_put_with_a_case_its_words_and_files_stand_there(clock, written, hers):
    _, case = hers
    taken = take_written(written(files=(ArrivedFile("a.txt", b"x"),), original=b"raw"), at=clock.now())
    attach_to_case(taken.writing_id, case_id=case.id, by=OFFICER, at=clock.now())
    assert "Nobody came." in Note.objects.get(case=case).text
    assert [d.question for d in Document.objects.filter(case_id=case.id)] == ["attached"]


def test_programs_are_left_out_and_said(clock, written):
    take_written(
        written(files=(ArrivedFile("invoice.exe", b"MZ.."), ArrivedFile("a.zip", b"PK\x03\x04"))), at=clock.now()
    )
    assert [d.name for d in Document.objects.all()] == ["a.zip"]
    assert "program" in Writing.objects.get().remarks[0]


def test_a_restricted_inbox_is_known_to_its_own_alone(clock, written):
    taken = take_written(written(sent_to=("adult.social.care@leeds.example.org",)), at=clock.now())
    may = replace(OFFICER, permissions=MAY | {"restricted.social-care"})
    assert queries.writing(writing_id=taken.writing_id, visible_to=OFFICER) is None
    assert not queries.inbox(InboxFilter(), visible_to=OFFICER).rows
    assert queries.writing(writing_id=taken.writing_id, visible_to=may) is not None
    with pytest.raises(inbox.NoSuchWriting):
        inbox.take_on(taken.writing_id, by=OFFICER, at=clock.now())
    with pytest.raises(Refused):
        inbox.take_on(
            taken.writing_id,
            by=replace(may, permissions=MAY - {"inbox.answer"} | {"restricted.social-care"}),
            at=clock.now(),
        )
    assert Contact.objects.get().note == ""


def test_cambridge_promises_the_centre_and_the_services_differently(clock, written):
    apply_once("cambridge")
    take_written(written(sent_to=("hello@cambridge.example.org",)), at=clock.now())
    take_written(written("Trees", sent_to=("planning@cambridge.example.org",)), at=clock.now())
    promised = Promise.objects.filter(kind="reply").order_by("due_at").values_list("standard", "due_at")
    assert [standard for standard, _ in promised] == ["email-reply-service-centre", "email-reply"]
    assert [due.strftime("%d %H:%M") for _, due in promised] == ["02 13:00", "11 17:00"]
