"""Sending what was asked: once, however often the button is pressed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.core.actors import Actor
from moothall.documents import actions as documents
from moothall.intake.actions.dialogues import AlreadySent, pack_of, service_of, take
from moothall.intake.actions.raising import Raised, raise_request
from moothall.intake.asking_for import was_asked_for
from moothall.intake.council_time import council_date
from moothall.intake.dialogue import AnswerError, first_unanswered, prune, read_all
from moothall.intake.lookups import with_found
from moothall.intake.models import Dialogue, DialogueState
from moothall.intake.slots import SlotGone
from moothall.payments.rules.pricing import PriceRefused


class NotFinished(ValueError):
    """Something is not answered, or does not stand any more; ``question`` is where to go, ``wrong`` what to say there."""

    def __init__(self, question: str, wrong: AnswerError | None = None) -> None:
        self.question, self.wrong = question, wrong
        super().__init__(wrong.message if wrong else "Answer this question, then send your request.")


def submit(dialogue_id: UUID, token: str, *, by: Actor, at: datetime, assisted: bool = False) -> Raised | None:
    """Send the request: contact, case, decisions, promises and files in one transaction. ``None``: it was sent before.

    The answers are read again as they stand today: a date that has passed since is asked again, not sent.

    Raises:
        NotFinished: with the question to go to. NotOnThisChannel, NoSuchDialogue, Expired.
    """
    with transaction.atomic():
        try:
            row = take(dialogue_id, token, at=at)
        except AlreadySent:
            return None
        service, today = service_of(row), council_date(at)
        held = prune(service, row.answers, today, row.channel)
        left = first_unanswered(service, held, today, row.channel)
        if left is not None:
            raise NotFinished(left.id)
        answers, wrong = read_all(service, held, today=today, channel=row.channel)
        if wrong:
            question, error = next(iter(wrong.items()))
            raise NotFinished(question, error)
        try:
            raised = raise_request(
                service, answers, pack=pack_of(row), channel=row.channel, customer_id=row.customer_id,
                contact_id=row.contact_id, dialogue_id=row.id, assisted=assisted, by=by, at=at,
            )  # fmt: skip
        except SlotGone as gone:
            raise NotFinished(gone.question, gone) from gone
        except PriceRefused as refused:
            pay = next(question.id for question in service.questions if question.type == "payment")
            raise NotFinished(pay, AnswerError(str(refused))) from refused
        if raised.case_id is not None:
            marks = [
                mark
                for question in service.questions
                if question.type in {"photo", "file"}
                for mark in answers.get(question.id, [])
            ]
            files = [UUID(mark["id"]) for mark in marks if mark.get("id")]
            if files:
                documents.give_to_case(row.id, case_id=raised.case_id, customer_id=raised.customer_id, documents=files)
        if row.representation_id is not None:
            was_asked_for(raised.contact_id, row.representation_id, by=by, at=at)
        _close(row, raised, at)
        return raised


def _close(row: Dialogue, raised: Raised, at: datetime) -> None:
    row.state = DialogueState.SENT
    row.case_id, row.contact_id, row.customer_id = raised.case_id, raised.contact_id, raised.customer_id
    row.answers = with_found(row.answers, raised.found)  # a refusal is explained by what was known when it was given
    row.version += 1
    row.changed_at = at
    # The case keeps the answers; a refused request keeps them here until the dialogue expires, to be shown and explained.
    row.save(update_fields=["state", "case_id", "contact_id", "customer_id", "answers", "version", "changed_at"])
