"""Which of the choices somebody means: by key, by yes or no, by their words. Pure."""

from __future__ import annotations

from moothall.intake.dialogue.errors import AnswerError
from moothall.intake.talking.shapes import Choice, Prompt

YES = frozenset({"y", "yes", "yeah", "yep", "yes please", "ok", "okay", "i agree", "agree", "correct", "that is right"})
NO = frozenset({"n", "no", "nope", "no thanks", "no thank you", "i do not agree"})
SAID = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10", "zero": "0", "nought": "0", "oh": "0",
}  # fmt: skip


def choose(prompt: Prompt, words: str, *, spoken: bool) -> Choice:
    """Return the choice meant: by its number, by yes or no, by its words or a clear beginning of them.

    Raises:
        AnswerError: none of them, or more than one.
    """
    said = " ".join(words.lower().replace("’", "'").strip(" .!?,").split())
    said = SAID.get(said, said)
    for one in prompt.choices:
        if said == one.key or said == one.label.lower():
            return one
    if said in YES or said in NO:
        wanted = ("yes", "i agree") if said in YES else ("no", "i do not agree")
        for one in prompt.choices:
            if one.label.lower() in wanted:
                return one
    if len(said) >= 3 and not said.isdigit():
        fits = [
            one for one in prompt.choices if one.label.lower().startswith(said) or f" {said}" in f" {one.label.lower()}"
        ]
        if len(fits) == 1:
            return fits[0]
    numbers = prompt.choices[-1].key if prompt.choices else "1"
    raise AnswerError(f"Press a number from 1 to {numbers}." if spoken else f"Reply with a number from 1 to {numbers}.")
