"""What the machine may do with a score: join, ask an officer, or leave apart. People of one household are why this exists.

Those who live together share an address, a surname, a telephone and an e-mail address; twins share a date of birth besides,
fathers and sons a name. However high the weight, the machine joins only what these rules allow; each rule is said once, as
sets of levels, and read both in Python (one pair) and as SQL (millions). What the other records of the door say
(`rules.vouching`) may lift two of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from moothall.customers.matching.rules.person import Person
from moothall.customers.matching.rules.scoring import Frequency, Model, Score, never


class Kind(StrEnum):
    """What is done with a pair."""

    AUTO = "auto"
    REVIEW = "review"
    APART = "apart"


@dataclass(frozen=True, slots=True)
class Decision:
    """What is done with a pair, and why, in words for an officer."""

    kind: Kind
    reason: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern of levels (any of those named, in every field named), with all of `signs` and none of `unless`."""

    reason: str
    levels: Mapping[str, frozenset[str]]
    signs: frozenset[str] = frozenset()
    kind: Kind = Kind.REVIEW
    unless: frozenset[str] = frozenset()


def _any(*names: str) -> frozenset[str]:
    return frozenset(names)


_OTHER_GIVEN: Final = _any("differs", "near")
SIGNS: Final = {
    "two_names": "both given names are common ones",
    "middles_differ": "different middle names",
    "generations_differ": "one is the elder, one the younger",
    "vouched": "three systems or more know one person of the name at that door, and none knows two",
}
APART: Final = (
    Rule(
        "Different given names: people of one household",
        {"given": _any("differs"), "id_number": _any("missing", "slip", "differs")},
        kind=Kind.APART,
    ),
    Rule(
        "Different given names, born on the same day: twins",
        {"given": _any("near"), "born": _any("same"), "id_number": _any("missing", "slip", "differs")},
        _any("two_names"),
        Kind.APART,
    ),
    Rule("One is the elder, one the younger", {}, _any("generations_differ"), Kind.APART),
)
HELD: Final = (
    Rule("Given names differ", {"given": _any("differs", "near", "part", "missing")}),
    Rule(
        "Given names a letter apart, both of them names: twins, or a slip", {"given": _any("slip")}, _any("two_names")
    ),
    Rule(
        "Forms of one name, both of them names that others bear: may be two of one family",
        {"given": _any("form")},
        _any("two_names"),
        unless=_any("vouched"),
    ),
    Rule("Different middle names", {}, _any("middles_differ")),
    Rule(
        "No date of birth to tell parent from child",
        {"born": _any("missing"), "id_number": _any("missing", "slip", "differs")},
        unless=_any("vouched"),
    ),
    Rule(
        "No date of birth, and neither telephone nor email is the same",
        {
            "born": _any("missing"),
            "id_number": _any("missing", "slip", "differs"),
            "phone": _any("missing", "differs"),
            "email": _any("missing", "near", "differs"),
        },
    ),
    Rule("Dates of birth differ", {"born": _any("differs", "year", "parts", "year_slip")}),
    Rule("Sex differs", {"sex": _any("differs")}),
    Rule("Identity numbers differ", {"id_number": _any("differs")}),
    Rule("Family name missing", {"family": _any("missing")}),
    Rule(
        "Names swapped in one part only",
        {"given": _any("swapped"), "family": _any("same", "slip", "part", "near", "differs")},
    ),
    Rule(
        "Names swapped in one part only",
        {"family": _any("swapped"), "given": _any("same", "slip", "form", "part", "near", "differs")},
    ),
    Rule(
        "Family names differ and the given name is not the same",
        {"family": _any("differs", "near"), "given": _any("form", "slip", "swapped")},
    ),
    Rule(
        "Family names differ, and neither home, telephone nor email is the same",
        {
            "family": _any("differs", "near"),
            "home": _any("missing", "slip", "street", "near", "number", "differs"),
            "phone": _any("missing", "differs"),
            "email": _any("missing", "near", "differs"),
        },
    ),
    Rule(
        "Family names and dates of birth both differ a little",
        {"family": _any("slip", "part", "near", "differs"), "born": _any("swapped", "slip")},
    ),
    Rule(
        "Given names and dates of birth both differ a little",
        {"given": _any("slip", "form", "swapped"), "born": _any("slip")},
    ),
    Rule(
        "Nothing but name and date of birth agrees",
        {
            "home": _any("differs", "number", "near"),
            "phone": _any("differs"),
            "email": _any("differs"),
            "id_number": _any("missing", "differs", "slip"),
        },
    ),
)


def signs_of(a: Person, b: Person, model: Model, frequency: Frequency = never) -> frozenset[str]:
    """Return the signs, beside the levels, that two people of one household are meant. Names as in `SIGNS`."""
    found = set()
    if a.given and b.given and a.given != b.given:
        shares = (frequency("given", a.given), frequency("given", b.given))
        if all((share or 0.0) >= model.rare for share in shares):
            found.add("two_names")
    if a.middles and b.middles and not _any_alike(a.middles, b.middles):
        found.add("middles_differ")
    if a.generation and b.generation and a.generation != b.generation:
        found.add("generations_differ")
    return frozenset(found)


def _any_alike(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    return any(one[:1] == other[:1] for one in some for other in others)


def decision(score: Score, signs: frozenset[str], model: Model) -> Decision:
    """Return what is done with a pair. The machine joins only on `auto`."""
    for rule in APART:
        if _holds(rule, score, signs):
            return Decision(Kind.APART, rule.reason)
    if score.weight < model.review_at:
        return Decision(Kind.APART, "Too little speaks for one person")
    for rule in HELD:
        if _holds(rule, score, signs):
            return Decision(Kind.REVIEW, rule.reason)
    if score.weight < model.auto_at:
        return Decision(Kind.REVIEW, "Not sure enough for the machine")
    return Decision(Kind.AUTO, "Name, date of birth and more agree")


def _holds(rule: Rule, score: Score, signs: frozenset[str]) -> bool:
    return (
        rule.signs <= signs
        and rule.unless.isdisjoint(signs)
        and all(score.level(field) in levels for field, levels in rule.levels.items())
    )
