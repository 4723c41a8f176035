"""Whether a council's systems, taken together, know one person of a name at a door, or two.

Where a date of birth is missing, nothing in two records tells a father from a son of his name: home, telephone, email and
surname are theirs together. What tells is the other records of that door: each system lists everybody it serves once, so
one that lists two of the name, or two dates of birth among all of them, speaks of two people; three systems with
one each, and one date of birth among them, speak of one. The same is said in SQL for bulk (`bulk.linking`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from moothall.customers.matching.rules.person import Person
from moothall.customers.matching.rules.scoring import Score

FEWEST: Final = 3
"""So many systems must list the name at the door, each once, before they vouch for one person."""
MATTERS: Final = (("born", "missing"), ("given", "form"))
"""The levels at which a rule asks whether others vouch; elsewhere nobody need be asked."""


def matters(score: Score) -> bool:
    """Say whether a rule would ask."""
    return any(score.level(field) == level for field, level in MATTERS)


def doors_of(person: Person) -> list[str]:
    """Return the doors, each with a name, at which others may vouch for this record: none without a name and a home."""
    if not person.given_sound or not person.family_sound:
        return []
    names = {person.given_sound, *(f"={root}" for root in person.given_roots or ())}
    homes = []
    if person.uprn:
        homes.append(f"u|{person.uprn}")
    if person.street and person.number:
        homes.append(f"s|{person.street}|{person.number}|{person.outward or ''}")
    return [f"{home}|{person.family_sound}|{name}" for home in homes for name in sorted(names)]


def born_as(dob: str) -> str:
    """Return a date of birth so that day and month swapped is the same."""
    month, day = sorted((dob[5:7], dob[8:10]))
    return f"{dob[:4]}{month}{day}"


def vouched(a: Person, b: Person, around: Iterable[tuple[str, Person]]) -> bool:
    """Say whether the systems speak of one person. `around`: every known record (system, what it says), a and b among them.

    False as well where they do not know enough.
    """
    shared = set(doors_of(a)) & set(doors_of(b))
    if not shared:
        return False
    there: dict[str, list[tuple[str, Person]]] = defaultdict(list)
    for source, person in around:
        for door in shared.intersection(doors_of(person)):
            there[door].append((source, person))
    said = [_one_or_two(records) for records in there.values()]
    return 1 in said and 2 not in said


def _one_or_two(records: list[tuple[str, Person]]) -> int:
    """How many people they speak of: 1, 2 (or more), or 0 where it cannot be told."""
    births = {born_as(person.dob) for _, person in records if person.dob}
    sources = {source for source, _ in records}
    two = (
        len(births) > 1
        or len(records) > len(sources)
        or len({person.middles[0][:1] for _, person in records if person.middles}) > 1
        or any(person.generation for _, person in records)
        or len({person.sex for _, person in records if person.sex}) > 1
    )
    if two:
        return 2
    return 1 if len(sources) >= FEWEST and births else 0
