"""Keys pressed, words said and texts sent, read as the dialogue takes answers. The dialogue's own checks come after. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from moothall.intake.dialogue.errors import AnswerError
from moothall.intake.dialogue.people import postcode
from moothall.intake.talking.asking import AS_KEYED, MOST_OFFERED, NONE_OF_THESE
from moothall.intake.talking.choosing import NO, SAID, YES, choose
from moothall.intake.talking.keypad import amount_of, date_of, keys_of, several_of, time_of
from moothall.intake.talking.shapes import Given, Line, More, Prompt, Takes, Waits
from moothall.intake.talking.times import hear_time
from moothall.services.letters import POST, reaches_her
from moothall.services.pack import Question

_CODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})\b", re.IGNORECASE)
_HOW_MANY = re.compile(r"(\d{1,2})(?:\s*[x×*]\s*(\d{1,3}))?", re.IGNORECASE)
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s/.\-]+(\d{1,2}|[A-Za-z]{3,9})")
_LETTERS = frozenset({POST, "by post", "letter", "letters", "by letter"})
_PLATE = re.compile(r"(?=.*\d)(?=.*[A-Z])[A-Z0-9]{2,8}")


def hear(question: Question, line: Line, prompt: Prompt, words: str) -> Given | More | Waits:
    """Return what was said in answer to a prompt.

    Raises:
        AnswerError: it fits nothing that was asked; the message is short and says what to do.
    """
    return _HEAR.get(question.type, _words)(question, line, prompt, words.strip())


def _options(question: Question, line: Line, prompt: Prompt, words: str) -> Given | More:
    return Given(choose(prompt, words, spoken=line.spoken).value)


def _declaration(question: Question, line: Line, prompt: Prompt, words: str) -> Given | More:
    return Given(choose(prompt, words, spoken=line.spoken).value)


def _several(question: Question, line: Line, prompt: Prompt, words: str) -> Given | More:
    known = {one.key: one.value for one in prompt.choices}
    if line.spoken and re.fullmatch(r"[\d*]+", words):
        parts = several_of(words, known)
    else:
        parts = [part for part in re.split(r"[,;&+\n]|\band\b|\s(?=\d)|(?<=\d)\s", words) if part.strip()]
    return Given([known.get(part.strip()) or choose(prompt, part, spoken=line.spoken).value for part in parts])


def _date(question: Question, line: Line, prompt: Prompt, words: str) -> Given | More:
    said = words.lower().strip(" .!")
    near = {"today": 0, "yesterday": -1, "tomorrow": 1}
    if said in near:
        return Given((line.today + timedelta(days=near[said])).isoformat())
    if said.isdigit():
        parts = date_of(said)
        if parts is None:
            raise AnswerError("Give the day, the month and the year as eight numbers, like 19112026.")
        return Given(parts)
    if found := _DAY_MONTH.fullmatch(said):
        return Given(_with_year(question, found[1], found[2], line.today))
    return Given(words)


def _with_year(question: Question, day: str, month: str, today: date) -> dict[str, str]:
    """A date without its year: the last such day where it must be past, the next where it is to come, else this year’s."""
    names = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
    number = (
        int(month) if month.isdigit() else next((n for n, name in enumerate(names, 1) if month.startswith(name)), 0)
    )
    year, place = today.year, (number, int(day))
    if question.dates == "past" and place > (today.month, today.day):
        year -= 1
    if question.dates == "future" and place < (today.month, today.day):
        year += 1
    return {"day": day, "month": month, "year": str(year)}


def _time(question: Question, line: Line, prompt: Prompt, words: str) -> Given | More:
    return Given(time_of(words) or words)


def _amount(question: Question, line: Line, prompt: Prompt, words: str) -> Given | More:
    said = SAID.get(words.lower().strip(" ."), words)
    return Given(amount_of(said) if line.spoken else said)


def _words(question: Question, line: Line, prompt: Prompt, words: str) -> Given | More:
    return Given(words)


def _vehicle(question: Question, line: Line, prompt: Prompt, words: str) -> Given | More:
    plate = "".join(character for character in words.upper() if character.isalnum())
    return Given({"registration": words} if _PLATE.fullmatch(plate) else {"describe": words})


# -- where it is ----------------------------------------------------------------------------------------------------


def _place(question: Question, line: Line, prompt: Prompt, words: str) -> Given | More:
    match prompt.part:
        case "choose":
            return _chosen_place(question, line, prompt, words)
        case "house":
            number = "".join(character for character in words if character.isalnum())[:8]
            return _at(question, line, str(line.held.get("postcode", "")), number if number != "0" else "", words)
        case _:
            pass
    if line.spoken and re.fullmatch(r"\d+", words):
        codes = line.find.postcodes(words)
        if not codes:
            raise AnswerError(
                "We do not know a postcode with these keys here. Try again, letters by the keys they stand on, "
                f"{AS_KEYED}."
            )
        if len(codes) > 1:
            offered = [[f"code:{code}", " ".join(postcode(code) or code)] for code in codes[:MOST_OFFERED]]
            return More({"part": "choose", "offered": offered})
        return More({"part": "house", "postcode": codes[0]})
    if found := _CODE.search(words):
        code = postcode(found[0]) or found[0]
        before = words[: found.start()].strip(" ,")
        house = re.search(r"\d+[A-Za-z]?", before)
        return _at(question, line, code, house[0] if house else before, words)
    if question.type == "address":
        raise AnswerError("Give the house number and the postcode, like 12 LS1 4DL.")
    return _spots(line, words)


def _at(question: Question, line: Line, code: str, number: str, words: str) -> Given | More:
    """The house with this number at this postcode: the one there is, or those it may be, or what was said."""
    there = list(line.find.addresses(code, number))[:MOST_OFFERED]
    if there and number:
        return More({"part": "choose", "offered": [[f"uprn:{uprn}", text] for uprn, text in there], "said": words})
    text = ", ".join(part for part in (number, postcode(code) or code) if part)
    if question.type == "address":
        if not number:
            raise AnswerError("Give the house number as well.")
        return Given({"text": text, "postcode": postcode(code) or code})
    return Given({"search": postcode(code) or code, "describe": f"Near {number}" if number else ""})


def _spots(line: Line, words: str) -> Given | More:
    found = list(line.find.spots(words))[:MOST_OFFERED]
    if not found:
        return Given({"describe": words})
    return More({"part": "choose", "offered": [[pick, text] for pick, text in found], "said": words})


def _chosen_place(question: Question, line: Line, prompt: Prompt, words: str) -> Given | More:
    value = choose(prompt, words, spoken=line.spoken).value
    said = str(line.held.get("said", ""))
    if value == NONE_OF_THESE:
        if question.type == "place" and said and not said.isdigit():
            return Given({"describe": said})
        return More({})
    if value.startswith("code:"):
        return More({"part": "house", "postcode": value.removeprefix("code:")})
    if question.type == "address":
        return Given({"uprn": value.removeprefix("uprn:")})
    near = said if said and not said.isdigit() and not _CODE.search(said) else ""
    return Given({"pick": value, "describe": near})


# -- who, what and when -----------------------------------------------------------------------------------------------


def _contact(question: Question, line: Line, prompt: Prompt, words: str) -> Given | More:
    if prompt.takes is Takes.CHOICE:
        chosen = choose(prompt, words, spoken=line.spoken).value
        if chosen == POST:
            return Given({"by": POST})
        return Given({"phone": line.caller}) if chosen == "this" else More({"part": "phone"})
    said = words.lower().strip(" .!")
    if not line.spoken and said in _LETTERS and reaches_her(question):
        return Given({"by": POST})
    if not line.spoken and line.caller and (said in YES or said == "1"):
        return Given({"phone": line.caller})
    if said in NO:
        if question.required:
            raise AnswerError("We need a way to reach you about this: a number or an email address.")
        return Given(None)
    if "@" in words:
        return Given({"email": next(part for part in words.split() if "@" in part)})
    return Given({"phone": words})


def _items(question: Question, line: Line, prompt: Prompt, words: str) -> Given | More:
    if not question.options:
        return Given([part.strip() for part in re.split(r"[,;\n]", words) if part.strip()])
    if not line.spoken:
        return Given(_counted(prompt, words))
    held: dict[str, Any] = dict(line.held.get("items", {}))
    if prompt.part == "how_many":
        number = SAID.get(words.lower(), words)
        if not number.isdigit() or not 0 < int(number) < 100:
            raise AnswerError("Key in how many, from 1 to 99.")
        item = str(line.held["item"])
        return More({"items": held | {item: str(int(held.get(item, 0)) + int(number))}})
    value = choose(prompt, words, spoken=True).value
    if value == NONE_OF_THESE:
        return Given(held)
    return More({"part": "how_many", "item": value, "items": held})


def _counted(prompt: Prompt, words: str) -> dict[str, str]:
    """“1x2, 3x1”, “1 3”: what and how many; a number alone is one of it."""
    known = {one.key: one.value for one in prompt.choices}
    wanted: dict[str, str] = {}
    for key, many in _HOW_MANY.findall(words):
        if key not in known:
            raise AnswerError(f"Reply with numbers from 1 to {prompt.choices[-1].key} and how many, like 1x2.")
        wanted[known[key]] = many or "1"
    if not wanted:
        raise AnswerError("Reply with the number of each and how many, like 1x2, 3x1.")
    return wanted


_HEAR: dict[str, Callable[[Question, Line, Prompt, str], Given | More | Waits]] = {
    "choice": _options,
    "picture": _options,
    "yes_no": _options,
    "declaration": _declaration,
    "multi_choice": _several,
    "date": _date,
    "time": _time,
    "money": _amount,
    "number": _amount,
    "vehicle": _vehicle,
    "address": _place,
    "place": _place,
    "contact": _contact,
    "items": _items,
    "slot": hear_time,
}


def same_keys(keys: str, text: str) -> bool:
    """Say whether these keys write this text: a postcode shown as proof."""
    return bool(keys) and keys == keys_of(text)


__all__: Sequence[str] = ["choose", "hear", "same_keys"]
