"""Matching what we took with what a statement says, and naming every difference. Pure; days are dates, money pence.

Each payment and refund of ours and each line of theirs ends in a match or a difference. A line belongs to a payment by the
provider's id, whatever reference stands beside it, else by our reference. What is left is looked at once more: a line whose
reference is one slip away from a payment of the same amount that has no line is that payment under a wrong reference; nothing
else is guessed (adr/0058). Lines may come in any order of days, and in files of any day: a payment whose amount was found
wrong is judged again with all its lines when another comes, so that the last word is the same whichever came first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Generic, Literal, TypeVar

from moothall.core.money import pounds

Kind = Literal[
    "missing", "duplicate", "wrong_amount", "wrong_reference", "late", "reversed", "split", "unknown",
    "refund_unknown", "refund_missing",
]  # fmt: skip
NEAR_DAYS: Final = 7
SHORT: Final = 8
"""A reference may be cut behind its eighth character: that many are the payment's own, what follows is the try's number."""

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
    "refund_unknown": "The statement has money going back that we did not send",
    "refund_missing": "We gave it back, and the statement does not have it",
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
class Back(Generic[I]):
    """A refund of ours. ``payment`` is the one it is of; ``seen``: it was matched before."""

    id: I
    provider_id: str
    payment: I
    pence: int
    on: date
    seen: bool = False


@dataclass(frozen=True, slots=True)
class Line(Generic[I]):
    """A line of theirs; minus where money went back. ``told``: it is of a wrong amount that was named before and is open."""

    id: I
    provider_id: str
    reference: str
    pence: int
    on: date
    kind: str = "payment"
    told: bool = False


@dataclass(frozen=True, slots=True)
class Found(Generic[I]):
    """A difference: ours, theirs, or both; ``pence`` is theirs less ours. ``refund``: it is about money going back."""

    kind: Kind
    ours: I | None
    line: I | None
    pence: int
    refund: I | None = None


@dataclass(slots=True)
class Matched(Generic[I]):
    """What came of it: pairs of ours and line, differences, and what waits for tomorrow's statement.

    ``seen`` are the payments whose money is there; ``put_right`` those of which another line came after an amount found
    wrong: what is found of them now stands in its stead;
    ``in_time`` those of which a line in time came behind a late one; ``refunds`` are pairs of refund and line.
    """

    pairs: list[tuple[I, I]] = field(default_factory=list)
    found: list[Found[I]] = field(default_factory=list)
    waiting: list[I] = field(default_factory=list)
    seen: set[I] = field(default_factory=set)
    put_right: set[I] = field(default_factory=set)
    in_time: set[I] = field(default_factory=set)
    refunds: list[tuple[I, I]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Days:
    until: date
    late_after: timedelta
    usual: int


def match(
    ours: Iterable[Ours[I]], lines: Iterable[Line[I]], *, until: date, late_after: int, usual: int,
    backs: Iterable[Back[I]] = (),
) -> Matched[I]:  # fmt: skip
    """Match all payments and refunds with all lines up to a day.

    What has no line waits ``late_after`` days before it is missing; a line more than that many days after its payment is
    late; and so long the rest of a payment is waited for that came in part. ``usual`` is by how many days a line ordinarily
    follows: nearer lines win where several could.
    """
    done: Matched[I] = Matched()
    days = _Days(until, timedelta(days=late_after), usual)
    every = {one.id: one for one in ours}
    by_provider = {one.provider_id: one for one in every.values() if one.provider_id}
    by_reference = {one.reference: one for one in every.values()}
    theirs: dict[I, list[Line[I]]] = defaultdict(list)
    strangers: list[Line[I]] = []
    given: list[tuple[Ours[I] | None, Line[I]]] = []
    for line in lines:
        mine = by_provider.get(line.provider_id) if line.provider_id else None
        mine = mine or by_reference.get(plain(line.reference))
        if line.kind == "refund":
            given.append((mine, line))
        elif mine is None:
            strangers.append(line)
        else:
            theirs[mine.id].append(line)
    without = {id_ for id_, found in theirs.items() if not _one(every[id_], found, done, days)}
    alone = [one for one in every.values() if not one.seen and (one.id not in theirs or one.id in without)]
    _strangers(alone, strangers, done, days)
    _refunds(list(backs), given, done, days)
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
        case "refund_unknown":
            return f"We sent nothing back; the statement has {pounds(abs(more))} going back."
        case "refund_missing":
            return f"We gave {pounds(more)} back; the statement has nothing of it."
        case "unknown":
            return f"We took nothing; the statement has {'−' if more < 0 else ''}{pounds(abs(more))}."
    return f"{took}; the statement has {pounds(ours)}."


def say_refund(ours: int, more: int) -> str:
    """Return what we gave back and what the statement has of it; ``more`` is theirs less ours, minus where more went."""
    return f"We gave {pounds(ours)} back; the statement has {pounds(ours - more)} going back."


def plain(reference: str) -> str:
    """Return a reference as it compares: capitals, without the spaces and signs people and banks put in."""
    return "".join(character for character in reference.upper() if character.isalnum())


def _one(mine: Ours[I], lines: list[Line[I]], done: Matched[I], days: _Days) -> bool:
    """One payment and all the lines that name it. Returns whether its money is there, or some of it."""
    for line in lines:
        if line.pence < 0:
            done.pairs.append((mine.id, line.id))
            done.found.append(Found("reversed", mine.id, line.id, line.pence))
    plus = sorted((line for line in lines if line.pence > 0), key=lambda line: line.on)
    if not plus:
        return False
    told = [line for line in plus if line.told]
    new = [line for line in plus if not line.told]
    if not new:
        return True
    total = sum(line.pence for line in plus)
    sure = [line for line in plus if line.provider_id and line.provider_id == mine.provider_id]
    first = next((line for line in (*sure, *plus) if line.pence == mine.pence), None)
    parts = next(
        (some for some in (plus, sure) if len(some) > 1 and sum(line.pence for line in some) == mine.pence), None
    )
    if mine.seen and any(line.on - mine.on <= days.late_after for line in plus):
        done.in_time.add(mine.id)
    if mine.seen and not told:
        _extra(mine, plus, done)
    elif first is not None:
        done.pairs.append((mine.id, first.id))
        if first.on - mine.on > days.late_after:
            done.found.append(Found("late", mine.id, first.id, 0))
        _extra(mine, [line for line in plus if line is not first], done)
    elif parts is not None:
        done.pairs += [(mine.id, line.id) for line in parts]
        done.found.append(Found("split", mine.id, parts[0].id, 0))
        _extra(mine, [line for line in plus if line not in parts], done)
    elif sum(line.pence for line in sure) < mine.pence and days.until - plus[-1].on <= days.late_after:
        done.waiting.append(mine.id)  # the rest may come with another statement, or its own line
        return True
    else:
        done.pairs += [(mine.id, line.id) for line in plus]
        done.found.append(Found("wrong_amount", mine.id, new[0].id, total - mine.pence))
    if told:
        done.put_right.add(mine.id)
    _misnamed(mine, sure, done)
    done.seen.add(mine.id)
    return True


def _extra(mine: Ours[I], lines: list[Line[I]], done: Matched[I]) -> None:
    """Lines of a payment whose money is there: copies. By its reference alone and with another amount they are none of it."""
    for line in lines:
        if line.pence == mine.pence or (line.provider_id and line.provider_id == mine.provider_id):
            done.pairs.append((mine.id, line.id))
            done.found.append(Found("duplicate", mine.id, line.id, line.pence))
        else:
            done.found.append(Found("unknown", None, line.id, line.pence))


def _misnamed(mine: Ours[I], sure: list[Line[I]], done: Matched[I]) -> None:
    """Lines that are a payment's by the provider's id and have another reference: named once."""
    for line in sorted(sure, key=lambda line: not line.told):
        said = plain(line.reference)
        if said and not (said == mine.reference or (len(said) >= SHORT and mine.reference.startswith(said))):
            if not line.told:
                done.found.append(Found("wrong_reference", mine.id, line.id, 0))
            return


def _strangers(alone: list[Ours[I]], strangers: list[Line[I]], done: Matched[I], days: _Days) -> None:
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
        near.sort(key=lambda one: abs((line.on - one.on).days - days.usual))
        if len(near) == 1 or (len(near) > 1 and near[0].on != near[1].on):
            mine = near[0]
            taken.add(mine.id)
            done.seen.add(mine.id)
            done.pairs.append((mine.id, line.id))
            done.found.append(Found("wrong_reference", mine.id, line.id, 0))
        else:
            done.found.append(Found("unknown", None, line.id, line.pence))
    for one in alone:
        if one.id in taken:
            continue
        if days.until - one.on > days.late_after:
            done.found.append(Found("missing", one.id, None, -one.pence))
        else:
            done.waiting.append(one.id)


def _refunds(backs: list[Back[I]], given: list[tuple[Ours[I] | None, Line[I]]], done: Matched[I], days: _Days) -> None:
    """Money going back: a line is a refund by the provider's id of it, else by its payment and the amount."""
    left = {one.id: one for one in backs if not one.seen}
    by_id = {one.provider_id: one for one in left.values() if one.provider_id}
    of_payment: dict[tuple[I, int], list[Back[I]]] = defaultdict(list)
    for one in left.values():
        of_payment[one.payment, one.pence].append(one)
    for mine, line in given:
        like = of_payment[mine.id, -line.pence] if mine is not None else []
        found = next((one for one in (by_id.get(line.provider_id), *like) if one is not None and one.id in left), None)
        if found is None:
            done.found.append(Found("refund_unknown", mine.id if mine else None, line.id, line.pence))
            continue
        del left[found.id]
        done.refunds.append((found.id, line.id))
        if found.pence != -line.pence:
            wrong = line.pence + found.pence
            done.found.append(Found("wrong_amount", found.payment, line.id, wrong, refund=found.id))
    for one in left.values():
        if days.until - one.on > days.late_after:
            done.found.append(Found("refund_missing", one.payment, None, one.pence, refund=one.id))


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
