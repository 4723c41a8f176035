"""How far a service can go where it is begun: which kinds of question each line can take, and what is left. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from moothall.intake.dialogue.flow import FOLLOWS_LATER, asked_questions
from moothall.services.pack import Question, Service
from moothall.services.rules import unanswered

TALKING = ("voice", "sms")
FOUND = "lookup"
OWED: Final = "payment"
"""What is to be paid is owed with the case and asked for by itself: a request need not wait for it."""
LAST_WORDS: Final = {
    "photo": "a photo", "file": "your papers", "payment": "the payment", "person": "names", "slot": "the time",
    "items": "the list", "vehicle": "the vehicle", "text": "a few words", "long_text": "a few words",
}  # fmt: skip
_BY_KEYS = frozenset(
    {"choice", "picture", "multi_choice", "yes_no", "date", "time", "money", "number", "address", "place", "contact",
     "declaration", "slot"}
)  # fmt: skip
_BY_TEXT = _BY_KEYS | {"text", "long_text", "person", "vehicle", "items"}
_BY_SPEECH = _BY_KEYS | {"text", "long_text"}


def takes(question: Question, channel: str, *, speech: bool = False) -> bool:
    """Say whether a question can be answered on this line: by text, by keypad, or by keypad and speech.

    A name is never taken from speech alone, nor is a registration: a slip of the machine would be somebody else.
    """
    if channel == "sms":
        return question.type in _BY_TEXT
    if question.type == "items":
        return bool(question.options)
    return question.type in (_BY_SPEECH if speech else _BY_KEYS)


def most(service: Service, channel: str) -> str:
    """Return ``full`` where everything that must be answered can be answered on this channel, else ``begin``.

    On the telephone this is by keypad alone: what needs speech is an extra there. Who must prove more than a line can show
    (an address by telephone, an identity anywhere) goes on elsewhere.
    """
    if service.proof == "verified" or (service.proof == "contact" and channel == "voice"):
        return "begin"
    asked = [q for q in service.questions if q.type != FOUND and q.required and channel not in q.skip_on]
    return "full" if all(takes(question, channel) for question in asked) else "begin"


def next_question(
    service: Service, answers: Mapping[str, Any], today: date, channel: str, *, speech: bool = False
) -> Question | None:
    """Return the next question this line can ask; None when it can ask no more."""
    for question in asked_questions(service, answers, today, channel):
        if question.id not in answers and takes(question, channel, speech=speech):
            return question
    return None


def left_over(service: Service, answers: Mapping[str, Any], today: date, channel: str) -> list[Question]:
    """Return what must be answered and is not: it follows on another channel."""
    return [
        question
        for question in asked_questions(service, answers, today, channel)
        if question.required and unanswered(answers.get(question.id))
    ]


def still_to_come(service: Service, answers: Mapping[str, Any], today: date, channel: str) -> list[Question]:
    """Return what a channel that can only begin the service could not take, and work cannot begin without."""
    if service.channel(channel).level != "begin":
        return []
    asked = [question for question in asked_questions(service, answers, today, channel) if question.required]
    follow = [question for question in asked if question.type in FOLLOWS_LATER and question.type != OWED]
    return [question for question in follow if unanswered(answers.get(question.id))]


def words_of(left: list[Question]) -> list[str]:
    """Return what is left in words, each kind once: "the time", "your papers"."""
    return list(dict.fromkeys(LAST_WORDS.get(one.type, one.label.rstrip("?").lower()) for one in left))


def sends_here(service: Service, channel: str) -> bool:
    """Say whether a request may be sent from this line, once all is answered: what must be proved can be."""
    return service.proof == "none" or (service.proof == "contact" and channel == "sms")
