"""Which kind of council does what is on the nation's list. Pure.

A list says of each service which tier provides it, in the words of GOV.UK's own list of local services: `county/unitary`,
`district/unitary` or `all`. A council says what kind it is in its pack, in the words of the Office for National Statistics.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

TIERS: Final = frozenset({"county", "district", "unitary", "all"})


class DoneBy(StrEnum):
    """Who does something on the list, as seen from one council."""

    US = "us"
    COUNTY = "county"
    DISTRICT = "district"
    UNKNOWN = "unknown"


def tier_of(text: str) -> str | None:
    """Return a tier as a list writes it, in order and small letters; ``None`` where it is none that is known."""
    parts = sorted({part.strip().casefold() for part in text.split("/") if part.strip()})
    return "/".join(parts) if TIERS.issuperset(parts) else None


def done_by(tier: str, kind: str) -> DoneBy:
    """Return who does a service of a tier, where the council is of this kind.

    A district of a county shares its people with the county council; every other kind of council does both councils' work.
    """
    tiers, plain = set(tier.split("/")), kind.casefold()
    if not tier:
        return DoneBy.UNKNOWN
    if "all" in tiers or {"county", "district"} <= tiers:
        return DoneBy.US
    if "district" in plain and plain.startswith("non-metropolitan"):
        return DoneBy.US if "district" in tiers else DoneBy.COUNTY if "county" in tiers else DoneBy.UNKNOWN
    if "county" in plain:
        return DoneBy.US if "county" in tiers else DoneBy.DISTRICT if "district" in tiers else DoneBy.UNKNOWN
    return DoneBy.US if plain else DoneBy.UNKNOWN
