"""Sending what was asked: once, however often the button is pressed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from moothall.cases.actions import join_contact
from moothall.contacts.actions import send_matter_on
from moothall.contacts.models import Contact
from moothall.core.actors import SYSTEM, Actor
from moothall.core.ids import new_id
from moothall.core.packs import Pack
from moothall.core.zone import council_date
from moothall.documents import actions as documents
from moothall.intake.actions.dialogues import KEPT_FOR, AlreadySent, pack_of, service_of, take
from moothall.intake.actions.holding import ON_A_PAGE, same_person, shut
from moothall.intake.actions.raising import Raised, raise_request
from moothall.intake.asking_for import was_asked_for
from moothall.intake.asking_how import ask_how
from moothall.intake.desk import matter_key
from moothall.intake.dialogue import AnswerError, first_unanswered, prune, read_all
from moothall.intake.dialogue.known import known_from_answers
from moothall.intake.lookups import answers_now, found_in, with_found
from moothall.intake.models import Conversation, Dialogue, DialogueState, Draft
from moothall.intake.slots import SlotGone
from moothall.intake.tokens import digest_of, token_of
from moothall.payments.rules.pricing import PriceRefused
from moothall.services.pack import Service


class NotFinished(ValueError):
    """Something is not answered, or does not stand any more; ``question`` is where to go, ``wrong`` what to say there."""

    def __init__(self, question: str, wrong: AnswerError | None = None) -> None:
        self.question, self.wrong = question, wrong
        super().__init__(wrong.message if wrong else "Answer this question, then send your request.")


def submit(
    dialogue_id: UUID, token: str, *, by: Actor, at: datetime, assisted: bool = False, helped_because: str = "",
    language: str = "",
) -> Raised | None:  # fmt: skip
    """Send the request: contact, case, decisions, promises and files in one transaction. ``None``: it was sent before.

    The answers are read again as they stand today: a date that has passed since is asked again, not sent. ``language`` is
    the one its pages were read in: it becomes hers where this request makes the record of her.

    Raises:
        NotFinished: with the question to go to. NotOnThisChannel, NoSuchDialogue, Expired.
    """
    with transaction.atomic():
        try:
            row = take(dialogue_id, token, at=at)
        except AlreadySent:
            return None
        service, today = service_of(row), council_date(at)
        held = prune(service, answers_now(service, row.answers, channel=row.channel, at=at), today, row.channel)
        left = first_unanswered(service, held, today, row.channel)
        if left is not None:
            raise NotFinished(left.id)
        answers, wrong = read_all(service, held, today=today, channel=row.channel, found=found_in(service, held))
        if wrong:
            question, error = next(iter(wrong.items()))
            raise NotFinished(question, error)
        because = helped_because or row.helped_because
        helped = Contact.objects.filter(id=row.helped_in).first() if row.helped_in else None
        try:
            raised = raise_request(
                service, answers, pack=pack_of(row), channel=row.channel, customer_id=row.customer_id,
                contact_id=row.contact_id, dialogue_id=row.id, assisted=assisted, helped_because=because,
                helped_by=helped.staff_id if helped and because else None, language=language, by=by, at=at,
            )  # fmt: skip
        except SlotGone as gone:
            raise NotFinished(gone.question, gone) from gone
        except PriceRefused as refused:
            pay = next(question.id for question in service.questions if question.type == "payment")
            raise NotFinished(pay, AnswerError(str(refused))) from refused
        if raised.case_id is not None:
            _give_files(row.id, service, answers, case_id=raised.case_id, customer_id=raised.customer_id)
        if row.representation_id is not None:
            was_asked_for(raised.contact_id, row.representation_id, by=by, at=at)
        if raised.case_id is not None and row.link_to:
            _join_begun(row, raised.case_id, raised.contact_id, at)
        if helped is not None:
            _tell_helper(row, helped, raised.case_id, at)
        _close(row, raised, at)
        if row.channel in ON_A_PAGE:
            known = known_from_answers(service.by_question, answers)
            people = {known.email, known.phone, row.link_to, str(row.customer_id or "")}
            ask_how(
                raised.contact_id,
                channel=row.channel,
                people=people,
                service=row.service,
                case_id=raised.case_id,
                at=at,
            )
        return raised


def sent_at_desk(
    dialogue_id: UUID, *, answers: Mapping[str, Any], case_id: UUID | None, customer_id: UUID | None, contact_id: UUID,
    sure: bool, at: datetime,
) -> None:  # fmt: skip
    """Mark a request as sent that an officer sent for the caller: its files go to the case, its link shows the case, nothing
    is sent twice, and the call or texts in which it was begun belong to the case too.

    Its link shows nothing where it was shared before it was known whose it is, or where nobody is ``sure`` that who holds
    it is whose record the form was filled from.
    """
    row = Dialogue.objects.select_for_update().filter(id=dialogue_id, state=DialogueState.OPEN).first()
    if row is None:
        return
    if case_id is not None:
        _give_files(row.id, service_of(row), answers, case_id=case_id, customer_id=customer_id)
        _join_begun(row, case_id, contact_id, at)
    hers = customer_id is None or same_person(row.customer_id, customer_id)
    if not hers and (row.helped_in is not None or not sure):
        shut(row)
    row.state, row.case_id, row.contact_id, row.changed_at = DialogueState.SENT, case_id, contact_id, at
    row.customer_id = customer_id or row.customer_id
    row.save(update_fields=["state", "case_id", "contact_id", "customer_id", "changed_at"])


def answered_at_desk(raised: Raised, answers: Mapping[str, Any], *, pack: Pack, by: Actor, at: datetime) -> UUID:
    """Keep what a rule answered at the desk without a case, as it is kept on the web: until it expires it can be shown and
    explained, in the words of then. Returns the request's id."""
    row = Dialogue(
        id=(made := new_id()), token_digest=digest_of(token_of(made)), service=raised.service,
        pack_version_id=pack.version_id, channel=Contact.objects.values_list("channel", flat=True).get(id=raised.contact_id),
        state=DialogueState.SENT, answers=with_found(answers, raised.found), contact_id=raised.contact_id,
        customer_id=raised.customer_id, staff_id=by.id, started_at=at, changed_at=at, expires_at=at + KEPT_FOR,
    )  # fmt: skip
    row.save(force_insert=True)
    return row.id


def _give_files(
    dialogue_id: UUID, service: Service, answers: Mapping[str, Any], *, case_id: UUID, customer_id: UUID | None
) -> None:
    asked = [question.id for question in service.questions if question.type in {"photo", "file"}]
    files = [UUID(mark["id"]) for name in asked for mark in answers.get(name) or [] if mark.get("id")]
    if files:
        documents.give_to_case(dialogue_id, case_id=case_id, customer_id=customer_id, documents=files)


def _join_begun(row: Dialogue, case_id: UUID, sent_in: UUID, at: datetime) -> None:
    """The call or the texts in which it was begun belong to the case too: officers see that she had been in touch."""
    begun = Conversation.objects.filter(dialogue_id=row.id, contact_id__isnull=False).exclude(contact_id=sent_in)
    for contact_id in begun.values_list("contact_id", flat=True):
        if contact_id is not None:
            join_contact(case_id, contact_id=contact_id, role="added", by=SYSTEM, at=at)


def _tell_helper(row: Dialogue, helped: Contact, case_id: UUID | None, at: datetime) -> None:
    """The contact in which an adviser shared it belongs to the case too, and its matter ends with what she sent herself."""
    if case_id is not None:
        join_contact(case_id, contact_id=helped.id, role="added", by=SYSTEM, at=at)
    for matter_id in helped.matters.filter(dialogue_id=row.id).values_list("id", flat=True):
        send_matter_on(matter_id, case_id=case_id, by=SYSTEM, at=at)
        Draft.objects.filter(key=matter_key(matter_id)).delete()


def _close(row: Dialogue, raised: Raised, at: datetime) -> None:
    row.state = DialogueState.SENT
    row.case_id, row.contact_id, row.customer_id = raised.case_id, raised.contact_id, raised.customer_id
    row.answers = with_found(row.answers, raised.found)  # a refusal is explained by what was known when it was given
    row.version += 1
    row.changed_at = at
    # The case keeps the answers; a refused request keeps them here until the dialogue expires, to be shown and explained.
    row.save(update_fields=["state", "case_id", "contact_id", "customer_id", "answers", "version", "changed_at"])
