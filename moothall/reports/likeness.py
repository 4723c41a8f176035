"""How like two reports are, and why: distance, kind, time, words, photos. Pure, and explained line by line.

Each part gives between 0 and 1, or nothing where one of the two says nothing; the likeness is their weighted mean, held
down by what cannot be the same thing (another kind, too far away).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import exp
from typing import Final

from rapidfuzz import fuzz

from moothall.places.geometry import metres_between

WEIGHTS: Final = {"distance": 0.46, "kind": 0.18, "time": 0.12, "words": 0.24, "photo": 0.30}
"""How much each part counts where both reports have it."""
HALF_DISTANCE: Final = 38.0
"""Metres at which nearness is one half: a telephone's position is good to about ten, a described one to a few doors."""
HALF_TIME: Final = 45.0
"""Days after which an open report speaks half as strongly for the same thing."""
KIN: Final = 0.45
PHOTO_SAME: Final = 10
"""Bits of 64 that two marks of one photo may differ by."""
_LITTLE: Final = """
a an and are at be been by for from has have i in is it its me my near of off on or our outside please road s street
that the their there they this to very was we with you your opposite avenue lane
"""
_STOP: Final = frozenset(_LITTLE.split())


@dataclass(frozen=True, slots=True)
class Likely:
    """What is compared of a report. ``marks`` are 64-bit marks of how its photos look."""

    service: str
    latitude: float
    longitude: float
    opened_at: datetime
    words: str = ""
    marks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a likeness: how like (0 to 1), how much it counts, and why in words."""

    name: str
    like: float
    weight: float
    because: str


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like two reports are (0 to 1) with the reasons."""

    score: float
    metres: float
    parts: tuple[Part, ...]

    @property
    def because(self) -> str:
        """The reasons in one line."""
        return "; ".join(part.because for part in self.parts)


def likeness(new: Likely, old: Likely, *, kin: Collection[str], near: float) -> Likeness:
    """Compare a new report with one we have. ``kin`` are the kinds that may be the same; ``near`` metres the furthest."""
    metres = metres_between(new.latitude, new.longitude, old.latitude, old.longitude)
    parts = [_distance(metres), _kind(new.service, old.service, kin), _time(new.opened_at, old.opened_at)]
    parts += [part for part in (_words(new.words, old.words), _photo(new.marks, old.marks)) if part is not None]
    if metres > near or parts[1].like == 0:
        return Likeness(0.0, metres, tuple(parts))
    total = sum(part.weight for part in parts)
    score = sum(part.like * part.weight for part in parts) / total
    return Likeness(round(score, 4), metres, tuple(parts))


def _distance(metres: float) -> Part:
    like = exp(-0.6931 * (metres / HALF_DISTANCE) ** 2)
    return Part("distance", like, WEIGHTS["distance"], _apart(metres))


def _apart(metres: float) -> str:
    return "in the same spot" if metres < 5 else f"{round(metres / 5) * 5} metres away"


def _kind(new: str, old: str, kin: Collection[str]) -> Part:
    like = 1.0 if new == old else KIN if old in kin else 0.0
    said = "the same kind" if new == old else "a kind people mix up with it" if like else "another kind"
    return Part("kind", like, WEIGHTS["kind"], said)


def _time(new: datetime, old: datetime) -> Part:
    days = abs((new - old).total_seconds()) / 86_400
    like = 0.5 ** (days / HALF_TIME)
    whole = int(days)
    said = "reported the same day" if whole == 0 else f"reported {whole} day{'s' if whole > 1 else ''} before"
    return Part("time", like, WEIGHTS["time"], said)


def _words(new: str, old: str) -> Part | None:
    mine, other = set(new.split()), set(old.split())
    if not mine or not other:
        return None
    like = fuzz.token_set_ratio(" ".join(sorted(mine)), " ".join(sorted(other))) / 100
    # A word or two in common out of many is what any two reports of one kind share.
    few = min(len(mine), len(other))
    weight = WEIGHTS["words"] * min(1.0, few / 3)
    said = "the same words" if like >= 0.9 else "much the same words" if like >= 0.6 else "other words"
    return Part("words", like, weight, f"described in {said}")


def _photo(new: Sequence[int], old: Sequence[int]) -> Part | None:
    if not new or not old:
        return None
    nearest = min(differing_bits(one, other) for one in new for other in old)
    # Two photos of one thing from two sides look nothing alike: only likeness speaks, unlikeness says nothing.
    if nearest > PHOTO_SAME:
        return None
    return Part("photo", 1 - nearest / 64, WEIGHTS["photo"], "a photo that looks the same")


def differing_bits(one: int, other: int) -> int:
    """Return in how many of 64 bits two marks differ."""
    return ((one ^ other) & 0xFFFF_FFFF_FFFF_FFFF).bit_count()


def plain_words(texts: Iterable[str], *, most: int = 400) -> str:
    """Return what texts say as the words that tell things apart: lower case, no accents, no little words, each once."""
    joined = " ".join(texts).lower()
    bare = unicodedata.normalize("NFKD", joined).encode("ascii", "ignore").decode()
    kept = dict.fromkeys(word for word in re.findall(r"[a-z0-9]+", bare) if len(word) > 1 and word not in _STOP)
    said = ""
    for word in kept:
        if len(said) + len(word) + 1 > most:
            break
        said = f"{said} {word}" if said else word
    return said
