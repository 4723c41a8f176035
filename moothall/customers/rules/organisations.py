"""When two names are of one organisation: legal forms, small words and their order say nothing. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import groupby
from typing import Final

from rapidfuzz.distance import JaroWinkler

from moothall.customers.rules.writing import words_of

LEGAL_FORMS: Final = frozenset(
    "ltd limited plc llp lp cic cio co company inc incorporated uk gb group holdings trading ta the and of".split()  # noqa: SIM905
)
WRITTEN_OUT: Final = {
    "bros": "brothers", "intl": "international", "svcs": "services", "mfg": "manufacturing", "engrs": "engineers",
    "eng": "engineering", "assn": "association", "assoc": "association", "soc": "society", "hosp": "hospital",
    "univ": "university", "ctr": "centre", "center": "centre", "saint": "st", "mgmt": "management", "mgt": "management",
    "props": "properties", "ent": "enterprises", "constr": "construction", "bldrs": "builders",
}  # fmt: skip
"""Words that clerks shorten, and what they mean."""
ALIKE: Final = 0.88
"""From how near two words are taken for one: a letter or two apart."""
_TRADING = re.compile(r"\bt\s*[/\\]\s*as?\b|(?<=\s)t\.\s?a\.(?=\s)|\btrading\s+(?:as|under)\b", re.IGNORECASE)


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
    charity_number: str = ""
    vat_number: str = ""
    uprn: str = ""


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


def names_in(text: str) -> tuple[str, ...]:
    """Return the names in one line: the organisation's own, then those it trades under (`J Smith Ltd t/a Corner Café`)."""
    parts = (part.strip(" ,;:()-") for part in _TRADING.split(text))
    return tuple(part for part in parts if part)


def says_organisation(said: Mapping[str, str]) -> bool:
    """Say whether what a record says is of an organisation. Somebody who trades under a name is a person."""
    person = said.get("given_name") or said.get("family_name")
    return not person and bool(said.get("organisation_name") or said.get("trading_name"))


def name_said(said: Mapping[str, str]) -> str:
    """Return an organisation's name as a record says it, with the name it trades under; each as it was written."""
    name, trading = said.get("organisation_name", ""), said.get("trading_name", "")
    if not (name and trading):
        return name or trading
    known = any(name_words(part) == name_words(trading) for part in names_in(name))
    return name if known else f"{name} t/a {trading}"


def likeness(one: str, other: str) -> float:
    """Return how far two names are of one organisation, from 0 to 1: words of the one that the other has too, both ways.

    Of one that trades under another name, that of its names counts which is likest.
    """
    ours = [bag for name in names_in(one) or (one,) for bag in _bags(name)]
    theirs = [bag for name in names_in(other) or (other,) for bag in _bags(name)]
    return max((_shared(mine, held) for mine in ours for held in theirs), default=0.0)


@lru_cache(maxsize=20_000)
def _bags(name: str) -> tuple[frozenset[str], ...]:
    """The words of a name written out, and with initials run together where it has several: `A B C` and `ABC`."""
    said = [WRITTEN_OUT.get(word, word) for word in words_of(name.replace("&", " and "))]
    runs = [(single, list(words)) for single, words in groupby(said, key=lambda word: len(word) == 1)]
    together = [word for single, words in runs for word in (["".join(words)] if single else words)]
    bags = (
        frozenset(word for word in words if word not in LEGAL_FORMS) or frozenset(words) for words in (said, together)
    )
    return tuple(bag for bag in dict.fromkeys(bags) if bag)


def _shared(mine: frozenset[str], held: frozenset[str]) -> float:
    met = sum(any(_one_word(word, other) for other in held) for word in mine)
    met += sum(any(_one_word(word, other) for other in mine) for word in held)
    return met / (len(mine) + len(held))


def _one_word(one: str, other: str) -> bool:
    """A letter or two apart; of a number every digit counts."""
    return one == other or (one.isalpha() and other.isalpha() and JaroWinkler.similarity(one, other) >= ALIKE)
