"""People, cases, evidence and judgements as the post room's rules see them, and what each thing weighs. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

WEIGHTS: Final = {
    "code": 9.0, "exact": 7.0, "mended": 4.5, "full": 3.5, "initial": 2.3, "family": 1.3, "no_name": -1.5,
    "postcode": 3.0, "postcode_nearly": 1.5, "no_postcode": -0.7, "house": 3.2, "house_nearly": 1.2, "no_house": -0.8,
    "born": 3.5, "point": 4.0,
}  # fmt: skip
"""What each thing weighs for a person (tenth logarithms). Two residents of a large town share a full name about once in three
thousand, a postcode once in a thousand; a reference whose check character fits by chance is one of ours once in many
thousands."""
ENOUGH: Final = 5.0
MARGIN: Final = 2.0
FULL, INITIAL, FAMILY, NONE = 3, 2, 1, 0
_NAME_WORDS: Final = {FULL: "Full name", INITIAL: "Surname and initial", FAMILY: "Surname"}
ANOTHER_GIVEN: Final = "Surname, with another first name"
MOST_POINTS: Final = 24.0
"""Weight of all that a letter can say for somebody, near enough: what 100 points are."""
ANOTHER_POINTS: Final = 40
"""So many points are shown at most where the letter names somebody else of the surname."""
_NAME_WEIGHS: Final = {FULL: "full", INITIAL: "initial", FAMILY: "family", NONE: "no_name"}
NEARLY, WHOLLY = 1, 2


@dataclass(frozen=True, slots=True)
class Person:
    """What we hold of somebody who may have written."""

    id: UUID
    name: str
    given: str
    family: str
    address: str
    born: date | None = None
    points: tuple[str, ...] = ()
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A case of such a person: its reference, the day it was opened, words of its service, whether it is open."""

    id: UUID
    reference: str
    customer_id: UUID | None
    service: str
    opened: date
    is_open: bool
    phrases: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What in a letter speaks for one person. ``points`` (0–100) orders people; ``reasons`` are for whoever looks.

    ``postcode`` and ``house`` are 0, ``NEARLY`` (read with a slip) or ``WHOLLY``.
    """

    person: Person
    name: int
    postcode: int
    house: int
    born: bool
    point: bool
    named: str
    """The reference that leads to her: ``code``, ``exact``, ``mended``, ``near`` (like one of hers) or empty."""
    to_the_letter: bool = False
    """Her given name and surname stand there without any slip."""
    other_given: bool = False
    """Her surname stands there only behind another first name: somebody of her family wrote, or a namesake."""
    about: float = 0.0
    """What speaks for one of her cases, and so for her: a reference like its own, or its service and its day."""

    @property
    def weight(self) -> float:
        """How much likelier the letter is to say this if she wrote it than if anybody else did (tenth logarithm)."""
        total = WEIGHTS.get(self.named, 0.0) + WEIGHTS[_NAME_WEIGHS[self.name]]
        total += (WEIGHTS["no_postcode"], WEIGHTS["postcode_nearly"], WEIGHTS["postcode"])[self.postcode]
        total += (WEIGHTS["no_house"], WEIGHTS["house_nearly"], WEIGHTS["house"])[self.house]
        return total + self.about + WEIGHTS["born"] * self.born + WEIGHTS["point"] * self.point

    @property
    def points(self) -> int:
        """How much speaks for her, of 100, for the screen: somebody of another first name never comes near the writer.

        It grows more slowly the more there is, so that two of whom much speaks are not both at the end of the scale.
        """
        share = 1 - (1 - max(0.0, min(1.0, self.weight / MOST_POINTS))) ** 2
        return min(round(100 * share), ANOTHER_POINTS if self.other_given else 100)

    @property
    def reasons(self) -> tuple[str, ...]:
        """What speaks for her, in words."""
        said = {
            "code": "The code printed on our letter", "exact": "Our reference", "mended": "Our reference, read with a slip",
            "near": "A reference like that of her case",
        }.get(self.named)  # fmt: skip
        places = ("", "House or street, read with a slip", "House and street")[self.house]
        postcode = ("", "Postcode, read with a slip", "Postcode")[self.postcode]
        name = ANOTHER_GIVEN if self.other_given else _NAME_WORDS.get(self.name)
        parts: list[str | None] = [said, name, places, postcode]
        parts += ["Date of birth" if self.born else None, "Telephone or email" if self.point else None]
        return tuple(str(one) for one in parts if one)

    @property
    def enough(self) -> bool:
        """Whether she may be taken for the writer if nobody else fits: enough weight, of two kinds that are independent.

        Without a reference the whole name must stand there: a surname is shared by a household, an initial by a couple.
        """
        if self.weight < ENOUGH:
            return False
        if self.named:
            at_home = (
                bool(self.house or self.postcode)
                if self.named in {"code", "exact"}
                else self.house == self.postcode == WHOLLY
            )
            return self.name >= FAMILY or self.born or at_home
        return self.name == FULL


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is proposed. ``sure`` (person) and ``sure_case`` (case, or that there is none) may be filed without a person."""

    people: tuple[Evidence, ...] = ()
    sure: bool = False
    case_id: UUID | None = None
    case_reason: str = ""
    sure_case: bool = False
    doubts: tuple[str, ...] = ()
    others: tuple[UUID, ...] = field(default=())

    @property
    def best(self) -> Evidence | None:
        """Who most probably wrote."""
        return self.people[0] if self.people else None
