"""What boxes a question has on a printed form: one to tick for each choice, one to write in for each piece of an answer.

A box is known by its question and its part; both stand in the layout of a printed form for as long as one may come back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from moothall.intake.dialogue.reading import LATER, PAY_WAYS, SLOT_PARTS
from moothall.services.pack import Question, Service

CHANNEL = "post"
TICK, WRITE = "tick", "write"
BY_POST = "by_post"
WRITE_TO_ME = "Write to me by post"
MOST_LINES = 6
_PAPER_WAYS = ("link", "phone", "place")
"""How somebody who writes can pay: nobody writes a card's number on a form."""


@dataclass(frozen=True, slots=True)
class Box:
    """One box: of which question, which part of its answer, ticked or written in, what stands beside it.

    ``lines`` is how many lines of writing it takes, ``width`` how wide it is: ``full``, ``half``, ``short`` (a date's day).
    """

    question: str
    part: str
    kind: str
    label: str = ""
    lines: int = 1
    width: str = "full"

    @property
    def key(self) -> str:
        """What it is called in a layout: `when.day`."""
        return f"{self.question}.{self.part}"


def boxes_of(question: Question, channel: str = CHANNEL) -> tuple[Box, ...]:
    """Return the boxes of a question in the order they are printed; none for what cannot be asked on paper."""
    return _BOXES.get(question.type, _none)(question, channel)


def asked_on_paper(service: Service) -> list[Question]:
    """Return the questions a printed form of a service asks, whatever was answered before."""
    return [one for one in service.questions if CHANNEL not in one.skip_on and boxes_of(one)]


def most_on_paper(service: Service) -> str:
    """Return ``full`` where everything that must be answered can be written on a form, else ``begin``.

    A time that is booked and showing who one is follow another way; papers lie in the envelope or follow, as on the web, and
    a signed form is as good as an email address that was tried.
    """
    if service.proof == "verified":
        return "begin"
    needed = [one for one in service.questions if one.required and one.type != "lookup" and CHANNEL not in one.skip_on]
    return "full" if all(boxes_of(one) for one in needed) else "begin"


def _ticks(question: Question, channel: str) -> tuple[Box, ...]:
    return tuple(Box(question.id, one.value, TICK, one.label_on(channel)) for one in question.options)


def _yes_no(question: Question, channel: str) -> tuple[Box, ...]:
    return (Box(question.id, "yes", TICK, "Yes"), Box(question.id, "no", TICK, "No"))


def _agree(question: Question, channel: str) -> tuple[Box, ...]:
    return (Box(question.id, "yes", TICK, "I agree"),)


def _line(question: Question, channel: str) -> tuple[Box, ...]:
    long = (question.max_length or 100) > 120
    return (Box(question.id, "text", WRITE, lines=2 if long else 1),)


def _lines(question: Question, channel: str) -> tuple[Box, ...]:
    return (Box(question.id, "text", WRITE, lines=MOST_LINES),)


def _date(question: Question, channel: str) -> tuple[Box, ...]:
    parts = (("day", "Day"), ("month", "Month"), ("year", "Year"))
    return tuple(Box(question.id, part, WRITE, label, width="short") for part, label in parts)


def _short(label: str) -> Callable[[Question, str], tuple[Box, ...]]:
    return lambda question, channel: (Box(question.id, "text", WRITE, label, width="half"),)


def _address(question: Question, channel: str) -> tuple[Box, ...]:
    return (
        Box(question.id, "line1", WRITE, "House number or name, and street"),
        Box(question.id, "town", WRITE, "Town", width="half"),
        Box(question.id, "postcode", WRITE, "Postcode", width="half"),
    )  # fmt: skip


def _place(question: Question, channel: str) -> tuple[Box, ...]:
    return (
        Box(question.id, "search", WRITE, "Street, or house number and postcode"),
        Box(question.id, "describe", WRITE, "What it is near"),
    )


def _person(question: Question, channel: str) -> tuple[Box, ...]:
    return (Box(question.id, "name", WRITE, "Full name"),)


def _contact(question: Question, channel: str) -> tuple[Box, ...]:
    return (
        Box(question.id, "phone", WRITE, "Telephone", width="half"), Box(question.id, "email", WRITE, "Email"),
        Box(question.id, BY_POST, TICK, WRITE_TO_ME),
    )  # fmt: skip


def _items(question: Question, channel: str) -> tuple[Box, ...]:
    if not question.options:
        return (Box(question.id, "text", WRITE, "One thing on each line", lines=MOST_LINES),)
    return tuple(
        Box(question.id, one.value, WRITE, f"How many: {one.label_on(channel)}", width="short")
        for one in question.options
    )


def _vehicle(question: Question, channel: str) -> tuple[Box, ...]:
    return (
        Box(question.id, "registration", WRITE, "Registration number", width="half"),
        Box(question.id, "describe", WRITE, "Make, model and colour"),
    )


def _papers(question: Question, channel: str) -> tuple[Box, ...]:
    return (Box(question.id, LATER, TICK, "I send this with the form, or later"),)


def _times(question: Question, channel: str) -> tuple[Box, ...]:
    if question.books or question.books_by:
        return ()
    return tuple(Box(question.id, code, TICK, words[0].upper() + words[1:]) for code, words in SLOT_PARTS.items())


def _paying(question: Question, channel: str) -> tuple[Box, ...]:
    return tuple(Box(question.id, code, TICK, PAY_WAYS[code]) for code in _PAPER_WAYS)


def _none(question: Question, channel: str) -> tuple[Box, ...]:
    return ()


_BOXES: dict[str, Callable[[Question, str], tuple[Box, ...]]] = {
    "choice": _ticks, "picture": _ticks, "multi_choice": _ticks, "yes_no": _yes_no, "declaration": _agree, "text": _line,
    "long_text": _lines, "date": _date, "time": _short("Like 2.30pm"), "money": _short("Amount in pounds, like 14.50"),
    "number": _short("A number"), "address": _address, "place": _place, "person": _person, "contact": _contact,
    "items": _items,    "vehicle": _vehicle, "photo": _papers, "file": _papers, "slot": _times, "payment": _paying,
}  # fmt: skip
