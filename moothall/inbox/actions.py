"""The only writers of writings: what becomes of them between arriving and being dealt with.

What also changes contacts, cases and messages is composed above, in ``intake.written``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.events import Happening, record, together
from moothall.core.ids import new_id
from moothall.core.packs import current_pack
from moothall.core.rows import add_rows
from moothall.inbox import events
from moothall.inbox.models import Answer, Ending, Measure, Post, Question, Reply, Writing, WritingState
from moothall.inbox.queries import may_know

PERMISSION = "inbox.answer"


class NoSuchWriting(LookupError):
    """There is no such writing, or this actor may not know of it."""


class Taken(ValueError):
    """A colleague has it; the message says so."""


class DealtWith(ValueError):
    """It was dealt with before."""


def keep_writing(writing: Writing, *, by: Actor, at: datetime) -> Writing:
    """Keep what arrived, in the caller's transaction. IntegrityError: it is here already, by channel and external id."""
    add_rows(writing)
    record([_happening(events.ARRIVED, writing, at, inbox=writing.inbox, machine=writing.machine or None)], by=by)
    return writing


def take(writing_id: UUID, *, by: Actor, permission: str = PERMISSION) -> Writing:
    """Lock a writing for a change in the caller's transaction.

    Raises:
        NoSuchWriting: not there, or not for this actor. Refused: the actor may not answer.
    """
    writing = Writing.objects.select_for_update().filter(id=writing_id).first()
    if writing is None or not may_know(writing, by):
        raise NoSuchWriting("We could not find that.")
    require(by, permission)
    return writing


def take_on(writing_id: UUID, *, by: Actor, at: datetime, over: bool = False) -> Writing:
    """Take a writing on oneself. ``over``: from a colleague who has it.

    Raises:
        Taken: a colleague has it. DealtWith: it is done.
    """
    with transaction.atomic(), together():
        writing = _still_open(writing_id, by=by)
        if writing.assignee_id not in (None, by.id) and not over:
            raise Taken("A colleague has taken this one. Open it to see who, or to take it over.")
        if writing.assignee_id != by.id:
            writing.assignee_id = by.id
            writing.save(update_fields=["assignee_id"])
            record([_happening(events.TAKEN, writing, at)], by=by)
        return writing


def give_to(writing_id: UUID, *, team: str, by: Actor, at: datetime) -> Writing:
    """Give a writing to a team, where nobody has it yet; to one's own team: put it back.

    Raises:
        ValueError: there is no such team. DealtWith: it is done.
    """
    if team not in current_pack().teams:
        raise ValueError("Choose a team from the list.")
    with transaction.atomic(), together():
        writing = _still_open(writing_id, by=by)
        before, writing.team, writing.assignee_id = writing.team, team, None
        writing.save(update_fields=["team", "assignee_id"])
        record([_happening(events.MOVED, writing, at, **{"from": before})], by=by)
        return writing


def ask(writing_id: UUID, *, team: str, text: str, by: Actor, at: datetime) -> Question:
    """Ask another team about a writing; it stays with whoever asks and comes back with the answer. The promise runs on.

    Raises:
        ValueError: nothing was asked, or there is no such team. DealtWith: it is done.
    """
    text = text.strip()
    if not text:
        raise ValueError("Enter what you want to know.")
    if team not in current_pack().teams:
        raise ValueError("Choose a team from the list.")
    with transaction.atomic(), together():
        writing = _still_open(writing_id, by=by)
        waiting = writing.questions.filter(answered_at=None).first()
        if waiting is not None:
            return waiting
        question = Question(id=new_id(), writing=writing, team=team, asked_by=by.id, asked_at=at, text=text)
        add_rows(question)
        writing.state, writing.assignee_id = WritingState.ASKED, writing.assignee_id or by.id
        writing.save(update_fields=["state", "assignee_id"])
        record([_happening(events.ASKED, writing, at, to=team)], by=by)
        return question


def tell(writing_id: UUID, *, text: str, by: Actor, at: datetime) -> Question:
    """Answer what a colleague asked; the writing goes back to whoever asked. Answered before: that answer stands.

    Raises:
        ValueError: nothing was said, or nothing was asked.
    """
    text = text.strip()
    if not text:
        raise ValueError("Enter your answer.")
    with transaction.atomic(), together():
        writing = take(writing_id, by=by)
        question = writing.questions.select_for_update().order_by("-asked_at").first()
        if question is None:
            raise ValueError("Nobody has asked about this one.")
        if question.answered_at is None:
            question.answer, question.answered_by, question.answered_at = text, by.id, at
            question.save(update_fields=["answer", "answered_by", "answered_at"])
            if writing.state == WritingState.ASKED:
                writing.state = WritingState.OPEN
                writing.save(update_fields=["state"])
            record([_happening(events.TOLD, writing, at)], by=by)
        return question


def attach(writing: Writing, case_id: UUID, *, by: Actor, at: datetime) -> None:
    """Say which case a writing belongs to; for a row locked by ``take``. It already does: nothing changes."""
    if writing.case_id != case_id:
        writing.case_id = case_id
        writing.save(update_fields=["case_id"])
        record([_happening(events.ATTACHED, writing, at)], by=by)


def note_answer(writing: Writing, *, text: str, message_id: UUID | None, by: Actor, at: datetime) -> Answer:
    """Keep what was written back; for a row locked by ``take``."""
    answer = Answer(id=new_id(), writing=writing, message_id=message_id, staff_id=by.id, at=at, text=text)
    add_rows(answer)
    record([_happening(events.ANSWERED, writing, at)], by=by)
    return answer


def end(writing: Writing, *, ended: Ending, by: Actor, at: datetime) -> None:
    """Say what became of a writing; for a row locked by ``take``. A question still out is left unanswered. Twice is once."""
    if writing.state == WritingState.DONE:
        return
    writing.state, writing.ended, writing.done_at = WritingState.DONE, ended, at
    writing.assignee_id = writing.assignee_id or by.id
    writing.save(update_fields=["state", "ended", "done_at", "assignee_id"])
    record([_happening(events.ENDED, writing, at, how=ended.value)], by=by)


def made_a_contact(writing: Writing, contact_id: UUID, due_at: datetime | None, *, by: Actor, at: datetime) -> None:
    """What was taken for a machine's was written by a person; for a row locked by ``take``."""
    writing.contact_id, writing.due_at, writing.machine = contact_id, due_at, ""
    writing.state, writing.ended, writing.done_at, writing.assignee_id = WritingState.OPEN, "", None, None
    writing.save(update_fields=["contact_id", "due_at", "machine", "state", "ended", "done_at", "assignee_id"])
    record([_happening(events.BY_A_PERSON, writing, at)], by=by)


def erase_writings(writing_ids: Sequence[UUID], *, by: Actor) -> int:
    """Take all words and addresses out of writings, and out of what was answered and asked of them; that they came stays."""
    require(by, "customer.erase")
    ids = list(writing_ids)
    Answer.objects.filter(writing_id__in=ids).update(text="")
    Question.objects.filter(writing_id__in=ids).update(text="", answer="")
    Post.objects.filter(writing_id__in=ids).update(author_id="", author="", refs={}, link="")
    Reply.objects.filter(writing_id__in=ids).update(text="", why="")
    Measure.objects.filter(writing_id__in=ids).update(author_id="", author="")
    return Writing.objects.filter(id__in=ids).update(
        sender="", sender_name="", answer_to="", sent_to="", subject="", text="", whole="", message_id="",
        references=[], verdicts={}, remarks=[],
    )  # fmt: skip


def _still_open(writing_id: UUID, *, by: Actor) -> Writing:
    writing = take(writing_id, by=by)
    if writing.state == WritingState.DONE:
        raise DealtWith("This one has been dealt with.")
    return writing


def _happening(name: str, writing: Writing, at: datetime, **data: Any) -> Happening:
    return Happening(
        name=name, subject_kind="writing", subject_id=writing.id, occurred_at=at, contact_id=writing.contact_id,
        case_id=writing.case_id, channel=writing.channel, team=writing.team,
        data={key: value for key, value in data.items() if value is not None},
    )  # fmt: skip
