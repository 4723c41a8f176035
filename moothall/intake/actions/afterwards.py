"""What a customer does about her request after it was sent."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.cases.actions import customer_adds, reopen_case
from moothall.core.actors import Actor, customer_actor
from moothall.core.events import together
from moothall.customers.actions import change_customer
from moothall.intake.actions.dialogues import KEPT_FOR, AlreadySent, NoSuchDialogue, service_of, take
from moothall.intake.actions.holding import held_by
from moothall.intake.lookups import as_given, disputing, is_settled
from moothall.intake.models import Dialogue, DialogueState
from moothall.reports.queries.finding import days_to_reopen

TOLD_BY = ("email", "sms", "none")


class TooLate(ValueError):
    """A report from the street was closed too long ago to be opened again: what is there now is reported anew."""

    def __init__(self) -> None:
        super().__init__("This was closed too long ago to open again. Report what is there now, and we start afresh.")


def say_not_right(case_id: UUID, *, text: str, by: Actor, at: datetime) -> None:
    """The customer says it was not done, or not right: her words are kept and a finished case is opened again, together.

    Raises:
        TooLate: a report from the street, closed longer ago than the pack's days.
    """
    closed = days_to_reopen(case_id, at=at)
    if closed is not None and closed < 0:
        raise TooLate
    with transaction.atomic(), together():
        customer_adds(case_id, text=text, by=by, at=at)
        reopen_case(case_id, reason="customer_not_right", by=by, at=at)


def dispute(dialogue_id: UUID, token: str, *, at: datetime) -> None:
    """Open a request again that what was found had answered: she says that it is wrong, and goes on where she stood.

    Her answers stay and nothing is asked twice; what is sent then is looked at by a person. Open already is fine.

    Raises:
        NoSuchDialogue: the token is not this request's, or what answered it cannot be disputed. AlreadySent, Expired.
    """
    with transaction.atomic():
        try:
            take(dialogue_id, token, at=at)
            return
        except AlreadySent:
            row = Dialogue.objects.select_for_update().get(id=dialogue_id)
        if row.case_id is not None:
            raise AlreadySent
        service = service_of(row)
        question = disputing(service, row.answers)
        if not question or not is_settled(service, row.answers, at=row.changed_at):
            raise NoSuchDialogue
        row.answers = as_given(service, row.answers) | {question: "no"}
        row.state, row.contact_id, row.at_question = DialogueState.OPEN, None, ""
        row.version, row.changed_at, row.expires_at = row.version + 1, at, at + KEPT_FOR
        row.save(update_fields=["answers", "state", "contact_id", "at_question", "version", "changed_at", "expires_at"])


def choose_told_by(dialogue_id: UUID, token: str, *, channel: str, at: datetime) -> None:
    """The customer of a request just sent says how to keep her told: by email, by text message, or not at all.

    Raises:
        NoSuchDialogue: the token is not this request's, it is not sent, or nobody's record was made from it.
        ValueError: another channel.
    """
    if channel not in TOLD_BY:
        raise ValueError("Choose email, text message or no messages.")
    row = Dialogue.objects.filter(id=dialogue_id, state=DialogueState.SENT).first()
    if row is None or held_by(row, token) is None or row.customer_id is None or row.representation_id is not None:
        raise NoSuchDialogue  # how somebody is told is hers to say, not of who asked for her
    change_customer(
        customer_id=row.customer_id, changes={"preferred_channel": channel}, by=customer_actor(row.customer_id), at=at
    )
