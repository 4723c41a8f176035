"""The question of a time on a line. A call asks for the day, the time of day and a postcode, then reads three times out; a
text lists five and understands “tonight”, “Sat”, a postcode. Both narrow the one search that the site draws as a form. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from moothall.customers.rules.writing import is_british_mobile
from moothall.intake.dialogue.errors import AnswerError
from moothall.intake.dialogue.people import postcode
from moothall.intake.dialogue.reading import SLOT_PARTS
from moothall.intake.talking.choosing import choose
from moothall.intake.talking.shapes import Given, Line, More, Prompt, Takes, Times, Waits, choices_of
from moothall.intake.talking.whens import ANY, read_wish
from moothall.services.pack import Question

LATER_TIMES: Final = "later"
LATER_DAYS: Final = "later_days"
ANY_DAY: Final = "any"
OTHER_DAY: Final = "other"
WAIT: Final = "wait"
MOST_WRITTEN: Final = 5
MOST_SAID: Final = 3
DAYS_SAID: Final = 5
HOURS: Final = (
    ("any", "at any time"), ("morning", "in the morning"), ("afternoon", "in the afternoon"),
    ("evening", "in the evening, from 5 o’clock"),
)  # fmt: skip
HOW: Final = "Reply with the number. Or say when and where, like TONIGHT, SAT MORNING, 28 NOV or your postcode."


def ask_time(question: Question, line: Line, says: str) -> Prompt:
    """Return how a time is asked for now, given what is held of what she looks for. ``says`` is the question in its words."""
    times = _times(question, line, line.held)
    if times is None:
        pairs = choices_of(list(SLOT_PARTS.items()))
        return Prompt(says, Takes.CHOICE, pairs, "" if line.spoken else "Reply with the number.")
    match _part(line, times):
        case "day":
            return _ask_day(line, times, says)
        case "hours":
            return Prompt("What time of day?", Takes.CHOICE, choices_of(HOURS), part="hours")
        case "near":
            return Prompt(
                "Where do you set out?", Takes.POSTCODE, part="near",
                how="Key in your postcode, letters by the keys they stand on, then the hash key: we say the nearest first. "
                "For any place, just press the hash key.",
            )  # fmt: skip
        case "code":
            codes = [(code, " ".join(postcode(code) or code)) for code in line.held.get("codes", ())]
            return Prompt("Which postcode is it?", Takes.CHOICE, choices_of(codes), part="code")
    return _ask_one(line, times, says)


def _part(line: Line, times: Times) -> str:
    """Which piece is asked for: of a text, or where days are what is chosen, always the time itself."""
    if not line.spoken or times.whole_day:
        return "time"
    part = str(line.held.get("part", "day"))
    return "time" if part == "day" and len(times.days) < 2 else part


def _ask_day(line: Line, times: Times, says: str) -> Prompt:
    first = int(line.held.get("days", 0)) * DAYS_SAID
    pairs = [(ANY_DAY, "the soonest")] if not first else []
    pairs += times.days[first : first + DAYS_SAID]
    if len(times.days) > first + DAYS_SAID:
        pairs.append((LATER_DAYS, "later days"))
    return Prompt(f"{says} First: which day?", Takes.CHOICE, choices_of(pairs), part="day")


def _ask_one(line: Line, times: Times, says: str) -> Prompt:
    if not times.found:
        return _nothing(line, times)
    pairs = list(times.found)
    if times.more:
        pairs.append((LATER_TIMES, "later times"))
    if line.spoken and not times.whole_day:
        pairs.append((OTHER_DAY, "another day"))
    how = "" if line.spoken else "Reply with the number." if times.whole_day else HOW
    return Prompt("Or one of these?" if line.held.get("page") else says, Takes.CHOICE, choices_of(pairs), how)


def _nothing(line: Line, times: Times) -> Prompt:
    """Nothing is free: look at another time, or be told when one comes free; never a question without a way on."""
    wanted = line.held.get("wanted")
    pairs = [(OTHER_DAY, "another day" if line.spoken else "Any other time")]
    if is_british_mobile(line.caller) and not times.passed:
        pairs.append((WAIT, "a text when one comes free" if line.spoken else "Tell me when one comes free"))
    said = (
        "That time has passed." if times.passed else "Nothing is free then." if wanted else "Nothing is free just now."
    )
    return Prompt(
        said, Takes.CHOICE, choices_of(pairs), "" if line.spoken else "Reply with the number, or say another time."
    )


def hear_time(question: Question, line: Line, prompt: Prompt, words: str) -> Given | More | Waits:
    """Return what was said in answer: a time, more of what she looks for, or that she would wait.

    Raises:
        AnswerError: it fits nothing that was asked.
    """
    times = _times(question, line, line.held)
    if times is None:
        return Given(choose(prompt, words, spoken=line.spoken).value)
    wanted: dict[str, str] = dict(line.held.get("wanted", {}))
    if prompt.part == "near":
        return _near(question, line, wanted, words)
    if re.search(r"[A-Za-z]", words):
        wish = read_wish(words, line.today, places=times.places, offers=times.offers)
        if wish is not None:
            return _look(question, line, wanted | wish if wish else {})
    value = choose(prompt, words, spoken=line.spoken).value
    match prompt.part, value:
        case "day", str(later) if later == LATER_DAYS:
            return More({**line.held, "days": int(line.held.get("days", 0)) + 1})
        case "day", _:
            chosen = {} if value == ANY_DAY else {"day": value}
            return _on(question, line, wanted | chosen, "hours")
        case "hours", _:
            return _on(question, line, wanted | {"part": value}, "near")
        case "code", _:
            return _look(question, line, wanted | {"near": " ".join(postcode(value) or value)})
        case _, str(later) if later == LATER_TIMES:
            return More({**line.held, "page": int(line.held.get("page", 0)) + 1})
        case _, str(other) if other == OTHER_DAY:
            return More({})
        case _, str(wait) if wait == WAIT:
            return Waits(wanted)
    return Given(value)


def _on(question: Question, line: Line, wanted: Mapping[str, str], part: str) -> More:
    """Go on to the next piece that helps: where few times are left, those; a postcode only where there are several places."""
    times = _times(question, line, {"wanted": wanted})
    few = times is None or times.total <= MOST_SAID
    if few or (part == "near" and times is not None and (times.near or not times.places)):
        part = "time"
    return More({"wanted": dict(wanted), "part": part})


def _look(question: Question, line: Line, wanted: Mapping[str, str]) -> More:
    """Look again for something else. Raises AnswerError: nobody here knows that postcode."""
    times = _times(question, line, {"wanted": wanted})
    if times is not None and times.unknown:
        raise AnswerError("We do not know that postcode here. Try another, or leave it out.")
    return More({"wanted": dict(wanted), "part": "time"})


def _near(question: Question, line: Line, wanted: Mapping[str, str], words: str) -> More:
    said = words.strip().lower()
    if not said or said in ANY or said == "0":
        return More({"wanted": dict(wanted), "part": "time"})
    codes = line.find.postcodes(said) if said.isdigit() else [words.strip().upper()]
    if not codes:
        raise AnswerError("We do not know a postcode with these keys here. Try again, or just press the hash key.")
    if len(codes) > 1:
        return More({"wanted": dict(wanted), "part": "code", "codes": list(codes[:MOST_WRITTEN])})
    return _look(question, line, dict(wanted) | {"near": " ".join(postcode(codes[0]) or codes[0])})


def _times(question: Question, line: Line, held: Mapping[str, Any]) -> Times | None:
    """What is free for what is held: five by text, and of whole days; three times to the ear."""
    many = MOST_SAID if line.spoken else MOST_WRITTEN
    return line.find.times(question, held.get("wanted", {}), int(held.get("page", 0)), many)
