"""Which texts of a pack people read, and whether they can: each room names its own; `moothall pack check` looks at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Final

from pydantic import Field

from .ease import grade_of, longest_sentence
from .pack import Pack
from .problems import Problem
from .registry import PackModel, register_examples, register_single

Path = tuple[str | int, ...]
Lister = Callable[[Pack], Iterable[tuple[Path, str]]]
"""Return where each text stands (section, key, field …) and its words."""


class HardText(PackModel):
    """A text that stays as it is although it is hard: where it stands, since when, and why."""

    text: str = Field(description="Where it stands, as `pack check` names it: `services/blue-badge/summary`.")
    since: date
    because: str


class Reading(PackModel):
    """How hard the texts of a pack may be."""

    grade: float = Field(
        8, description="The most by the Automated Readability Index: school grades; 8 is about 13 years."
    )
    sentence: int = Field(25, description="The most words in one sentence.")
    hard: tuple[HardText, ...] = Field((), description="Texts that may be harder, each with its date and reason.")


READING: Final = register_single("reading", Reading)
_listers: dict[str, Lister] = {}


def register_words(name: str, lister: Lister) -> None:
    """Have the texts that a room's sections hold for people to read looked at."""
    _listers[name] = lister


def name_of(path: Path) -> str:
    """Return how a text is named in an exception."""
    return "/".join(str(part) for part in path)


def hard_texts(pack: Pack) -> Iterator[Problem]:
    """Return every text that is too hard, and every exception that no text needs any more."""
    rules = pack.one(READING)
    left = {one.text for one in rules.hard}
    unused = set(left)
    for lister in _listers.values():
        for path, text in lister(pack):
            wrong = _wrong(text, rules)
            if not wrong:
                continue
            unused.discard(name_of(path))
            if name_of(path) not in left:
                yield pack.problem(wrong, str(path[0]), *path[1:], expected=_wanted(rules))
    for number, one in enumerate(rules.hard):
        if one.text in unused:
            what = "this text is not hard any more, or not there"
            yield pack.problem(what, "reading", "hard", number, "text", value=f"`{one.text}`")


def _wrong(text: str, rules: Reading) -> str:
    longest = longest_sentence(text)
    if longest > rules.sentence:
        return f"hard to read: a sentence of {longest} words"
    grade = grade_of(text)
    return f"hard to read: grade {grade:.1f}" if grade is not None and grade > rules.grade else ""


def _wanted(rules: Reading) -> str:
    return f"sentences of {rules.sentence} words or fewer, grade {rules.grade:g} or less; shorter words help most"


register_examples("reading", hard_texts)
