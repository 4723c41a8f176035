"""Which of a person's cases a letter is about, or that it is about something new. Pure.

Each case, and “none of them”, is weighed by what the letter says: the reference it quotes, however badly read, the service it
speaks of, the day it names. What is sure is a hundred times likelier than all else together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from moothall.postroom.rules.clues import Clues
from moothall.postroom.rules.shapes import Case

LATELY: Final = 365
SURE: Final = 2.0
TOKEN_WEIGHS: Final = (6.0, 5.0, 4.0, 2.6, 1.2)
"""What a reference read with so many slips weighs for the case whose reference it resembles: eight characters of
twenty-three agree by chance in four places once in some hundreds of cases, in five once in ten thousand."""
NEAR: Final = 3
SERVICE_AND_DAY: Final = 2.2
TOKEN_OF_ANOTHER: Final = -1.5
"""A reference that can be read and resembles none of this case's."""
SERVICE: Final = (-0.5, 1.1)
DAY: Final = 2.1
OPEN: Final = (-0.4, 0.3)
NEW_SAYS_SO: Final = 2.5
NEW_WITH_REFERENCE: Final = -1.3
NEW_YET_EARLIER: Final = -1.0
"""A new matter with a reference of ours in it, readable or not."""


@dataclass(frozen=True, slots=True)
class About:
    """What a letter is about: the likeliest case, ``None`` for something new. ``sure``: nothing else is likely."""

    case_id: UUID | None
    reason: str
    sure: bool


def which_case(clues: Clues, hers: Sequence[Case], named: Sequence[Case], today: date) -> About:
    """Return which case of the writer's a letter is about. ``named`` are those of hers whose references stand there."""
    if len(named) == 1:
        return About(named[0].id, "", sure=True)
    if len(named) > 1:
        return About(max(named, key=lambda case: case.opened).id, "Names several cases", sure=False)
    quoted = bool(clues.tokens or clues.remains)
    if not any(case.is_open or (today - case.opened).days < LATELY for case in hers):
        near = any(_slips(clues, case) < len(TOKEN_WEIGHS) for case in hers)
        # who has no case and yet speaks of earlier letters may write for somebody else: unless it is said to be new
        before = (clues.answers or clues.says_earlier) and not clues.says_new
        return About(None, "", sure=not (quoted or near or clues.references or clues.for_another or before))
    new = NEW_SAYS_SO * clues.says_new + NEW_WITH_REFERENCE * quoted + NEW_YET_EARLIER * clues.says_earlier
    weights: dict[UUID | None, float] = {None: new}
    reasons: dict[UUID | None, str] = {None: "It says it is something new"}
    for case in hers:
        weights[case.id], reasons[case.id] = _weigh(clues, case, today)
    best = max(weights, key=lambda one: weights[one])
    rest = math.log10(sum(10**weight for one, weight in weights.items() if one != best) or 1e-9)
    sure = weights[best] - rest >= SURE and not clues.references
    if best is None:
        return About(
            None, reasons[None] if sure else "", sure and clues.says_new and not quoted and not clues.for_another
        )
    return About(best, reasons[best], sure)


def _weigh(clues: Clues, case: Case, today: date) -> tuple[float, str]:
    slips, worded = _slips(clues, case), _worded(clues, case)
    dated = clues.says_day(case.opened, without_year=(today - case.opened).days < 360)
    weight = SERVICE[worded] + DAY * dated + OPEN[case.is_open]
    if slips < len(TOKEN_WEIGHS):
        return weight + TOKEN_WEIGHS[slips], "Our reference, read with a slip"
    if clues.tokens:
        weight += TOKEN_OF_ANOTHER
    if worded and dated:
        return weight, "The service and the day it was asked for"
    return weight, "The service it speaks of" if worded else "The day it was asked for" if dated else ""


def speaks_for(clues: Clues, hers: Sequence[Case], today: date) -> tuple[float, bool]:
    """Return what speaks for one of these cases, and so for its owner, and whether it is a reference like its own."""
    best, near = 0.0, False
    for case in hers:
        slips = _slips(clues, case)
        if slips <= NEAR and TOKEN_WEIGHS[slips] > best:
            best, near = TOKEN_WEIGHS[slips], True
        elif clues.says_day(case.opened, without_year=(today - case.opened).days < 360) and _worded(clues, case):
            best = max(best, SERVICE_AND_DAY)
    return best, near


def _slips(clues: Clues, case: Case) -> int:
    """How many characters of the reference were misread, of the nearest that stands there; 99 where none does."""
    return min((Levenshtein.distance(token, case.reference) for token in clues.tokens), default=99)


def _worded(clues: Clues, case: Case) -> bool:
    said = frozenset(clues.words)
    return any(phrase and all(_said(word, said) for word in phrase) for phrase in case.phrases)


def _said(word: str, words: frozenset[str]) -> bool:
    if word in words:
        return True
    if len(word) < 4:
        return False
    return any(
        one.startswith(word) or (len(word) >= 5 and abs(len(one) - len(word)) <= 2 and fuzz.ratio(one, word) >= 80)
        for one in words
    )
