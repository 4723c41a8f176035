"""What is asked next, given the answers so far.

Answers are a mapping of question id to the kept form; a question left empty on purpose is there with None, so that it
is not asked twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from moothall.services.pack import Question, Service
from moothall.services.rules import questions_to_ask, unanswered

FOLLOWS_LATER = frozenset({"slot", "payment", "photo", "file", "items"})
"""What a channel that can only begin the service leaves for a link, a letter or a call."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the person is: question ``number`` of about ``about`` (conditions may add or take away)."""

    number: int
    about: int


def asked_questions(service: Service, answers: Mapping[str, Any], today: date, channel: str = "web") -> list[Question]:
    """Return the questions these answers raise on this channel, in order. A lookup is found, not asked."""
    return [question for question in questions_to_ask(service, answers, today, channel) if question.type != "lookup"]


def is_required(question: Question, service: Service, channel: str) -> bool:
    """Say whether the question must be answered here; what follows by link, post or call need not be."""
    if question.type in FOLLOWS_LATER and service.channel(channel).level == "begin":
        return False
    return question.required


def prune(service: Service, answers: Mapping[str, Any], today: date, channel: str = "web") -> dict[str, Any]:
    """Return the answers without those to questions no longer asked. Doing it twice changes nothing more.

    What lookups found stays: it is not asked, but decides what is.
    """
    kept = dict(answers)
    while True:
        asked = {question.id for question in questions_to_ask(service, kept, today, channel)}
        left = {key: value for key, value in kept.items() if key in asked}
        if len(left) == len(kept):
            return left
        kept = left


def first_unanswered(
    service: Service, answers: Mapping[str, Any], today: date, channel: str = "web"
) -> Question | None:
    """Return the first question asked and not yet seen; None when all is answered."""
    for question in asked_questions(service, answers, today, channel):
        if question.id not in answers:
            return question
        if unanswered(answers[question.id]) and is_required(question, service, channel):
            return question
    return None


def question_after(
    service: Service, answers: Mapping[str, Any], current: str, today: date, channel: str = "web"
) -> Question | None:
    """Return the next unanswered question after the current one, else any left before it; None when all is answered."""
    asked = asked_questions(service, answers, today, channel)
    places = [question.id for question in asked]
    start = places.index(current) + 1 if current in places else 0
    for question in asked[start:]:
        if question.id not in answers:
            return question
    return first_unanswered(service, answers, today, channel)


def previous_question(
    service: Service, answers: Mapping[str, Any], current: str, today: date, channel: str = "web"
) -> Question | None:
    """Return the question before the current one; None at the first."""
    asked = asked_questions(service, answers, today, channel)
    places = [question.id for question in asked]
    if current not in places:
        return asked[-1] if asked else None
    at = places.index(current)
    return asked[at - 1] if at else None


def progress_at(
    service: Service, answers: Mapping[str, Any], current: str, today: date, channel: str = "web"
) -> Progress:
    """Return where the person is: its place among the questions these answers raise."""
    places = [question.id for question in asked_questions(service, answers, today, channel)]
    return Progress(number=places.index(current) + 1 if current in places else len(places), about=max(1, len(places)))
