"""What the machine may do with a score: join, ask an officer, or leave apart. People of one household are why this exists.

Those who live together share an address, a surname, a telephone and an e-mail address; twins share a date of birth besides,
fathers and sons a name. However high the weight, the machine joins only what these rules allow: the same given name and the
same date of birth, both said, and nothing that speaks of two (ADR 55). Each rule is said once, as sets of levels, and read
both in Python (one pair) and as SQL (millions). What holds between two records holds between all of two sets
(`contradiction`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from moothall.customers.matching.rules.comparing import BORN, GIVEN, compare
from moothall.customers.matching.rules.levels import equal, initial
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
    """A pattern of levels (any of those named, in every field named), with all of `signs`."""

    reason: str
    levels: Mapping[str, frozenset[str]]
    signs: frozenset[str] = frozenset()
    kind: Kind = Kind.REVIEW


def _any(*names: str) -> frozenset[str]:
    return frozenset(names)


_OTHER_GIVEN: Final = _any("differs", "near")
SIGNS: Final = {
    "two_names": "both given names are common ones",
    "middles_differ": "different middle names",
    "generations_differ": "one is the elder, one the younger",
    "half_swapped": "one's given name is the other's family name, but not the other way round",
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
    Rule("Given names a slip apart: twins, or a slip", {"given": _any("slip")}),
    Rule("Forms of one name: may be two of one family", {"given": _any("form")}),
    Rule("Different middle names", {}, _any("middles_differ")),
    Rule(
        "No date of birth to tell parent from child",
        {"born": _any("missing"), "id_number": _any("missing", "slip", "differs")},
    ),
    Rule("Dates of birth differ", {"born": _any("differs", "year", "parts", "year_slip", "slip")}),
    Rule("Sex differs", {"sex": _any("differs")}),
    Rule("Identity numbers differ", {"id_number": _any("differs")}),
    Rule("Family name missing", {"family": _any("missing")}),
    Rule(
        "Names swapped in one part only",
        {"given": _any("swapped"), "family": _any("same", "slip", "part", "near", "differs")},
    ),
    Rule("Names swapped in one part only", {"family": _any("swapped"), "given": _any("same")}),
    Rule("Names swapped in one part only", {"given": _any("swapped")}, _any("half_swapped")),
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
        {"family": _any("slip", "part", "near", "differs"), "born": _any("swapped")},
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
    if _middles_differ(a, b):
        found.add("middles_differ")
    if _two_said(a.generation, b.generation):
        found.add("generations_differ")
    if _half_swapped(a, b):
        found.add("half_swapped")
    return frozenset(found)


def contradiction(a: Person, b: Person) -> str:
    """Return why two records may not be in one set that the machine makes, in words; empty where nothing speaks of two.

    Weights have no part in it, nor has what is not said. It is asked of every two records of the sets that a pair would bring
    together: a record that fits both of two people joins neither to the other.
    """
    given = compare(a, b, GIVEN)
    if given is not None and not _one_name(a, b, given.name):
        return "Given names differ"
    born = compare(a, b, BORN)
    if born is not None and born.name not in {"same", "swapped"}:
        return "Dates of birth differ"
    if _middles_differ(a, b):
        return "Different middle names"
    if _two_said(a.generation, b.generation):
        return "One is the elder, one the younger"
    if _two_said(a.sex, b.sex):
        return "Sex differs"
    if _two_said(a.id_number, b.id_number):
        return "Identity numbers differ"
    return ""


def names_another(before: Person, now: Person) -> bool:
    """Say whether a record that said `before` has come to name somebody else, rather than to say the same better.

    Another given name or date of birth, an elder for a younger, another sex. A marriage is no such thing, nor are a slip
    mended, a short name or an initial written out, a figure of a date put right.
    """
    given, born = compare(before, now, GIVEN), compare(before, now, BORN)
    return (
        (given is not None and given.name in _OTHER_GIVEN)
        or (born is not None and (born.name in {"differs", "year"} or _another_year(born.name, before, now)))
        or _two_said(before.generation, now.generation)
        or _two_said(before.sex, now.sex)
    )


def _one_name(a: Person, b: Person, level: str) -> bool:
    if level == "swapped":
        return not _half_swapped(a, b)
    return level == "same" or (level == "part" and initial(a.given or "", b.given or ""))


def conflict(a: Person, b: Person) -> bool:
    """Say whether two records of one set speak so differently that a person must look, however they came to be in it.

    More than a slip: another given name, another year of birth, another second name, sex, generation or identity number.
    """
    given, born = compare(a, b, GIVEN), compare(a, b, BORN)
    return (
        (given is not None and given.name in _OTHER_GIVEN)
        or (born is not None and born.name not in {"same", "swapped", "slip"})
        or _middles_differ(a, b)
        or _two_said(a.generation, b.generation)
        or _two_said(a.sex, b.sex)
        or _two_said(a.id_number, b.id_number)
    )


def same_name(a: Person, b: Person) -> bool:
    """Say whether two records say the same given and family name, and no different names between."""
    return equal(a.given, b.given) and equal(a.family, b.family) and not _middles_differ(a, b)


def plainly_one(a: Person, b: Person) -> bool:
    """Say whether two records name the same person: given name, family name and date of birth, each said and the same."""
    return same_name(a, b) and equal(a.dob, b.dob)


def _another_year(level: str, before: Person, now: Person) -> bool:
    return level == "parts" and (before.dob or "")[:4] != (now.dob or "")[:4]


def _two_said(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other


def _half_swapped(a: Person, b: Person) -> bool:
    return equal(a.given, b.family) != equal(a.family, b.given)


def _middles_differ(a: Person, b: Person) -> bool:
    """Each says a middle name that the other, saying some, does not say, not even by its initial."""
    if not a.middles or not b.middles:
        return False
    return not (_all_in(a.middles, b.middles) or _all_in(b.middles, a.middles))


def _all_in(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    return all(any(one == other or initial(one, other) for other in others) for one in some)


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
    return rule.signs <= signs and all(score.level(field) in levels for field, levels in rule.levels.items())
