"""A given answer read, checked and made uniform, by the question's type.

Every reader takes what a form posts (text, lists of text, parts) and what an interface sends (the stored form itself),
so that what was stored can be read again and comes out the same. The stored forms are those of `services.rules`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from moothall.bookings.rules import LONGEST_KEY
from moothall.intake.dialogue import figures, people
from moothall.intake.dialogue.errors import AnswerError, called
from moothall.intake.dialogue.flow import asked_questions, is_required
from moothall.intake.dialogue.text import LONG_TEXT_MAX, TEXT_MAX, clean, one, parts, several
from moothall.services.pack import Question, Service
from moothall.services.questions import fits_pattern
from moothall.services.rules import unanswered

MOST_OF_ONE_ITEM = 99
MOST_FREE_ITEMS = 30
MOST_FILES = 10
EXCLUSIVE = frozenset({"none", "none_of_these", "no_one", "not_sure_any"})
SLOT_PARTS = {"morning": "in the morning", "afternoon": "in the afternoon", "any": "at any time"}
PAY_WAYS = {
    "card": "Pay by card now",
    "link": "Send me a link to pay online",
    "phone": "I’ll pay by telephone when you call me",
    "place": "I’ll pay at a council office",
    "direct_debit": "By Direct Debit from my bank account",
}
LATER = "later"


def read_answer(
    question: Question, given: Any, *, today: date, channel: str = "web", required: bool | None = None
) -> Any:
    """Return the answer as it is kept, or None when the question was left empty and may be.

    ``required`` overrides the question's own; ``today`` is the council's date, for dates that must be past or future.

    Raises:
        AnswerError: the answer cannot be kept, or is missing; the message says what to do.
    """
    label = question.label_on(channel)
    value = _READERS[question.type](question, given, label, today)
    if unanswered(value):
        if question.required if required is None else required:
            raise AnswerError(_missing(question, label, today), _FIRST_PART.get(question.type, ""))
        return None
    return value


def read_all(
    service: Service, given: Mapping[str, Any], *, today: date, channel: str = "web", found: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], dict[str, AnswerError]]:  # fmt: skip
    """Read a whole form at once: the answers that stand, and what is wrong by question id.

    ``found`` is what lookups know: it decides with the answers what is asked, and is not among what is returned.
    Answers to questions that these answers do not raise are left out. A question that depends on a wrong answer is not
    asked until that is put right.
    """
    answers: dict[str, Any] = dict(found or {})
    wrong: dict[str, AnswerError] = {}
    # Conditions may look at any question, so go round until nothing new is asked; each round settles at least one more.
    seen: set[str] = set()
    while True:
        waiting = [q for q in asked_questions(service, answers, today, channel) if q.id not in seen]
        if not waiting:
            break
        for question in waiting:
            seen.add(question.id)
            try:
                value = read_answer(
                    question,
                    given.get(question.id),
                    today=today,
                    channel=channel,
                    required=is_required(question, service, channel),
                )
            except AnswerError as error:
                wrong[question.id] = error
                continue
            if value is not None:
                answers[question.id] = value
    asked = {question.id for question in asked_questions(service, answers, today, channel)}
    return (
        {
            question.id: answers[question.id]
            for question in service.questions
            if question.id in asked and question.id in answers
        },
        {
            question.id: wrong[question.id]
            for question in service.questions
            if question.id in asked and question.id in wrong
        },
    )


def _text(question: Question, given: Any, label: str, today: date) -> str | None:
    text = clean(one(given), label, most=question.max_length or TEXT_MAX) or None
    if text and question.pattern and not fits_pattern(question.pattern, text):
        empty = "" if question.required else " Or leave it empty."
        raise AnswerError(f"Enter the answer to {called(label)} like {question.example}.{empty}")
    return text


def _long_text(question: Question, given: Any, label: str, today: date) -> str | None:
    return clean(one(given), label, most=question.max_length or LONG_TEXT_MAX, lines=True) or None


def _choice(question: Question, given: Any, label: str, today: date) -> str | None:
    value = one(given)
    if isinstance(value, bool):
        value = "yes" if value else "no"
    text = clean(value, label, most=LONG_TEXT_MAX)
    if not text:
        return None
    allowed = [option.value for option in question.options] if question.options else ["yes", "no"]
    if text in allowed:
        return text
    raise AnswerError(f"Choose one of the answers shown for {called(label)}.")


def _multi_choice(question: Question, given: Any, label: str, today: date) -> list[str]:
    allowed = {option.value: option.label for option in question.options}
    chosen = list(dict.fromkeys(clean(value, label, most=LONG_TEXT_MAX) for value in several(given)))
    chosen = [value for value in chosen if value]
    if any(value not in allowed for value in chosen):
        raise AnswerError(f"Choose from the answers shown for {called(label)}.")
    alone = [value for value in chosen if value in EXCLUSIVE]
    if alone and len(chosen) > 1:
        raise AnswerError(f"Choose “{allowed[alone[0]]}” on its own, or the others without it, for {called(label)}.")
    return [value for value in allowed if value in chosen]


def _declaration(question: Question, given: Any, label: str, today: date) -> str | None:
    value = one(given)
    text = ("yes" if value else "no") if isinstance(value, bool) else clean(value, label)
    return "yes" if text.lower() in {"yes", "on", "true", "1"} else None


def _date(question: Question, given: Any, label: str, today: date) -> str | None:
    return figures.read_date(question, one(given), label, today)


def _time(question: Question, given: Any, label: str, today: date) -> str | None:
    return figures.read_time(one(given), label)


def _money(question: Question, given: Any, label: str, today: date) -> int | None:
    return figures.read_money(question, one(given), label)


def _number(question: Question, given: Any, label: str, today: date) -> int | float | None:
    return figures.read_number(question, one(given), label)


def _files(question: Question, given: Any, label: str, today: date) -> list[dict[str, Any]]:
    """Files were checked and kept by `documents` when they came; here only their marks are read."""
    most = question.max_files or MOST_FILES
    kept: list[dict[str, Any]] = []
    for mark in several(given):
        if mark == LATER or (isinstance(mark, Mapping) and mark.get("value") == LATER):
            kept.append({"value": LATER})
            continue
        held = parts(mark, label) if isinstance(mark, Mapping) else {"id": clean(mark, label, most=40)}
        read = {key: clean(held.get(key), label) for key in ("id", "name", "size") if held.get(key)}
        if read.get("id"):  # a name without a file is no file
            kept.append(read)
    files = [mark for mark in kept if mark.get("id")]
    if len(files) > most:
        raise AnswerError(f"Send {most} file{'' if most == 1 else 's'} or fewer for {called(label)}.")
    return files or kept[:1]


def _items(question: Question, given: Any, label: str, today: date) -> list[dict[str, Any]]:
    made = _chosen_items(question, given, label) if question.options else _free_items(given, label)
    most = question.max_items or (
        MOST_OF_ONE_ITEM * max(1, len(question.options)) if question.options else MOST_FREE_ITEMS
    )
    total = sum(int(item["quantity"]) for item in made) if question.options else len(made)
    if total > most:
        raise AnswerError(f"Choose {most} or fewer for {called(label)}. You have {total} now.")
    return made


def _chosen_items(question: Question, given: Any, label: str) -> list[dict[str, Any]]:
    allowed = {option.value: option.label for option in question.options}
    wanted: dict[str, int] = {}
    pairs: list[tuple[Any, Any]] = []
    if isinstance(given, Mapping):
        pairs = [(key, one(value)) for key, value in given.items()]
    else:
        for item in several(given):
            if isinstance(item, Mapping):
                pairs.append((item.get("item") or item.get("value"), item.get("quantity", 1)))
            else:
                pairs.append((item, 1))
    for name, quantity in pairs:
        value = clean(name, label)
        if value not in allowed:
            raise AnswerError(f"Choose from the things listed for {called(label)}.")
        wanted[value] = wanted.get(value, 0) + _quantity(quantity, allowed[value], value)
    return [{"item": value, "quantity": wanted[value]} for value in allowed if wanted.get(value)]


def _quantity(value: Any, name: str, part: str) -> int:
    text = clean(value, name, most=20, part=part)
    if not text:
        return 0
    if not (text.isascii() and text.isdigit()) or int(text) > MOST_OF_ONE_ITEM:
        raise AnswerError(f"Enter how many of {called(name)}: a number from 0 to {MOST_OF_ONE_ITEM}.", part)
    return int(text)


def _free_items(given: Any, label: str) -> list[dict[str, Any]]:
    lines: list[str] = []
    for item in several(given):
        text = item.get("item") or item.get("value") if isinstance(item, Mapping) else item
        lines += clean(text, label, most=LONG_TEXT_MAX, lines=True).split("\n")
    return [{"item": clean(line, label), "quantity": 1} for line in lines if line.strip()]


def _weekly(given: Any, label: str) -> str:
    """The last day of the same time every week, as ISO text; nothing where it is wanted once."""
    text = clean(one(given), label)
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise AnswerError("Choose the last day as a date, or leave it empty to book one time.") from None


def _slot(question: Question, given: Any, label: str, today: date) -> dict[str, str] | None:
    """A time that was offered, by its key; or a wished-for day and part of it: "2026-11-26/morning", "any", or its parts."""
    key = given.get("slot") if isinstance(given, Mapping) else one(given)
    if isinstance(key, str) and "~" in key:
        weekly = _weekly(given.get("weekly"), label) if isinstance(given, Mapping) else ""
        return {"slot": clean(key, label, most=LONGEST_KEY)} | ({"weekly": weekly} if weekly else {})
    if isinstance(given, Mapping):
        day, part = (clean(one(given.get(key)), label) for key in ("day", "part"))
        note = clean(one(given.get("note")), label)
    else:
        text = clean(one(given), label)
        day, _, part = text.partition("/") if "/" in text else ("", "", text)
        note = ""
    if not (day or part or note):
        return None
    if part and part not in SLOT_PARTS:
        raise AnswerError(f"Choose one of the times shown for {called(label)}.")
    if day:
        try:
            wanted = date.fromisoformat(day)
        except ValueError:
            raise AnswerError(f"Choose one of the days shown for {called(label)}.") from None
        if wanted < today:
            raise AnswerError(f"{figures.say_date(wanted)} has passed. Choose another day for {called(label)}.")
    return {key: value for key, value in (("day", day), ("part", part or "any"), ("note", note)) if value}


def _payment(question: Question, given: Any, label: str, today: date) -> dict[str, str] | None:
    how = one(given.get("how")) if isinstance(given, Mapping) else one(given)
    text = clean(how, label)
    if not text:
        return None
    if text not in PAY_WAYS:
        raise AnswerError("Choose how you would like to pay.")
    return {"how": text}


def _lookup(question: Question, given: Any, label: str, today: date) -> Any:
    """A fact that a provider finds; nobody types it. Kept as it was found."""
    return given if isinstance(given, dict) else None


_READERS = {
    "text": _text,
    "long_text": _long_text,
    "choice": _choice,
    "picture": _choice,
    "multi_choice": _multi_choice,
    "yes_no": _choice,
    "date": _date,
    "time": _time,
    "money": _money,
    "number": _number,
    "address": lambda question, given, label, today: people.read_address(one(given), label),
    "place": lambda question, given, label, today: people.read_place(one(given), label),
    "person": lambda question, given, label, today: people.read_person(one(given), label),
    "contact": lambda question, given, label, today: people.read_contact(one(given), label),
    "photo": _files,
    "file": _files,
    "slot": _slot,
    "items": _items,
    "vehicle": lambda question, given, label, today: people.read_vehicle(one(given), label),
    "declaration": _declaration,
    "payment": _payment,
    "lookup": _lookup,
}

_FIRST_PART = {
    "date": "day",
    "address": "line1",
    "place": "search",
    "person": "name",
    "contact": "email",
    "vehicle": "registration",
}


_MISSING = {
    "choice": "Choose an answer to {said}.",
    "picture": "Choose the picture that fits {said}.",
    "yes_no": "Choose an answer to {said}.",
    "multi_choice": "Choose at least one answer to {said}.",
    "date": "Enter a date for {said}, like {today}.",
    "time": "Enter a time for {said}, like 5pm or 17:00.",
    "money": "Enter an amount of money for {said}, like £14 or 14.50.",
    "number": "Enter a number for {said}, like 3.",
    "address": "Enter the address for {said}.",
    "place": "Say where it is for {said}: a street or postcode, or what it is near.",
    "person": "Enter a name for {said}.",
    "contact": "Enter an email address or a telephone number, so that we can tell you what happens.",
    "photo": "Choose a photo for {said}.",
    "file": "Choose a file for {said}, or say that you will send it later.",
    "slot": "Choose a day for {said}.",
    "items": "Say what for {said}: at least one thing.",
    "vehicle": "Enter the registration number or describe the vehicle for {said}.",
    "declaration": "Tick the box if you agree: {said}.",
    "payment": "Choose how you would like to pay.",
}


def _missing(question: Question, label: str, today: date) -> str:
    sentence = _MISSING.get(question.type, "Answer {said}.")
    return sentence.format(said=called(label), today=f"{today.day} {today.month} {today.year}")
