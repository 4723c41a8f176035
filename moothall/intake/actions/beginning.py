"""A request begun where it cannot be finished: its answers are kept, and what is left is asked at a link.

A time, a list or a paper cannot be told on every channel. What lacks one is a request under way, not work: nobody could do it
and its clock would run against us.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from moothall.contacts.actions import record_contact, record_ended_matter
from moothall.contacts.models import Matter, Outcome
from moothall.core.actors import ANONYMOUS, Actor
from moothall.core.references import show_reference
from moothall.core.zone import council_date
from moothall.intake.actions.dialogues import KEPT_FOR, known_address, save_for_later, start_dialogue
from moothall.intake.actions.raising import said_before
from moothall.intake.dialogue import AnswerError
from moothall.intake.dialogue.known import known_from_answers
from moothall.intake.facts import course_now
from moothall.intake.lookups import as_given, found_for, with_found
from moothall.intake.models import Dialogue
from moothall.intake.place import where_is
from moothall.intake.queries.sharing import may_go_on
from moothall.intake.talking.reach import still_to_come
from moothall.intake.tokens import code_of, link_of
from moothall.services.letters import takes_letters
from moothall.services.pack import Service


@dataclass(frozen=True, slots=True)
class Begun:
    """A request under way: ``left`` are the questions still to be answered, ``told`` whether its link was sent to her."""

    dialogue_id: UUID
    contact_id: UUID
    left: tuple[str, ...]
    told: bool
    until: datetime


def begin_request(
    service: Service, answers: Mapping[str, Any], *, channel: str, by: Actor, at: datetime, customer_id: UUID | None = None,
    received_at: datetime | None = None, external_id: str = "",
) -> Begun | None:  # fmt: skip
    """Keep a request that this channel can only begin; send whoever asked the link to the rest, where she gave an address.

    None: nothing but money is left, or a rule answers it as it stands, or it may not go by a link; it is to be raised. The
    same ``external_id`` again returns what was begun the first time. Who finishes it shows by herself who she is.

    Raises:
        KeyReused: ``external_id`` was another service's request.
    """
    if service.channel(channel).level != "begin":  # most calls: they cost nothing here
        return None
    with transaction.atomic(savepoint=False):
        if external_id and (said := said_before(channel, external_id, service)) is not None:
            return _again(said, service, at)
        left = still_to_come(service, answers, council_date(at), channel)
        if not left or not may_go_on(service) or _is_refused(service, answers, channel=channel, at=at):
            return None
        contact = record_contact(
            channel=channel, received_at=received_at or at, by=by, at=at, customer_id=customer_id, service=service.code,
            external_id=external_id, cause="new",
        )  # fmt: skip
        given = _shown(service, as_given(service, answers))
        dialogue_id, token = start_dialogue(service.code, channel="web", by=ANONYMOUS, at=at, answers=given)
        Dialogue.objects.filter(id=dialogue_id).update(helped_in=contact.id)  # its case comes back to this contact
        record_ended_matter(
            contact, service=service.code, outcome=Outcome.HANDED_ON, dialogue_id=dialogue_id, by=by, at=at, cause="new"
        )
        known = known_from_answers(service.by_question, answers)
        told = any(_tell(dialogue_id, token, to, by=by, at=at) for to in (known.email, known.phone) if to)
    return Begun(dialogue_id, contact.id, tuple(one.id for one in left), told, at + KEPT_FOR)


def _shown(service: Service, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Fill in what an address says that was given by its number alone; one we do not know is asked at the link."""
    filled: dict[str, Any] = {}
    for name, value in answers.items():
        if value is not None and name in service.by_question:
            with suppress(AnswerError):
                filled[name] = known_address(service.by_question[name], value)
    return filled


def in_words(service: Service, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, AnswerError]]:
    """Fill in what an address of hers says that was given by its number alone: letters go by its words.

    Also returns what is wrong by question: an address for letters whose number we do not know. One query for each.
    """
    filled = dict(given)
    wrong: dict[str, AnswerError] = {}
    for question in service.questions:
        value = given.get(question.id)
        if takes_letters(question) and isinstance(value, Mapping) and not (value.get("text") or value.get("line1")):
            try:
                filled[question.id] = known_address(question, value)
            except AnswerError as unknown:
                wrong |= {question.id: unknown} if question.letters else {}
    return filled, wrong


def way_back(dialogue_id: UUID) -> tuple[str, str]:
    """Return the link and the code by which a request that was begun goes on, as they were when it was begun."""
    return link_of(dialogue_id), show_reference(code_of(dialogue_id))


def _tell(dialogue_id: UUID, token: str, to: str, *, by: Actor, at: datetime) -> bool:
    """Send the link. Where it cannot be sent whoever called us still has it to give."""
    with suppress(AnswerError):
        save_for_later(dialogue_id, token, to=to, by=by, at=at)
        return True
    return False


def _is_refused(service: Service, answers: Mapping[str, Any], *, channel: str, at: datetime) -> bool:
    known = known_from_answers(service.by_question, answers)
    where = where_is(service, answers, known)
    found = with_found(answers, found_for(service, answers, where, channel=channel, at=at))
    return course_now(service, found, where, known, at=at).accept == "no"


def _again(said: Matter, service: Service, at: datetime) -> Begun | None:
    row = Dialogue.objects.filter(id=said.dialogue_id).first() if said.dialogue_id and said.case_id is None else None
    if row is None:
        return None
    left = still_to_come(service, row.answers, council_date(at), said.contact.channel)
    return Begun(row.id, said.contact_id, tuple(one.id for one in left), bool(row.link_to), row.expires_at)
