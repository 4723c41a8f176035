"""Answers said back: for check-your-answers, for the desk, for messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from moothall.core.money import pounds
from moothall.intake.dialogue.figures import say_date
from moothall.intake.dialogue.people import show_phone
from moothall.intake.dialogue.reading import LATER, PAY_WAYS, SLOT_PARTS
from moothall.services.letters import POST
from moothall.services.pack import Question, Service
from moothall.services.rules import questions_to_ask, unanswered

NOT_ANSWERED = "Not answered"


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One question and its answer in words. ``sensitive``: only for those who work the case."""

    question: str
    label: str
    words: str
    sensitive: bool = False
    answered: bool = True


def lines_of(service: Service, answers: Mapping[str, Any], today: date, channel: str = "web") -> list[AnswerLine]:
    """Return every question asked with its answer in words, in order, and what was looked up with the request."""
    return [
        AnswerLine(
            question=question.id,
            label=question.label_on(channel),
            words=answer_words(question, answers.get(question.id)),
            sensitive=question.sensitive,
            answered=not unanswered(answers.get(question.id)),
        )
        for question in questions_to_ask(service, answers, today, channel)
        if question.type != "lookup" or question.id in answers
    ]


def answer_words(question: Question, value: Any) -> str:  # noqa: PLR0912 - one line for each type
    """Return an answer as a person would say it; several lines where it has several parts.

    It never fails on what is in the database: an answer of another shape is said as its text.
    """
    if unanswered(value):
        return NOT_ANSWERED
    labels = {option.value: option.label for option in question.options}
    match question.type, value:
        case "yes_no", _ if not question.options:
            return "Yes" if value in ("yes", True) else "No"
        case (("choice" | "picture" | "yes_no"), str()):
            return labels.get(value, value)
        case "multi_choice", [*chosen]:
            return ", ".join(labels.get(str(one), str(one)) for one in chosen)
        case "declaration", _:
            return "Yes, I agree" if value in ("yes", True) else "No"
        case "date", str():
            return _date_words(value)
        case "time", str():
            return _time_words(value)
        case "money", int():
            return pounds(value)
        case "number", int() | float():
            return f"{value:,}"
        case (("address" | "place"), Mapping()):
            return str(value.get("text") or value.get("uprn") or NOT_ANSWERED)
        case "person", Mapping():
            born = value.get("date_of_birth")
            return f"{value.get('name', '')}, born {_date_words(str(born))}" if born else str(value.get("name", ""))
        case "contact", Mapping():
            return _contact_words(value)
        case "vehicle", Mapping():
            return ", ".join(str(value[key]) for key in ("registration", "describe") if value.get(key))
        case (("photo" | "file"), [*marks]):
            return "\n".join(_file_words(mark) for mark in marks)
        case "items", [*items]:
            return "\n".join(_item_words(item, labels) for item in items)
        case "slot", Mapping():
            return _slot_words(value)
        case "lookup", Mapping():
            return str(value.get("says") or value.get("code") or NOT_ANSWERED)
        case "payment", Mapping():
            return PAY_WAYS.get(str(value.get("how")), str(value.get("how", "")))
        case _:
            return str(value)


def _date_words(value: str) -> str:
    try:
        return say_date(date.fromisoformat(value[:10]))
    except ValueError:
        return value


def _time_words(value: str) -> str:
    hour, _, minute = value.partition(":")
    if not (hour.isdigit() and minute.isdigit()):
        return value
    if value in {"00:00", "12:00"}:
        return "midnight" if value == "00:00" else "midday"
    shown = int(hour) % 12 or 12
    half = "am" if int(hour) < 12 else "pm"
    return f"{shown}{half}" if minute == "00" else f"{shown}.{minute}{half}"


def _contact_words(value: Mapping[str, Any]) -> str:
    said = [str(value[key]) for key in ("name", "email") if value.get(key)]
    if value.get("phone"):
        said.append(show_phone(str(value["phone"])))
    if value.get("by") == POST or not (value.get("email") or value.get("phone")):
        said.append("By post")
    return "\n".join(said)


def _file_words(mark: Any) -> str:
    if isinstance(mark, Mapping):
        return "I will send this later" if mark.get("value") == LATER else str(mark.get("name") or "A file")
    return str(mark)


def _item_words(item: Any, labels: Mapping[str, str]) -> str:
    if not isinstance(item, Mapping):
        return str(item)
    name = str(item.get("item") or item.get("value") or "")
    quantity = item.get("quantity", 1)
    said = labels.get(name, name)
    return f"{quantity} × {said}" if labels else said


def _slot_words(value: Mapping[str, Any]) -> str:
    if value.get("slot"):
        return str(value.get("words") or "The time you chose")
    part = SLOT_PARTS.get(str(value.get("part")), "")
    day = _date_words(str(value["day"])) if value.get("day") else ""
    said = (
        f"{day} {part}".strip()
        if day
        else ("Any day and time" if value.get("part") == "any" else f"Any day {part}".strip())
    )
    return f"{said}\n{value['note']}" if value.get("note") else said
