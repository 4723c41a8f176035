"""Matching what we took with what a statement says, and naming every difference. Pure; days are dates, money pence.

Each payment of ours and each line of theirs ends in exactly one match or difference. A line belongs to a payment by the
provider's id, else by our reference. What is left is looked at once more: a line whose reference is one slip away from a
payment of the same amount that has no line is that payment under a wrong reference; nothing else is guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Generic, Literal, TypeVar

from moothall.core.money import pounds

Kind = Literal["missing", "duplicate", "wrong_amount", "wrong_reference", "late", "reversed", "split", "unknown"]
NEAR_DAYS: Final = 7
I = TypeVar("I", bound=Hashable)  # noqa: E741 - an id, of ours or of a line
KINDS: Final[dict[str, str]] = {
    "missing": "We took it, and the statement does not have it",
    "duplicate": "The statement has it twice",
    "wrong_amount": "The statement has another amount",
    "wrong_reference": "The statement has it under another reference",
    "late": "It came later than it should",
    "reversed": "The payer’s bank took it back",
    "split": "It came in parts",
    "unknown": "The statement has money that is none of ours",
}


@dataclass(frozen=True, slots=True)
class Ours(Generic[I]):
    """A payment of ours: what we took, when, and under which references. ``seen``: it was matched before."""

    id: I
    provider_id: str
    reference: str
    pence: int
    on: date
    seen: bool = False


@dataclass(frozen=True, slots=True)
class Line(Generic[I]):
    """A line of theirs; minus where money went back."""

    id: I
    provider_id: str
    reference: str
    pence: int
    on: date
    kind: str = "payment"


@dataclass(frozen=True, slots=True)
class Found(Generic[I]):
    """A difference: ours, theirs, or both; ``pence`` is theirs less ours."""

    kind: Kind
    ours: I | None
    line: I | None
    pence: int


@dataclass(slots=True)
class Matched(Generic[I]):
    """What came of it: pairs of ours and line, differences, and what waits for tomorrow's statement."""

    pairs: list[tuple[I, I]] = field(default_factory=list)
    found: list[Found[I]] = field(default_factory=list)
    waiting: list[I] = field(default_factory=list)


def match(ours: Iterable[Ours[I]], lines: Iterable[Line[I]], *, until: date, late_after: int, usual: int) -> Matched[I]:
    """Match all payments with all lines up to a day.

    A payment without a line waits ``late_after`` days before it is missing; a line more than that many days after its
    payment is late. ``usual`` is by how many days a line ordinarily follows: nearer lines win where several could.
    """
    done: Matched[I] = Matched()
    by_provider: dict[str, Ours[I]] = {}
    by_reference: dict[str, Ours[I]] = {}
    every: dict[I, Ours[I]] = {}
    for one in ours:
        every[one.id] = one
        if one.provider_id:
            by_provider[one.provider_id] = one
        by_reference[one.reference] = one
    theirs: dict[I, list[Line[I]]] = defaultdict(list)
    strangers: list[Line[I]] = []
    for line in lines:
        mine = by_provider.get(line.provider_id) if line.provider_id else None
        mine = mine or by_reference.get(plain(line.reference))
        if mine is None:
            strangers.append(line)
        else:
            theirs[mine.id].append(line)
    for id_, found in theirs.items():
        _one(every[id_], found, done, until=until, late_after=late_after, usual=usual)
    alone = [one for one in every.values() if one.id not in theirs and not one.seen]
    _strangers(alone, strangers, done, until=until, late_after=late_after, usual=usual)
    return done


def say_amounts(kind: str, ours: int, more: int) -> str:
    """Return what we took and what the statement has; ``more`` is theirs less ours, as a difference keeps it."""
    took = f"We took {pounds(ours)}"
    match kind:
        case "wrong_amount":
            gap = f"{pounds(abs(more))} {'more' if more > 0 else 'less'}"
            return f"{took}; the statement has {pounds(ours + more)}, {gap}."
        case "missing":
            return f"{took}; the statement has nothing."
        case "duplicate":
            return f"{took}; the statement has {pounds(more)} besides."
        case "reversed":
            return f"{took}; {pounds(abs(more))} of it went back to the payer."
        case "unknown":
            return f"We took nothing; the statement has {'−' if more < 0 else ''}{pounds(abs(more))}."
    return f"{took}; the statement has {pounds(ours)}."


def plain(reference: str) -> str:
    """Return a reference as it compares: capitals, without the spaces and signs people and banks put in."""
    return "".join(character for character in reference.upper() if character.isalnum())


def _one(mine: Ours[I], lines: list[Line[I]], done: Matched[I], *, until: date, late_after: int, usual: int) -> None:
    """One payment and all the lines that name it."""
    plus = sorted((line for line in lines if line.pence > 0), key=lambda line: line.on)
    minus = [line for line in lines if line.pence < 0]
    exact = [line for line in plus if line.pence == mine.pence]
    total = sum(line.pence for line in plus)
    if mine.seen:
        for extra in plus:
            done.pairs.append((mine.id, extra.id))
            done.found.append(Found("duplicate", mine.id, extra.id, extra.pence))
    elif plus and total < mine.pence and until - plus[-1].on <= timedelta(days=usual):
        done.waiting.append(mine.id)  # the rest may come with the next statement
    elif exact:
        first = exact[0]
        done.pairs.append((mine.id, first.id))
        if first.on - mine.on > timedelta(days=late_after):
            done.found.append(Found("late", mine.id, first.id, 0))
        for extra in plus:
            if extra is not first:
                done.pairs.append((mine.id, extra.id))
                done.found.append(Found("duplicate", mine.id, extra.id, extra.pence))
    elif len(plus) > 1 and total == mine.pence:
        done.pairs += [(mine.id, line.id) for line in plus]
        done.found.append(Found("split", mine.id, plus[0].id, 0))
    elif plus:
        done.pairs += [(mine.id, line.id) for line in plus]
        done.found.append(Found("wrong_amount", mine.id, plus[0].id, total - mine.pence))
    else:
        done.waiting.append(mine.id)
    for line in minus:
        done.pairs.append((mine.id, line.id))
        if line.kind != "refund":
            done.found.append(Found("reversed", mine.id, line.id, line.pence))


def _strangers(
    alone: list[Ours[I]], strangers: list[Line[I]], done: Matched[I], *, until: date, late_after: int, usual: int
) -> None:
    """Payments without a line and lines without a payment: a slip in a reference, or really missing and unknown."""
    by_amount: dict[int, list[Ours[I]]] = defaultdict(list)
    for one in alone:
        by_amount[one.pence].append(one)
    taken: set[I] = set()
    for line in strangers:
        near = [
            one
            for one in by_amount.get(line.pence, ())
            if one.id not in taken
            and timedelta(0) <= line.on - one.on <= timedelta(days=NEAR_DAYS)
            and is_slip(plain(line.reference), one.reference)
        ]
        near.sort(key=lambda one: abs((line.on - one.on).days - usual))
        if len(near) == 1 or (len(near) > 1 and near[0].on != near[1].on):
            mine = near[0]
            taken.add(mine.id)
            done.pairs.append((mine.id, line.id))
            done.found.append(Found("wrong_reference", mine.id, line.id, 0))
        elif line.kind != "refund":
            done.found.append(Found("unknown", None, line.id, line.pence))
    for one in alone:
        if one.id in taken:
            continue
        if until - one.on > timedelta(days=late_after):
            done.found.append(Found("missing", one.id, None, -one.pence))
        else:
            done.waiting.append(one.id)


def is_slip(theirs: str, ours: str) -> bool:
    """Whether one reference is the other with a slip: a character wrong, left out or too many, two swapped, cut short."""
    if theirs == ours or not theirs:
        return False
    if ours.startswith(theirs) and len(theirs) >= len(ours) - 3:
        return True
    if len(theirs) == len(ours):
        wrong = [place for place, (a, b) in enumerate(zip(theirs, ours, strict=True)) if a != b]
        if len(wrong) == 1:
            return True
        if len(wrong) != 2 or wrong[1] != wrong[0] + 1:
            return False
        first, second = wrong
        return theirs[first] == ours[second] and theirs[second] == ours[first]
    short, long = sorted((theirs, ours), key=len)
    if len(long) - len(short) != 1:
        return False
    place = next((n for n, character in enumerate(short) if character != long[n]), len(short))
    return short[place:] == long[place + 1 :]
