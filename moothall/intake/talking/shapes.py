"""What is said and listened for at one moment of a conversation, whatever carries it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from moothall.services.pack import Question

SKIP_WORDS = frozenset({"skip", "none", "leave it", "pass", "next"})


class Takes(StrEnum):
    """What is listened for."""

    CHOICE = "choice"
    SEVERAL = "several"
    WORDS = "words"
    DATE = "date"
    TIME = "time"
    MONEY = "money"
    NUMBER = "number"
    POSTCODE = "postcode"
    HOUSE = "house"
    PHONE = "phone"


DIGITS = {Takes.DATE: 8, Takes.TIME: 4}
"""How many keys there are where the number is known: a call need not wait for the hash key then."""
BY_KEYS = frozenset(Takes) - {Takes.WORDS}


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose: the key that chooses it, what it stands for, and its words."""

    key: str
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question as it is put now. ``part`` names the piece of the answer asked for, where it is asked in pieces."""

    says: str
    takes: Takes
    choices: tuple[Choice, ...] = ()
    how: str = ""
    part: str = ""
    optional: bool = False

    @property
    def digits(self) -> int:
        """The number of keys after which nothing more is waited for; 0: the hash key ends it."""
        if self.takes is Takes.CHOICE and len(self.choices) < 10:
            return 1
        return DIGITS.get(self.takes, 0)


@dataclass(frozen=True, slots=True)
class Given:
    """What was understood, as the dialogue reads it."""

    value: Any


@dataclass(frozen=True, slots=True)
class More:
    """Understood so far, and something more is to be asked: what is held until then."""

    held: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Waits:
    """Nothing of what she wants is free: she wants to be told when something is. ``wanted`` as for a search."""

    wanted: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Times:
    """Free times for what is looked for: a few of them (key, words), whether there are more, how many in all; the days that
    have one, the places and what they may offer (code, words). ``near``: where she sets out is known; ``unknown``: the
    postcode she gave is not; ``passed``: it lies behind us.
    """

    found: Sequence[tuple[str, str]]
    more: bool = False
    total: int = 0
    days: Sequence[tuple[str, str]] = ()
    places: Sequence[tuple[str, str]] = ()
    offers: Sequence[tuple[str, str]] = ()
    whole_day: bool = False
    near: bool = False
    unknown: bool = False
    passed: bool = False


class Finder(Protocol):
    """What the rooms below can look up while a question is asked."""

    def addresses(self, postcode: str, number: str) -> Sequence[tuple[str, str]]:
        """Return (uprn, text) of the addresses with this number at this postcode."""
        ...

    def postcodes(self, keys: str) -> Sequence[str]:
        """Return the postcodes here that these keys could mean."""
        ...

    def spots(self, words: str) -> Sequence[tuple[str, str]]:
        """Return (pick, text) of the places these words may name."""
        ...

    def times(self, question: Question, wanted: Mapping[str, str], page: int, many: int) -> Times | None:
        """Return the free times for what is looked for, ``many`` at a time; None where the question only takes a wish."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """What carries the conversation: its channel, whether it hears speech, the other side's number, and today."""

    channel: str
    today: date
    find: Finder
    caller: str = ""
    speech: bool = False
    held: Mapping[str, Any] = field(default_factory=dict)

    @property
    def spoken(self) -> bool:
        """Whether it is a call."""
        return self.channel == "voice"

    @property
    def words(self) -> bool:
        """Whether free words can come in."""
        return not self.spoken or self.speech


def choices_of(pairs: Sequence[tuple[str, str]]) -> tuple[Choice, ...]:
    """Return numbered choices of (value, words)."""
    return tuple(Choice(str(number), value, label) for number, (value, label) in enumerate(pairs, 1))
