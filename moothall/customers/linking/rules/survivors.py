"""Whose word counts, field by field, where several records speak of one person. Pure.

Rules: ``own`` the survivor's own word, then the other members' own, then the systems by trust; ``trusted`` the systems by
trust, then own words; ``latest`` whatever was said last; ``fullest`` the longest (`Alexandra` before `A`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

UNITS: Final[dict[str, tuple[str, ...]]] = {
    "title": ("title",),
    "given_name": ("given_name",),
    "family_name": ("family_name",),
    "organisation_name": ("organisation_name",),
    "company_number": ("company_number",),
    "date_of_birth": ("date_of_birth",),
    "address": ("address_text", "uprn", "area_code"),
}
"""What is chosen as one: an address never has one record's street and another's number."""
Values = Mapping[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Said:
    """What one record says. ``system`` is empty for a customer's own record; ``rank`` 0 is the survivor's."""

    origin: str
    values: Values
    at: datetime
    system: str = ""
    rank: int = 1


@dataclass(frozen=True, slots=True)
class Chosen:
    """The value of one field and whose it is."""

    value: str | int | None
    origin: str


def choose(said: Sequence[Said], rules: Mapping[str, str], trust: Sequence[str]) -> dict[str, Chosen]:
    """Return every field's value. The order of ``said`` does not matter; nobody's word gives the survivor's own blank."""
    own = next(one for one in said if not one.system and one.rank == 0)
    chosen: dict[str, Chosen] = {}
    for unit, fields in UNITS.items():
        speaking = [one for one in said if one.values.get(fields[0])]
        best = _best(speaking, rules.get(unit, "own"), trust, fields[0]) or own
        for name in fields:
            chosen[name] = Chosen(best.values.get(name), best.origin)
    return chosen


def _best(said: Sequence[Said], rule: str, trust: Sequence[str], field: str) -> Said | None:
    if not said:
        return None
    ranks = {code: place for place, code in enumerate(trust)}

    def by_trust(one: Said) -> int:
        return ranks.get(one.system, len(ranks)) if one.system else len(ranks) + 1

    def latest(one: Said) -> float:
        return -one.at.timestamp()

    if rule == "latest":
        return min(said, key=lambda one: (latest(one), by_trust(one), one.rank, one.origin))
    if rule == "trusted":
        return min(said, key=lambda one: (by_trust(one), one.rank, latest(one), one.origin))
    if rule == "fullest":
        return min(
            said, key=lambda one: (-len(str(one.values[field])), bool(one.system), one.rank, latest(one), one.origin)
        )
    return min(said, key=lambda one: (bool(one.system), one.rank, by_trust(one), latest(one), one.origin))
