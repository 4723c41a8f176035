"""Whose letter it is and what about, judged from what it says against what we hold: sure, or for a person to look at.

Each thing that a letter says weighs so much for or against a person, and for or against each of her cases: the tenth
logarithm of how much likelier it is to stand there if she wrote it, or if it is about that case. The weights are written
out (`WEIGHTS`, `about.py`); a letter is filed by itself only when enough of them come together (`ENOUGH`), the next
best explanation is a hundred times less likely (`MARGIN`), and nothing speaks against it. Everything else is shown to a
person with its reasons.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Final
from uuid import UUID

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from moothall.postroom.rules.about import speaks_for, which_case
from moothall.postroom.rules.clues import Clues
from moothall.postroom.rules.shapes import (
    ENOUGH,
    FAMILY,
    FULL,
    INITIAL,
    MARGIN,
    NEARLY,
    NONE,
    WHOLLY,
    Case,
    Evidence,
    Judgement,
    Person,
)

_PLAIN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
SHOWN_FROM: Final = 1.6
"""Who has less weight is not shown at all."""
_DIGITS: Final = str.maketrans(
    {"o": "0", "i": "1", "l": "1", "s": "5", "b": "8", "z": "2", "g": "6", "a": "4", "t": "7"}
)


def weigh(clues: Clues, person: Person, *, named: str = "", about: tuple[float, bool] = (0.0, False)) -> Evidence:
    """Return what in the letter speaks for one person. ``about`` is what speaks for a case of hers (`about.speaks_for`)."""
    words = clues.words
    name, to_the_letter = _name_level(words, person)
    other_given = name == FAMILY and _has_another_given(clues.names, person)
    return Evidence(
        person=person, name=name, postcode=_postcode_said(clues, person.address), house=_house_said(words, person.address),
        born=person.born is not None and clues.says_day(person.born),
        point=any(_same_point(one, clues) for one in person.points), named=named or ("near" if about[1] else ""),
        to_the_letter=to_the_letter, other_given=other_given, about=0.0 if named else about[0],
    )  # fmt: skip


def judge(
    clues: Clues, people: Iterable[Person], cases: Sequence[Case], *, coded: Iterable[str] = (), today: date,
    other_names: Mapping[str, tuple[UUID | None, UUID | None]] | None = None,
) -> Judgement:  # fmt: skip
    """Return whose letter it is and which case it is about, how surely, and why not more surely.

    ``cases`` are those that a reference of the letter names and those of the people; ``coded`` are references read from a
    printed code, which cannot be misread. ``other_names`` are references of earlier contacts: of whom, about which case.
    """
    by_reference = {case.reference: case for case in cases}
    by_id = {case.id: case for case in cases}
    touched = dict(other_names or {})
    by_reference |= {ref: by_id[case_id] for ref, (_, case_id) in touched.items() if case_id in by_id}
    coded = tuple(coded)
    said: dict[UUID, str] = {}
    about: dict[str, Case] = {}
    for how, references in (("code", coded), ("exact", clues.references), ("mended", clues.mended)):
        for reference in references:
            case = by_reference.get(reference)
            if case is not None and case.customer_id is not None and not (how == "mended" and about):
                about.setdefault(reference, case)
                said.setdefault(case.customer_id, how)
    known = {person.id: person for person in people}
    for person in known.values():
        for how, references in (("code", coded), ("exact", clues.references), ("mended", clues.mended)):
            if person.reference in references or any(touched.get(one, (None,))[0] == person.id for one in references):
                said.setdefault(person.id, how)
    owned: dict[UUID, list[Case]] = {}
    for case in cases:
        if case.customer_id is not None:
            owned.setdefault(case.customer_id, []).append(case)
    weighed = sorted(
        (
            weigh(
                clues, person, named=said.get(person.id, ""), about=speaks_for(clues, owned.get(person.id, ()), today)
            )
            for person in known.values()
        ),
        key=lambda one: (-one.weight, one.person.name, str(one.person.id)),
    )
    shown = _signed_first([one for one in weighed if one.weight >= SHOWN_FROM][:6])
    if not shown:
        named_case = next(iter(about.values()), None)
        return Judgement(case_id=named_case.id if named_case else None, doubts=("Nobody we know was found in it.",))
    best, doubts = shown[0], []
    if not best.enough:
        doubts.append("Too little of what it says is known to us.")
    rivals = [one for one in shown[1:] if _rivals(one, best)]
    if rivals:
        doubts.append(_fits_as_well(rivals[0].person, best.person))
    if about and all(case.customer_id != best.person.id for case in about.values()):
        doubts.append("The reference is of somebody else’s case.")
    hers = owned.get(best.person.id, [])
    stood = {case.id for case in about.values()}
    found = which_case(clues, hers, [case for case in hers if case.id in stood], today)
    reason = found.reason or (best.reasons[0] if found.case_id and best.named else "")
    sure = not doubts
    return Judgement(
        shown, sure, found.case_id, reason, sure and found.sure,
        tuple(doubts or _case_doubts(found.sure, found.case_id)),
    )  # fmt: skip


def _case_doubts(sure_case: bool, case_id: UUID | None) -> tuple[str, ...]:
    if sure_case:
        return ()
    return (
        "It may be about this case, but names neither its reference nor its day."
        if case_id
        else "It may be about a case of theirs, or something new.",
    )


def _signed_first(weighed: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Put whose whole name stands there before a relative of another first name, whose reference it may bear.

    Nothing is filed by that alone: the relative fits as well, and so a person looks.
    """
    first = weighed[0] if weighed else None
    if first is not None and first.other_given:
        for one in weighed[1:]:
            if one.name == FULL and one.person.family.lower() == first.person.family.lower():
                return (one, *(other for other in weighed if other is not one))
    return tuple(weighed)


def _fits_as_well(other: Person, best: Person) -> str:
    """Who else it may be, told from the first by what differs: the year of birth, else the first line of the address."""
    if other.name != best.name:
        return f"{other.name} fits as well."
    if other.born is not None and best.born is not None and other.born.year != best.born.year:
        return f"{other.name}, born {other.born.year}, fits as well."
    if other.address and other.address != best.address:
        return f"{other.name} of {other.address.split(',', maxsplit=1)[0]} fits as well."
    if other.born != best.born:
        told = f"born {other.born.day}/{other.born.month}/{other.born.year}" if other.born else "date of birth not held"
        return f"{other.name}, {told}, fits as well."
    return f"Another record of {other.name} fits as well, with the same address and date of birth."


def _rivals(other: Evidence, best: Evidence) -> bool:
    """Whether somebody else fits so well that a person must choose.

    A father and son of one name in one house are told apart by the reference that one of them was given, or by a date
    of birth; two of one household with like names (John, Joan) by the name that stands there to the letter. A
    daughter who writes for her mother under her mother's reference fits too: somebody looks whether she may.
    """
    if other.named and (other.name >= FAMILY or other.named == best.named):
        return True
    one_name = (other.person.given, other.person.family) == (best.person.given, best.person.family)
    if one_name and not other.born and (best.named in {"code", "exact"} or best.about - other.about >= MARGIN):
        return False
    if best.born and not other.born and other.person.born is not None and not other.named:
        return False
    if best.weight - other.weight < MARGIN and other.weight >= ENOUGH - MARGIN:
        return True
    if best.to_the_letter and not other.to_the_letter and other.person.family == best.person.family:
        return False
    if best.named:
        return other.enough
    return other.name == FULL and (other.enough or bool(other.house or other.postcode))


def _name_level(words: Sequence[str], person: Person) -> tuple[int, bool]:
    """How much of a name stands there, and whether it stands there to the letter."""
    family, given = _plain(person.family or person.name), _plain(person.given)
    if not family:
        return NONE, False
    best, exact = NONE, False
    for place in range(len(words) - len(family) + 1):
        if not all(like(words[place + n], part) for n, part in enumerate(family)):
            continue
        best = max(best, FAMILY)
        before = words[max(0, place - 3) : place]
        if given and before:
            if any(like(one, given[0]) for one in before):
                best = FULL
                exact = exact or (given[0] in before and list(words[place : place + len(family)]) == family)
            if any(len(one) == 1 and one == given[0][0] for one in before):
                best = max(best, INITIAL)
        elif not given:
            best = FULL
    return best, exact


def _has_another_given(names: Iterable[str], person: Person) -> bool:
    """Whether somebody is named in the letter who has the surname and another first name or initial."""
    family, given = _plain(person.family or person.name), _plain(person.given)
    if not family or not given:
        return False
    for name in names:
        words = _plain(name)
        if len(words) <= len(family) or not all(
            like(one, part) for one, part in zip(words[-len(family) :], family, strict=True)
        ):
            continue
        before = words[: -len(family)]
        if not any(like(one, part) or one == part[0] for one in before for part in given):
            return True
    return False


def like(read: str, held: str) -> bool:
    """Whether a read word is this one, with a slip for each five letters forgiven."""
    if read == held:
        return True
    if len(held) < 4 or abs(len(read) - len(held)) > 1:
        return False
    plain = read.replace("rn", "m").replace("0", "o").replace("1", "l").replace("5", "s").replace("vv", "w")
    alike = plain[0] == held[0] or plain[1:] == held[1:] or plain == held[1:]
    return alike and fuzz.ratio(plain, held) >= (84 if len(held) > 5 else 75)


def _plain(text: str) -> list[str]:
    return [one.lower() for one in _PLAIN.findall(text)]


def _postcode_of(address: str) -> str:
    found = re.findall(r"\b([A-Z]{1,2}\d[A-Z\d]?)\s?(\d[A-Z]{2})\b", address.upper())
    return f"{found[-1][0]} {found[-1][1]}" if found else ""


def _postcode_said(clues: Clues, address: str) -> int:
    held = _postcode_of(address)
    if not held:
        return 0
    if held in clues.postcodes:
        return WHOLLY
    plain = held.replace(" ", "").lower()
    pairs = (
        (*clues.words, *(a + b for a, b in pairwise(clues.words)), *(one.replace(" ", "").lower() for one in clues.postcodes))
    )  # fmt: skip
    near = any(
        abs(len(one) - len(plain)) <= 1
        and any(c.isdigit() for c in one)
        and Levenshtein.distance(one, plain, score_cutoff=1) <= 1
        for one in pairs
    )  # fmt: skip
    return NEARLY if near else 0


def _house_said(words: Sequence[str], address: str) -> int:
    """Whether the house number and the street's name stand together in the letter, or either of them with a slip."""
    held = _plain(
        address.split(",", maxsplit=1)[0]
        if not re.match(r"(?i)\s*flat\b", address)
        else " ".join(address.split(",")[:2])
    )
    numbers = [one for one in held if any(c.isdigit() for c in one)]
    street = [
        one for one in held if one.isalpha() and len(one) > 2 and one not in {"flat", "the", "house", "apartment"}
    ]
    if not numbers or not street:
        return 0
    best = 0
    for place, word in enumerate(words):
        if not any(like(one, street[0]) for one in words[place + 1 : place + 4]):
            continue
        near = words[max(0, place - 4) : place]
        if word == numbers[-1] and all(number in near for number in numbers[:-1]):
            return WHOLLY
        if Levenshtein.distance(word.translate(_DIGITS), numbers[-1]) <= (1 if len(numbers[-1]) > 1 else 0):
            best = NEARLY
    return best


def _same_point(held: str, clues: Clues) -> bool:
    if "@" in held:
        return held.lower() in clues.emails
    digits = "".join(one for one in held if one.isdigit())
    digits = f"0{digits[2:]}" if digits.startswith("44") else digits
    return bool(digits) and digits in clues.phones
