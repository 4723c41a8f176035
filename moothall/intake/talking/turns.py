"""One turn of a call: what is said, what is listened for, and what comes after. Pure; every line renders it its own way."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from moothall.intake.talking.shapes import Choice, Prompt, Takes


class Then(StrEnum):
    """What the line does after it has spoken."""

    LISTEN = "listen"
    HANG_UP = "hang_up"
    TRANSFER = "transfer"


@dataclass(frozen=True, slots=True)
class Say:
    """A sentence, its recording where the pack has one, and the voice that reads it where it is not the council's own."""

    words: str
    recording: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """What the caller hears now. ``number`` counts the turns of a call: an answer to an earlier one is answered as before.

    ``digits`` is how many keys are waited for (0: until the hash key); ``speech`` whether words are listened for as well.
    """

    number: int
    says: tuple[Say, ...]
    then: Then = Then.LISTEN
    digits: int = 0
    speech: bool = False
    choices: tuple[Choice, ...] = ()
    service: str = ""

    @property
    def words(self) -> str:
        """All that is said, as one text."""
        return " ".join(one.words for one in self.says)


def kept(turn: Turn) -> dict[str, Any]:
    """Return a turn as it is kept with its call."""
    return asdict(turn)


def turn_of(held: dict[str, Any]) -> Turn:
    """Return a kept turn."""
    more = {
        "says": tuple(Say(**one) for one in held["says"]),
        "choices": tuple(Choice(**one) for one in held["choices"]),
        "then": Then(held["then"]),
    }
    return Turn(**(held | more))


def spoken(prompt: Prompt, leave_out: str) -> list[str]:
    """Return the sentences of a prompt for the ear: the question, each choice before its key, how to answer."""
    said = [prompt.says]
    if prompt.takes in {Takes.CHOICE, Takes.SEVERAL}:
        said += [f"For {_soft(one.label)}, press {one.key}." for one in prompt.choices]
    if prompt.takes is Takes.CHOICE and len(prompt.choices) > 9:
        said.append("Then press the hash key.")
    return [*said, *([prompt.how] if prompt.how else []), *([leave_out] if prompt.optional else [])]


def written(prompt: Prompt, leave_out: str) -> str:
    """Return a prompt as a text message: the question, a line for each choice, how to answer."""
    lines = [prompt.says]
    yes_no = [one.value for one in prompt.choices] == ["yes", "no"]
    if prompt.takes in {Takes.CHOICE, Takes.SEVERAL} and not yes_no:
        lines += [f"{one.key} {one.label}" for one in prompt.choices]
    how = " ".join(part for part in (prompt.how, leave_out if prompt.optional else "") if part)
    return "\n".join([*lines, how] if how else lines)


def _soft(label: str) -> str:
    """A choice in the middle of a sentence: its first letter small, unless it is a name of letters (“TV”)."""
    return (
        label[0].lower() + label[1:] if len(label) > 1 and label[1].islower() and not label.startswith("I ") else label
    )
