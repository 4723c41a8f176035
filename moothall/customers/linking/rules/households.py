"""Who lives together, as far as records say: a household is an address and what binds those at it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Final
from uuid import UUID

from moothall.customers.rules.writing import words_of

MOST_AT_ONE_DOOR: Final = 12
"""More people at one address are a home, a hostel or a block without flats: nothing is said of who lives with whom."""
GENERATION: Final = 16
"""Years between two of one family name from which they are taken for a generation apart."""

RELATIONS: Final = {
    "generation": "same family name, a generation apart",
    "name": "same family name, of an age",
    "family": "same family name",
    "reach": "same telephone or email",
    "address": "same address",
}
"""What binds two people at an address, the strongest first: code and words."""


@dataclass(frozen=True, slots=True)
class Resident:
    """One person at an address, as far as it matters here. ``reach`` are normalised numbers and e-mail addresses."""

    id: UUID
    family_name: str
    born: date | None = None
    reach: frozenset[str] = frozenset()


def relation(one: Resident, other: Resident) -> str:
    """Return the code of what binds two people at one address. It says nothing of marriage or descent: nobody told us."""
    if _family(one) & _family(other):
        if one.born is None or other.born is None:
            return "family"
        apart = abs((one.born - other.born).days) / 365.25
        return "generation" if apart >= GENERATION else "name"
    return "reach" if one.reach & other.reach else "address"


def ties(people: Sequence[Resident]) -> dict[tuple[UUID, UUID], str]:
    """Return every two of an address, the smaller id first, with what binds them; none where too many live there."""
    if len(people) > MOST_AT_ONE_DOOR:
        return {}
    ordered = sorted(people, key=lambda one: one.id)
    return {(one.id, other.id): relation(one, other) for one, other in combinations(ordered, 2)}


def _family(one: Resident) -> set[str]:
    return {word for word in words_of(one.family_name) if len(word) > 1}
