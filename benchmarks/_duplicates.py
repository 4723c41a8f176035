"""A labelled set for "Already reported?": which report is a second one of which, made from real located reports.

Base: Boston's located reports of January to August 2015 (PDDL), those on a crowded point left out, thinned so that no two of
one type lie within 60 m and 30 days of each other: as far as anyone can know, it holds no second report of one thing.

A **second report** (label: its first) is made of a base report that was still open: the position as another telephone would
give it (east and north each off by a normal error of 14 m), 0 to 20 days later (exponential, mean 4), the same type (one in
twelve filed under a kind people mix up with it), and other words for the same thing: three in ten words left out, one in
eight misspelt, a few added. One in five has a photo of the same thing, taken anew (a mark with up to 7 of 64 bits changed).

A **new report** (label: nothing) is made of a base report too, and is close to it in one way only: the same type across
the road or round the corner (55 to 250 m) in the same week; another type on the same spot the same day; the same type on the
same spot long after the first was closed; or a report of its own type anywhere. Its words are those of another report of its
type.
"""

from __future__ import annotations

import csv
import gzip
import random
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, radians
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")
CROWDED = 300
KIN_EVERY = 12
ADDED = ("please", "bad", "again", "dangerous", "big", "since", "monday", "corner", "kids", "huge", "broken", "side")


@dataclass(frozen=True, slots=True)
class Base:
    """One real report."""

    kind: str
    latitude: float
    longitude: float
    opened: datetime
    closed: datetime | None
    words: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A report made for the set: ``first`` is the place in the base of what it is a second report of, or None."""

    base: Base
    first: int | None
    how: str
    marks: tuple[int, ...] = ()


def read_boston(path: Path) -> tuple[list[Base], int]:
    """Return the located reports in order of time, and how many were left out for lying on a crowded point."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    points = Counter((row["LATITUDE"], row["LONGITUDE"]) for row in rows)
    found, crowded = [], 0
    for row in rows:
        if points[row["LATITUDE"], row["LONGITUDE"]] > CROWDED:
            crowded += 1
            continue
        found.append(
            Base(
                row["TYPE"], float(row["LATITUDE"]), float(row["LONGITUDE"]), _moment(row["OPEN_DT"]),
                _moment(row["CLOSED_DT"]) if row["CLOSED_DT"] else None,
                f"{row['CASE_TITLE']} {row['LOCATION_STREET_NAME']}",
            )
        )  # fmt: skip
    found.sort(key=lambda one: (one.opened, one.latitude, one.longitude))
    return found, crowded


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=EASTERN)


def thinned(reports: list[Base]) -> list[Base]:
    """Leave out every report within 60 m and 30 days of an earlier one of its type."""
    kept: list[Base] = []
    squares: dict[tuple[str, int, int], list[Base]] = defaultdict(list)
    for one in reports:
        x, y = int(one.longitude * 1000), int(one.latitude * 1000)
        near = (
            other for dx in (-1, 0, 1) for dy in (-1, 0, 1) for other in squares.get((one.kind, x + dx, y + dy), ())
        )
        if any(one.opened - other.opened < timedelta(days=30) and _metres(one, other) < 60 for other in near):
            continue
        squares[one.kind, x, y].append(one)
        kept.append(one)
    return kept


def _metres(one: Base, other: Base) -> float:
    from moothall.places.geometry import metres_between

    return metres_between(one.latitude, one.longitude, other.latitude, other.longitude)


def kin_of(reports: list[Base]) -> dict[str, str]:
    """Return for each type one that people mix up with it: the next of the commonest twenty, two and two."""
    common = [kind for kind, _ in Counter(one.kind for one in reports).most_common(20)]
    pairs = dict(zip(common[::2], common[1::2], strict=False))
    return pairs | {other: kind for kind, other in pairs.items()}


def labelled(base: list[Base], *, size: int, seed: int = 5) -> list[Asked]:
    """Return ``size`` second reports and ``size`` new ones."""
    rng = random.Random(seed)
    kin, by_kind = kin_of(base), defaultdict(list)
    for number, one in enumerate(base):
        by_kind[one.kind].append(number)
    made: list[Asked] = []
    while len(made) < size:
        number = rng.randrange(len(base))
        first = base[number]
        opened = first.opened + timedelta(days=min(rng.expovariate(1 / 4), 20))
        if first.closed is not None and first.closed < opened:
            continue
        latitude, longitude = _moved(first, rng.gauss(0, 14), rng.gauss(0, 14))
        kind = kin.get(first.kind, first.kind) if rng.randrange(KIN_EVERY) == 0 else first.kind
        marks = (_again(_mark(number), rng),) if rng.random() < 0.2 else ()
        again = Base(kind, latitude, longitude, opened, None, _said_otherwise(first.words, rng))
        made.append(Asked(again, number, "second", marks))
    ways = ("near", "other_kind", "long_after", "elsewhere")
    while len(made) < 2 * size:
        number, how = rng.randrange(len(base)), ways[len(made) % len(ways)]
        first = base[number]
        other = base[rng.choice(by_kind[first.kind])]
        new = _new(first, other, how, by_kind, kin, rng)
        if new is not None:
            made.append(Asked(new, None, how, (rng.getrandbits(64),) if rng.random() < 0.2 else ()))
    return made


def _new(
    first: Base, other: Base, how: str, by_kind: dict[str, list[int]], kin: dict[str, str], rng: random.Random
) -> Base | None:
    words = _said_otherwise(other.words, rng)
    if how == "near":
        angle, far = rng.choice(((0, 1), (1, 0), (0, -1), (-1, 0))), rng.uniform(55, 250)
        latitude, longitude = _moved(first, angle[0] * far, angle[1] * far)
        return Base(first.kind, latitude, longitude, first.opened + timedelta(days=rng.uniform(0, 7)), None, words)
    if how == "other_kind":
        kind = rng.choice(list(by_kind))
        if kind in (first.kind, kin.get(first.kind)):
            return None
        return Base(kind, first.latitude, first.longitude, first.opened + timedelta(hours=3), None, words)
    if how == "long_after":
        if first.closed is None:
            return None
        later = first.closed + timedelta(days=rng.uniform(16, 90))
        return Base(first.kind, first.latitude, first.longitude, later, None, words)
    return Base(other.kind, *_moved(other, rng.uniform(300, 900), rng.uniform(300, 900)), first.opened, None, words)


def _moved(one: Base, east: float, north: float) -> tuple[float, float]:
    return one.latitude + north / 111_195, one.longitude + east / (111_195 * cos(radians(one.latitude)))


def _said_otherwise(text: str, rng: random.Random) -> str:
    words = [word for word in text.split() if rng.random() > 0.3]
    words = [_misspelt(word, rng) if rng.random() < 0.125 and len(word) > 3 else word for word in words]
    words += rng.sample(ADDED, rng.randrange(4))
    rng.shuffle(words)
    return " ".join(words)


def _misspelt(word: str, rng: random.Random) -> str:
    at = rng.randrange(len(word) - 1)
    return rng.choice(
        (word[:at] + word[at + 1 :], word[:at] + word[at + 1] + word[at] + word[at + 2 :], word + word[-1])
    )


def _mark(number: int) -> int:
    return random.Random(number).getrandbits(64)


def _again(mark: int, rng: random.Random) -> int:
    for bit in rng.sample(range(64), rng.randrange(8)):
        mark ^= 1 << bit
    return mark


def measure(base: list[Base], asked: list[Asked], *, likely: float, near: float, closed_days: int) -> dict[str, Any]:
    """Return precision and recall of what would be shown, over the whole set and of each way of being new.

    Shown: every base report that was there when the new one was made, open or closed in the last ``closed_days``, within
    reach and as like as ``likely``; at most three. A second report is found when its first is among them; every other
    report shown counts against precision.
    """
    from moothall.reports.cells import cells_of, near_cells
    from moothall.reports.likeness import Likely, likeness, plain_words

    pairs = kin_of(base)
    squares: dict[int, list[int]] = defaultdict(list)
    for number, one in enumerate(base):
        squares[cells_of(one.latitude, one.longitude)[1]].append(number)
    # Half of the firsts have a photo, so that a photo is as often of no help as of help.
    right = wrong = found = seconds = 0
    by_way: Counter[str] = Counter()
    for query in asked:
        one = query.base
        new = Likely(one.kind, one.latitude, one.longitude, one.opened, plain_words([one.words]), query.marks)
        kin = frozenset({one.kind, pairs.get(one.kind, one.kind)})
        scored = []
        for cell in near_cells(one.latitude, one.longitude):
            for number in squares.get(cell, ()):
                old = base[number]
                gone = old.closed is not None and old.closed < one.opened - timedelta(days=closed_days)
                if old.opened > one.opened or gone:
                    continue
                marks = (_mark(number),) if number % 2 else ()
                held = Likely(old.kind, old.latitude, old.longitude, old.opened, plain_words([old.words]), marks)
                like = likeness(new, held, kin=kin, near=near)
                if like.score >= likely:
                    scored.append((like.score, number))
        shown = [number for _, number in sorted(scored, reverse=True)[:3]]
        seconds += query.first is not None
        hit = query.first in shown
        found += hit
        right += hit
        wrong += len(shown) - hit
        by_way[query.how] += len(shown) - hit
    return {
        "precision": round(right / max(right + wrong, 1), 4),
        "recall": round(found / max(seconds, 1), 4),
        "second_reports": seconds,
        "new_reports": len(asked) - seconds,
        "wrongly_shown": dict(sorted(by_way.items())),
    }
