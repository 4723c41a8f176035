"""What officers do with a writing that touches more than the writing: answer it, close it, give it to its case."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.cases import actions as cases
from moothall.contacts import actions as contacts
from moothall.contacts.models import Contact, ContactState, Outcome
from moothall.contacts.pack import CAUSES
from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import together
from moothall.core.packs import current_pack
from moothall.core.references import show_reference
from moothall.documents.actions import give_received
from moothall.feedback.models import Ask
from moothall.inbox import actions as inbox
from moothall.inbox.actions import DealtWith
from moothall.inbox.models import Ending, Writing, WritingState
from moothall.inbox.pack import INBOXES
from moothall.inbox.post_queries import is_proved, post_of
from moothall.intake.asking_how import ask_about_writing
from moothall.intake.desk_actions import ChooseCause, NotFinished
from moothall.intake.draft_actions import drop_draft
from moothall.intake.written.taking import acknowledge
from moothall.intake.written.ways import Outbound, way_of
from moothall.promises.queries import open_dues

LONGEST_ANSWER = 20_000


class CannotAnswer(ValueError):
    """The channel cannot carry an answer, or it is not said where to; the message says what to do."""


def answer_key(contact_id: UUID) -> str:
    """Return the name of the draft of an answer."""
    return f"contact:{contact_id}:answer"


def answer(writing_id: UUID, *, text: str, cause: str, by: Actor, at: datetime, ask: bool = True) -> Writing:
    """Write back by the channel it came on, and be done with it: the promise of an answer is kept now.

    ``cause`` is why they had to be in touch (National Indicator 14). ``ask`` says whether they may be asked how we did.
    Answered before: nothing goes out a second time.

    Raises:
        ValueError: nothing was written, or too much. ChooseCause: no cause was chosen. CannotAnswer: there is no way back.
        NoSuchWriting, Refused
    """
    text = text.strip()
    if not text:
        raise ValueError("Enter your answer.")
    if len(text) > LONGEST_ANSWER:
        raise ValueError(f"An answer may have {LONGEST_ANSWER:,} characters; this one has {len(text):,}.")
    check_cause(cause)
    with transaction.atomic(), together():
        writing = inbox.take(writing_id, by=by)
        if writing.state == WritingState.DONE:
            return writing
        contact = _contact(writing)
        way = way_of(writing.channel)
        if way.answer is None:
            raise CannotAnswer(
                "An answer cannot go out this way from here. Ring them or write a letter, then close this."
            )
        _with_its_case(writing, contact, by=by, at=at)
        asked = ask_about_writing(writing, contact, at=at) if ask else None
        out = _outbound(writing, contact, text, asked)
        message_id = way.answer(out, by, at)
        if asked is not None and way.ask is not None:
            way.ask(out, asked, at)
        inbox.note_answer(writing, text=text, message_id=message_id, by=by, at=at)
        contacts.answer_contact(contact.id, by=by, at=at)
        _close(writing, contact, Ending.ANSWERED, cause, by=by, at=at)
        return writing


def preview_answer(writing_id: UUID, *, text: str, by: Actor, at: datetime, ask: bool = True) -> bytes:
    """Return an answer as the paper it would be (a PDF), without sending or keeping anything.

    Raises:
        ValueError: nothing was written. CannotAnswer: it would not go out on paper. NoSuchWriting, Refused
    """
    if not text.strip():
        raise ValueError("Enter your answer.")
    with transaction.atomic():
        writing = inbox.take(writing_id, by=by)
        preview = way_of(writing.channel).preview
        if preview is None:
            raise CannotAnswer("This does not go out on paper.")
        contact = _contact(writing)
        asked = ask_about_writing(writing, contact, at=at) if ask else None
        pdf = preview(_outbound(writing, contact, text.strip(), asked), by, at)
        transaction.set_rollback(True)  # nobody was asked: it was only looked at
        return pdf


def finish(writing_id: UUID, *, cause: str, by: Actor, at: datetime, ask: bool = True) -> Writing:
    """Be done with a writing without writing back. Where a request was raised of it, that told its promise: it is answered,
    and where its channel can ask without a letter, they are asked how we did unless ``ask`` says no.

    Otherwise it needed no answer, and what was promised of one ends. A machine's needs no cause. Twice is once.

    Raises:
        ChooseCause: no cause was chosen.
    """
    with transaction.atomic(), together():
        writing = inbox.take(writing_id, by=by)
        if writing.state == WritingState.DONE:
            return writing
        if writing.contact_id is None:
            inbox.end(writing, ended=Ending.MACHINE, by=by, at=at)
            return writing
        check_cause(cause)
        contact = _contact(writing)
        raised = contact.matters.filter(case_id__isnull=False).exclude(outcome=Outcome.ABANDONED).exists()
        _with_its_case(writing, contact, by=by, at=at)
        if raised:
            contacts.answer_contact(contact.id, by=by, at=at)
            carry = way_of(writing.channel).ask
            asked = (
                ask_about_writing(writing, contact, at=at) if ask and carry is not None and writing.answer_to else None
            )
            if asked is not None and carry is not None:
                carry(_outbound(writing, contact, "", asked), asked, at)
        _close(writing, contact, Ending.RAISED if raised else Ending.NO_ANSWER, cause, by=by, at=at)
        return writing


def attach_to_case(writing_id: UUID, *, case_id: UUID, by: Actor, at: datetime) -> Writing:
    """Say which case a writing is about: the contact joins it, its files go with it, its words stand there as a note.

    Raises:
        NoSuchCase: not there, or not for this actor. DealtWith: the writing is done. CannotAnswer: it came by social media,
        and nobody has shown who is behind the account.
    """
    with transaction.atomic(), together():
        writing = inbox.take(writing_id, by=by)
        if writing.state == WritingState.DONE:
            raise DealtWith("This one has been dealt with.")
        if writing.case_id == case_id:
            return writing
        post = post_of(writing.id)
        if post is not None and not is_proved(post):
            raise CannotAnswer("Check who they are first: a post is put with a request only after that.")
        text = writing.text.strip() or writing.subject or "(no words)"
        note = f"Came by {writing.channel}, put here by an officer:\n\n{text[:8_000]}"
        case = cases.note_case(case_id, text=note, visible_to_customer=False, by=by, at=at).case
        if writing.contact_id is not None:
            cases.join_contact(case_id, contact_id=writing.contact_id, role="added", by=SYSTEM, at=at)
        give_received(writing.id, case_id=case_id, customer_id=case.customer_id)
        inbox.attach(writing, case_id, by=by, at=at)
        return writing


def by_a_person(writing_id: UUID, *, by: Actor, at: datetime) -> Writing:
    """What was taken for a machine's, or for spam, was written by a person: a contact since it arrived, with its promise.

    A person's already: nothing changes.
    """
    with transaction.atomic(), together():
        writing = inbox.take(writing_id, by=by)
        if writing.contact_id is not None:
            return writing
        pack = current_pack()
        box = pack.of(INBOXES).get(writing.inbox)
        contact = contacts.record_contact(
            channel=writing.channel, received_at=writing.received_at, by=SYSTEM, at=at, caller=writing.sender,
            external_id=writing.external_id, open_=True, standards=box.standards if box else None,
            note="" if writing.restricted else writing.subject[:200],
        )  # fmt: skip
        if writing.case_id is not None:
            cases.join_contact(writing.case_id, contact_id=contact.id, role="added", by=SYSTEM, at=at)
        dues = open_dues(contact.id)
        inbox.made_a_contact(writing, contact.id, dues.get("reply"), by=by, at=at)
        if box is None or box.acknowledge:
            acknowledge(writing, contact, pack, dues, at=at)
        return writing


def check_cause(cause: str) -> None:
    """Raise ChooseCause where no cause of the pack was chosen."""
    if cause not in current_pack().of(CAUSES):
        raise ChooseCause("Choose why they had to contact us.")


def _contact(writing: Writing) -> Contact:
    if writing.contact_id is None:
        raise CannotAnswer("A machine wrote this. Say first that a person did.")
    return Contact.objects.select_for_update().get(id=writing.contact_id)


def _with_its_case(writing: Writing, contact: Contact, *, by: Actor, at: datetime) -> None:
    """A request raised of it makes it that case's, with its files, so that what comes back goes there too.

    Raises:
        NotFinished: something they want still has no end.
    """
    matters = list(contact.matters.order_by("opened_at"))
    if any(matter.ended_at is None for matter in matters):
        raise NotFinished("Something they want has no end yet. Send it, or say what became of it.")
    case_id = next((matter.case_id for matter in matters if matter.case_id), None)
    if writing.case_id is None and case_id is not None:
        give_received(writing.id, case_id=case_id, customer_id=contact.customer_id)
        inbox.attach(writing, case_id, by=by, at=at)


def _close(writing: Writing, contact: Contact, ended: Ending, cause: str, *, by: Actor, at: datetime) -> None:
    if contact.state == ContactState.OPEN:
        done = contacts_done(contact, ended)
        contacts.close_contact(contact.id, cause=cause, done_in_one=done, by=by, at=at)
    inbox.end(writing, ended=ended, by=by, at=at)
    drop_draft(answer_key(contact.id), by=by)


def contacts_done(contact: Contact, ended: Ending) -> bool | None:
    """Say whether all was settled in this one contact: an answer without a request handed on; nothing asked says nothing."""
    outcomes = list(contact.matters.exclude(outcome="").values_list("outcome", flat=True))
    if Outcome.HANDED_ON in outcomes:
        return False
    return True if ended == Ending.ANSWERED else None


def _outbound(writing: Writing, contact: Contact, text: str, asked: Ask | None = None) -> Outbound:
    return Outbound(
        writing=writing, contact_id=contact.id, customer_id=contact.customer_id, case_id=writing.case_id,
        reference=show_reference(contact.reference), text=text, asked=asked,
    )  # fmt: skip
