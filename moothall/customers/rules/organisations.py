"""When two names are of one organisation: legal forms, small words and their order say nothing. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rapidfuzz.distance import JaroWinkler

from moothall.customers.rules.writing import words_of

LEGAL_FORMS: Final = frozenset(
    "ltd limited plc llp lp cic cio co company inc incorporated uk gb group holdings trading ta the and of".split()  # noqa: SIM905
)
ALIKE: Final = 0.88
"""From how near two words are taken for one: a letter or two apart."""


SAME: Final = 0.66
"""From how alike two names are shown as perhaps the same: two words of three."""
ONE_NAME: Final = 0.95
"""From where they are the same name, whatever its legal form and small words."""


class Agreement(StrEnum):
    """What two records of organisations agree in, the surest first."""

    NUMBER = "number"
    PLACE = "place"
    NAME = "name"
    ELSEWHERE = "elsewhere"


WHY: Final = {
    Agreement.NUMBER: "the same company number", Agreement.PLACE: "a name like it, at the same postcode",
    Agreement.NAME: "a name like it", Agreement.ELSEWHERE: "the same name, at another postcode",
}  # fmt: skip
LIKELY: Final = frozenset({Agreement.NUMBER, Agreement.PLACE})
"""What is looked at by a records officer when somebody took it down as new all the same."""


@dataclass(frozen=True, slots=True)
class Firm:
    """What tells one organisation from another; what is not known is empty."""

    name: str
    postcode: str = ""
    company_number: str = ""


def agreement(one: Firm, other: Firm) -> Agreement | None:
    """Return in what two organisations agree, ``None`` where they are two.

    The number of the register decides where both have one, but for a slip: the same name at the same postcode is still asked.
    The name alone never decides; the same name at another address may be a branch, a name like it there is another firm.
    """
    numbers = one.company_number and other.company_number
    if numbers and one.company_number == other.company_number:
        return Agreement.NUMBER
    near = likeness(one.name, other.name)
    here = bool(one.postcode) and one.postcode == other.postcode
    if numbers:
        return Agreement.PLACE if here and near >= ONE_NAME else None
    if near < SAME:
        return None
    if here:
        return Agreement.PLACE
    if one.postcode and other.postcode:
        return Agreement.ELSEWHERE if near >= ONE_NAME else None
    return Agreement.NAME


def name_words(name: str) -> tuple[str, ...]:
    """Return the words that make an organisation's name its own, by the alphabet; all where none would be left."""
    said = words_of(name.replace("&", " and "))
    own = [word for word in said if word not in LEGAL_FORMS]
    return tuple(sorted(set(own or said)))


def likeness(one: str, other: str) -> float:
    """Return how far two names are of one organisation, from 0 to 1: words of the one that the other has too, both ways."""
    mine, theirs = name_words(one), name_words(other)
    if not mine or not theirs:
        return 0.0
    met = sum(1 for word in mine if any(JaroWinkler.similarity(word, held) >= ALIKE for held in theirs))
    met += sum(1 for word in theirs if any(JaroWinkler.similarity(word, held) >= ALIKE for held in mine))
    return met / (len(mine) + len(theirs))
