"""How each question is put in the words of a call or a text, piece by piece where one breath is not enough. Pure."""

from __future__ import annotations

from collections.abc import Callable

from moothall.intake.dialogue.people import show_phone
from moothall.intake.talking.shapes import Line, Prompt, Takes, choices_of
from moothall.intake.talking.times import ask_time
from moothall.services.letters import POST, reaches_her
from moothall.services.pack import Question
from moothall.services.questions import on_channel

NONE_OF_THESE = "none"
MOST_OFFERED = 5
AS_KEYED = "like 5 7 1, 4 3 5 for LS1 4DL"
"""A postcode as the keys of a telephone have it, said before somebody must do it."""


def ask(question: Question, line: Line, *, required: bool) -> Prompt:
    """Return how this question is put on this line now, given what is held of its answer so far."""
    asked = _ASK.get(question.type, _words)(question, line)
    return Prompt(asked.says, asked.takes, asked.choices, asked.how, asked.part, not required)


def says(question: Question, line: Line) -> str:
    """Return the question with its hint, where the channel has one of its own or words are cheap."""
    words = on_channel(question.words, line.channel)
    hint = (words.hint if words else None) or ""
    return f"{question.label_on(line.channel)} {hint}".strip()


def _options(question: Question, line: Line) -> Prompt:
    pairs = [(option.value, option.label_on(line.channel)) for option in question.options] or [
        ("yes", "yes"),
        ("no", "no"),
    ]
    return Prompt(
        says(question, line), Takes.CHOICE, choices_of(pairs), "" if line.spoken else "Reply with the number."
    )


def _yes_no(question: Question, line: Line) -> Prompt:
    if question.options:
        return _options(question, line)
    how = "" if line.spoken else "Reply YES or NO."
    return Prompt(says(question, line), Takes.CHOICE, choices_of([("yes", "yes"), ("no", "no")]), how)


def _declaration(question: Question, line: Line) -> Prompt:
    said = f"Please listen, and say if you agree. {says(question, line)}" if line.spoken else says(question, line)
    pairs = [("yes", "I agree"), ("no", "I do not agree")]
    return Prompt(said, Takes.CHOICE, choices_of(pairs), "" if line.spoken else "Reply YES if you agree.")


def _several(question: Question, line: Line) -> Prompt:
    choices = choices_of([(option.value, option.label_on(line.channel)) for option in question.options])
    if line.spoken:
        divided = " Press star between two numbers." if len(choices) > 9 else ""
        how = f"Press the number of each that fits, one after the other, then the hash key.{divided}"
    else:
        how = "Reply with the numbers of all that fit, like 1 3."
    return Prompt(says(question, line), Takes.SEVERAL, choices, how)


def _date(question: Question, line: Line) -> Prompt:
    day = line.today
    how = (
        f"Key in the day, the month and the year as eight numbers. Today is {day:%d%m%Y}."
        if line.spoken
        else f"Reply with the date, like {day.day} {day.month} {day.year}, or TODAY."
    )
    return Prompt(says(question, line), Takes.DATE, how=how)


def _time(question: Question, line: Line) -> Prompt:
    how = (
        "Key in four numbers of the twenty-four hour clock: 1 7 3 0 is half past five in the afternoon."
        if line.spoken
        else "Reply with the time, like 5pm."
    )
    return Prompt(says(question, line), Takes.TIME, how=how)


def _money(question: Question, line: Line) -> Prompt:
    how = (
        "Key in the pounds, and the pence after a star, then the hash key."
        if line.spoken
        else "Reply with the amount, like 14.50."
    )
    return Prompt(says(question, line), Takes.MONEY, how=how)


def _number(question: Question, line: Line) -> Prompt:
    how = "Key in the number, then the hash key." if line.spoken else "Reply with a number."
    return Prompt(says(question, line), Takes.NUMBER, how=how)


def _words(question: Question, line: Line) -> Prompt:
    how = "Say it after the tone, then press the hash key." if line.spoken else ""
    return Prompt(says(question, line), Takes.WORDS, how=how)


def _place(question: Question, line: Line) -> Prompt:
    part = str(line.held.get("part", ""))
    if part == "choose":
        return _found(question, line)
    if part == "house":
        return Prompt(
            "Now the house number nearest to it, or the number of the house.", Takes.HOUSE, part="house",
            how="Key in the number, then the hash key. If there is none, just press the hash key.",
        )  # fmt: skip
    if not line.spoken:
        how = (
            "Reply with the house number and postcode, like 12 LS1 4DL."
            if question.type == "address"
            else "Reply with the street and what it is near, or a house number and postcode."
        )
        return Prompt(says(question, line), Takes.WORDS, how=how)
    speak = " Or say the street and what it is near." if line.speech and question.type == "place" else ""
    keys = f"Letters go by the keys they stand on, {AS_KEYED}."
    how = f"Key in the nearest postcode, then the hash key. {keys}{speak}"
    said = question.label if question.type == "place" else says(question, line)
    return Prompt(said, Takes.POSTCODE, how=how, part="postcode")


def _found(question: Question, line: Line) -> Prompt:
    offered = [(str(value), str(text)) for value, text in line.held.get("offered", ())]
    if len(offered) == 1:
        pairs = [(offered[0][0], "yes"), (NONE_OF_THESE, "no")]
        return Prompt(f"Is it {offered[0][1]}?", Takes.CHOICE, choices_of(pairs), part="choose",
                      how="" if line.spoken else "Reply YES or NO.")  # fmt: skip
    pairs = [*offered, (NONE_OF_THESE, "none of these")]
    return Prompt("Which of these is it?", Takes.CHOICE, choices_of(pairs), part="choose",
                  how="" if line.spoken else "Reply with the number.")  # fmt: skip


def _contact(question: Question, line: Line) -> Prompt:
    if line.held.get("part") == "phone" or not line.caller:
        how = "Key in the number, then the hash key." if line.spoken else "Reply with a number or an email address."
        return Prompt("On which number can we reach you about this?", Takes.PHONE, how=how, part="phone")
    if line.spoken:
        shown = " ".join(show_phone(line.caller)[-3:])
        pairs = [("this", "the number you are ringing from"), ("other", "another number")]
        pairs += [(POST, "letters by post")] if reaches_her(question) else []
        return Prompt(f"How can we reach you about this? You are ringing from a number that ends in {shown}.",
                      Takes.CHOICE, choices_of(pairs))  # fmt: skip
    how = "Reply YES for this number, or send another number or an email address."
    how += " Or reply POST for letters." if reaches_her(question) else ""
    return Prompt("Shall we keep you up to date on this number?", Takes.PHONE, how=how)


def _items(question: Question, line: Line) -> Prompt:
    if not question.options:
        return Prompt(says(question, line), Takes.WORDS, how="Reply with each thing, divided by commas.")
    pairs = [(option.value, option.label_on(line.channel)) for option in question.options]
    if not line.spoken:
        how = "Reply with the number of each and how many, like 1x2, 3x1."
        return Prompt(says(question, line), Takes.SEVERAL, choices_of(pairs), how)
    if line.held.get("part") == "how_many":
        name = next((text for value, text in pairs if value == line.held.get("item")), "")
        return Prompt(f"How many: {name}?", Takes.NUMBER, how="Key in the number, then the hash key.", part="how_many")
    if line.held.get("items"):
        return Prompt("Anything else?", Takes.CHOICE, choices_of([*pairs, (NONE_OF_THESE, "that is all")]), part="item")
    return Prompt(says(question, line), Takes.CHOICE, choices_of(pairs), part="item")


def _slot(question: Question, line: Line) -> Prompt:
    return ask_time(question, line, says(question, line))


_ASK: dict[str, Callable[[Question, Line], Prompt]] = {
    "choice": _options,
    "picture": _options,
    "yes_no": _yes_no,
    "declaration": _declaration,
    "multi_choice": _several,
    "date": _date,
    "time": _time,
    "money": _money,
    "number": _number,
    "address": _place,
    "place": _place,
    "contact": _contact,
    "items": _items,
    "slot": _slot,
}
