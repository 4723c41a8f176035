"""When two records are of one organisation: by the numbers of registers, never by a name alone. Pure (adr/0078).

Weights are said here, not learnt: a number decides, and the rest is there for an officer to see in what order to look.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from rapidfuzz.distance import OSA

from moothall.customers.matching.rules.deciding import Kind
from moothall.customers.rules.organisations import ONE_NAME, SAME, Firm, likeness, name_said
from moothall.customers.rules.writing import postcode_in

SAME_NUMBER: Final = {"company_number": 22.0, "charity_number": 20.0, "vat_number": 12.0}
OTHER_NUMBER: Final = {"company_number": -22.0, "charity_number": -20.0, "vat_number": -4.0}
NUMBERS: Final = {"company_number": "company number", "charity_number": "charity number", "vat_number": "VAT number"}


class FirmPart(NamedTuple):
    """What one field speaks, as an officer reads it; ``weight`` is log2 of the odds."""

    field: str
    level: str
    weight: float
    words: str


@dataclass(frozen=True, slots=True)
class FirmsWeighed:
    """How alike two organisations are, what may be done of it, and why."""

    kind: Kind
    weight: float
    parts: tuple[FirmPart, ...]
    reason: str


def firm_of(said: Mapping[str, str]) -> Firm:
    """Return what a record's fields say of an organisation, as it is compared."""
    postcode = postcode_in(said.get("postcode", "")) or postcode_in(said.get("address", ""))
    return Firm(
        name_said(said), "".join(postcode) if postcode else "", said.get("company_number", ""),
        said.get("charity_number", ""), said.get("vat_number", ""), said.get("uprn", ""),
    )  # fmt: skip


def keys_of_firm(firm: Firm) -> list[str]:
    """Return what another record of the organisation may share with this one: its numbers, its door, its postcode.

    The letter before each keeps registers apart: a Scottish company and a Scottish charity may both be `SC012345`.
    """
    known = (
        ("c", firm.company_number), ("h", firm.charity_number), ("v", firm.vat_number), ("u", firm.uprn),
        ("p", firm.postcode),
    )  # fmt: skip
    return [f"{letter}:{value}" for letter, value in known if value]


def weigh_firms(one: Firm, other: Firm) -> FirmsWeighed:
    """Return how alike two organisations are. The same, whichever comes first.

    AUTO only where a company or charity number is the same, none contradicts, and the names are alike. A VAT number alone
    is for a person: a group of companies shares one.
    """
    near = likeness(one.name, other.name)
    parts = [part for field in NUMBERS if (part := _number(field, getattr(one, field), getattr(other, field)))]
    parts += [_name(near), *_place(one, other)]
    kind, reason = _decide(one, other, near)
    return FirmsWeighed(kind, round(sum(part.weight for part in parts), 4), tuple(parts), reason)


def firms_contradict(one: Firm, other: Firm) -> str:
    """Return why two cannot be one organisation, as far as a machine may judge, or nothing."""
    for field in ("company_number", "charity_number"):
        mine, theirs = getattr(one, field), getattr(other, field)
        if mine and theirs and mine != theirs:
            return f"Their {NUMBERS[field]}s differ"
    return ""


def another_firm(before: Firm, now: Firm) -> str:
    """Return why a record that spoke of one organisation now speaks of another, or nothing.

    A number that stays keeps the organisation, whatever it calls itself now; without one, a name far from the old is another.
    """
    if why := firms_contradict(before, now):
        return why
    for field in ("company_number", "charity_number"):
        if getattr(now, field) and getattr(before, field) == getattr(now, field):
            return ""
    return "Their names are far apart" if likeness(before.name, now.name) < SAME else ""


def _decide(one: Firm, other: Firm, near: float) -> tuple[Kind, str]:
    door = bool(one.uprn) and one.uprn == other.uprn
    here = door or (bool(one.postcode) and one.postcode == other.postcode)
    companies, charities = _both(one, other, "company_number"), _both(one, other, "charity_number")
    if companies is False:
        slip = OSA.distance(one.company_number, other.company_number) == 1
        if slip and here and near >= ONE_NAME:
            return Kind.REVIEW, "Company numbers a slip apart"
        return Kind.APART, "Their company numbers differ"
    if charities is False:
        if companies:
            return Kind.REVIEW, "The same company number, but different charity numbers"
        return Kind.APART, "Their charity numbers differ"
    if companies or charities:
        said = NUMBERS["company_number" if companies else "charity_number"]
        if near >= SAME:
            return Kind.AUTO, f"The same {said}, and names alike"
        return Kind.REVIEW, f"The same {said}, but names far apart"
    if _both(one, other, "vat_number"):
        return Kind.REVIEW, "The same VAT number, which companies of a group share"
    if door and near >= SAME:
        return Kind.REVIEW, "Names alike at one property, and no number that says it"
    if here and near >= ONE_NAME:
        return Kind.REVIEW, "The same name at one postcode, and no number that says it"
    return Kind.APART, "No number and no place that they share"


def _both(one: Firm, other: Firm, field: str) -> bool | None:
    """Whether both have the same number; none where either has no number."""
    mine, theirs = getattr(one, field), getattr(other, field)
    return mine == theirs if mine and theirs else None


def _number(field: str, mine: str, theirs: str) -> FirmPart | None:
    if not (mine and theirs):
        return None
    if mine == theirs:
        return FirmPart(field, "same", SAME_NUMBER[field], f"the same {NUMBERS[field]}")
    return FirmPart(field, "differs", OTHER_NUMBER[field], f"another {NUMBERS[field]}")


def _name(near: float) -> FirmPart:
    if near >= ONE_NAME:
        return FirmPart("name", "same", 10.0, "the same name, but for its legal form and small words")
    if near >= SAME:
        return FirmPart("name", "close", 6.0, "a name like it")
    return FirmPart("name", "differs", -8.0, "names far apart")


def _place(one: Firm, other: Firm) -> list[FirmPart]:
    if one.uprn and one.uprn == other.uprn:
        return [FirmPart("property", "same", 7.0, "the same property")]
    if one.postcode and one.postcode == other.postcode:
        return [FirmPart("postcode", "same", 4.0, "the same postcode")]
    return []
