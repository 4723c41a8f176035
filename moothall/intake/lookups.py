"""The questions of a service that are found, not asked: looked up afresh each time, kept when the request is sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from moothall.core.zone import council_date
from moothall.intake.dialogue import AnswerError, read_all
from moothall.intake.dialogue.known import known_from_answers
from moothall.intake.place import Where, where_is
from moothall.intake.slots import unknown_cards
from moothall.services.lookups import Asked, Found, look_up
from moothall.services.pack import Service
from moothall.services.rules import questions_to_ask, settled


def looks_up(service: Service) -> bool:
    """Say whether the service has a question that is found, not asked."""
    return any(question.type == "lookup" for question in service.questions)


def found_for(
    service: Service, answers: Mapping[str, Any], where: Where, *, channel: str, at: datetime
) -> dict[str, Found]:
    """Return what can be found by now, by question. A service without lookups costs nothing."""
    found: dict[str, Found] = {}
    if not looks_up(service):
        return found
    for question in questions_to_ask(service, answers, council_date(at), channel):
        if question.type == "lookup" and question.provider:
            answer = look_up(question.provider, Asked(service.code, answers, where.uprn, at))
            if answer is not None:
                found[question.id] = answer
    return found


def with_found(answers: Mapping[str, Any], found: Mapping[str, Found]) -> dict[str, Any]:
    """Return the answers and what was found beside them, as tables read and cases keep them."""
    return {**answers, **{question: one.as_answer() for question, one in found.items()}}


def answers_now(service: Service, answers: Mapping[str, Any], *, channel: str, at: datetime) -> dict[str, Any]:
    """Return the answers with what can be found about them now: it decides what is still asked.

    A service without lookups costs nothing; another at most three queries and those of its lookups.
    """
    given = as_given(service, answers)
    if not looks_up(service):
        return given
    where = where_is(service, given, known_from_answers(service.by_question, given))
    return with_found(given, found_for(service, given, where, channel=channel, at=at))


def as_given(service: Service, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the customer said herself: a request under way keeps that, what is found is found again."""
    found = found_in(service, answers)
    return {question: value for question, value in answers.items() if question not in found}


def found_in(service: Service, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was found, of answers as tables read them."""
    return {q.id: answers[q.id] for q in service.questions if q.type == "lookup" and q.id in answers}


def read_now(
    service: Service, given: Mapping[str, Any], *, channel: str, at: datetime
) -> tuple[dict[str, Any], dict[str, AnswerError]]:
    """Read a whole form as `read_all` does, by what can be found now: what that makes needless is neither kept nor missed. A
    card that nobody holds, or is not in force, is wrong where a booking asks for one.

    The answers come with what was found.
    """
    today = council_date(at)
    answers, wrong = read_all(service, given, today=today, channel=channel)
    found = found_in(service, answers_now(service, answers, channel=channel, at=at))
    if found:
        answers, wrong = read_all(service, given, today=today, channel=channel, found=found)
    return {**answers, **found}, {**unknown_cards(service, answers, on=today), **wrong}


def is_settled(service: Service, answers: Mapping[str, Any], *, at: datetime) -> bool:
    """Say whether what was found answers the request, so that nothing more is asked. ``answers`` are of `answers_now`."""
    today = council_date(at)
    return any(settled(one, service, answers, today) for one in service.questions if one.settles)


def disputing(service: Service, answers: Mapping[str, Any]) -> str:
    """Return the question that was answered on whether what was found is right; empty where none was."""
    return next((q.disputed_by for q in service.questions if q.disputed_by and answers.get(q.disputed_by)), "") or ""
