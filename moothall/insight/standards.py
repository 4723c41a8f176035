"""Standards kept, ready to publish: shares with control limits, dips found, small counts hidden. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import Final

from moothall.insight.disclosure import LEAST, gives_away, hidden, untold
from moothall.insight.queries import Figure


@dataclass(frozen=True, slots=True)
class Share:
    """How often a promise was kept in one cell. ``None`` where it may not be shown or nothing fell due."""

    kept: int | None
    of: int | None
    per_cent: float | None
    suppressed: bool = False


UNSEEN: Final = Share(None, None, None, suppressed=True)


@dataclass(frozen=True, slots=True)
class MonthShare:
    """One month of a line, with the limits of ordinary variation for as many promises as fell due in it."""

    month: date
    share: Share
    lower: float | None
    upper: float | None
    dip: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A year or so of one promise. ``average`` is over all its months; ``None`` where fewer than five fell due in them."""

    months: tuple[MonthShare, ...]
    average: float | None
    kept: int
    of: int

    @property
    def dips(self) -> tuple[MonthShare, ...]:
        """The months below their ordinary range, newest first."""
        return tuple(month for month in reversed(self.months) if month.dip)

    @property
    def values(self) -> tuple[float | None, ...]:
        """The shares in order, for a small line."""
        return tuple(month.share.per_cent for month in self.months)


def share(kept: int, of: int) -> Share:
    """Return a share that may be shown, or one that may not because fewer than five promises fell due."""
    if of == 0:
        return Share(0, 0, None)
    if of < LEAST:
        return UNSEEN
    return Share(kept, of, round(100 * kept / of, 1))


def months_between(first: date, last: date) -> list[date]:
    """Return the first days of all months from the first to the last, both included."""
    found, month = [], first
    while month <= last:
        found.append(month)
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return found


def line_of(figures: Iterable[Figure], first: date, last: date) -> Line:
    """Return one promise's line over months; keys are added together. Months without a promise stay empty; a month that
    would give away another one is not shown, for splits of the same promises by channel or area tell their sum.

    Limits are those of a p-chart: the average ± 3 standard errors for the number that fell due in the month.
    """
    sums: dict[date, tuple[int, int]] = {}
    for figure in figures:
        kept, of = sums.get(figure.month, (0, 0))
        sums[figure.month] = (kept + figure.count, of + figure.of)
    kept_all, of_all = sum(k for k, _ in sums.values()), sum(n for _, n in sums.values())
    spans = months_between(first, last)
    unseen = hidden({month: sums.get(month, (0, 0))[1] for month in spans})
    return _line(
        {month: UNSEEN if month in unseen else share(*sums.get(month, (0, 0))) for month in spans}, kept_all, of_all
    )


def together(lines: Iterable[Line], first: date, last: date) -> Line:
    """Return several promises as one line: the sums of what is shown of them, so that it tells nothing that they do not."""
    found = list(lines)
    shares = {}
    for n, month in enumerate(months_between(first, last)):
        of_month = [line.months[n].share for line in found]
        of = sum(one.of or 0 for one in of_month)
        unseen = not of and any(one.suppressed for one in of_month)
        shares[month] = UNSEEN if unseen else share(sum(one.kept or 0 for one in of_month), of)
    return _line(shares, sum(one.kept or 0 for one in shares.values()), sum(one.of or 0 for one in shares.values()))


def _line(shares: Mapping[date, Share], kept: int, of: int) -> Line:
    average = kept / of if of >= LEAST else None
    months = tuple(_month(month, shown, average) for month, shown in shares.items())
    return Line(months, round(100 * average, 1) if average is not None else None, kept, of)


def _month(month: date, shown: Share, average: float | None) -> MonthShare:
    if shown.per_cent is None or not shown.of or average is None:
        return MonthShare(month, shown, None, None, dip=False)
    spread = 3 * sqrt(average * (1 - average) / shown.of)
    lower, upper = max(0.0, average - spread) * 100, min(1.0, average + spread) * 100
    return MonthShare(month, shown, round(lower, 1), round(upper, 1), dip=shown.per_cent < lower)


def table_of(figures: Iterable[Figure], by: str) -> dict[str, Share]:
    """Return shares by ``service``, ``channel`` or ``area`` with small cells hidden so that the total gives none away.

    Nothing where that cannot be had. The hidden come last, by name: their place must not tell how many they are.
    """
    sums: dict[str, tuple[int, int]] = {}
    for figure in figures:
        key: str = getattr(figure, by)
        kept, of = sums.get(key, (0, 0))
        sums[key] = (kept + figure.count, of + figure.of)
    counts = {key: of for key, (_, of) in sums.items()}
    if untold(counts):
        return {}
    unseen = hidden(counts)
    return {key: UNSEEN if key in unseen else share(*sums[key]) for key in _in_order(counts, unseen)}


def helped_of(figures: Iterable[Figure], by: str) -> dict[str, Share]:
    """Return the share of people, by ``service`` or ``channel``, of whom something is counted; cells without are left out.

    It tells of people, not of us: a cell is hidden where fewer than five were counted in it, too.
    """
    sums: dict[str, tuple[int, int]] = {}
    for figure in figures:
        key: str = getattr(figure, by)
        found, of = sums.get(key, (0, 0))
        sums[key] = (found + figure.count, of + figure.of)
    sums = {key: pair for key, pair in sums.items() if pair[0]}
    unseen = hidden({key: found for key, (found, _) in sums.items()})
    return {
        key: UNSEEN if key in unseen else share(*sums[key])
        for key in _in_order({key: found for key, (found, _) in sums.items()}, unseen)
    }


def counts_of(figures: Iterable[Figure], by: str) -> dict[str, int | None]:
    """Return counts by key (a score, a cause) or by a dimension; ``None`` where one may not be shown."""
    counts = _counted(figures, by)
    unseen = hidden(counts)
    return {key: None if key in unseen else counts[key] for key in _in_order(counts, unseen)}


def counts_together(parts: Iterable[Iterable[Figure]], by: str) -> dict[str, int | None]:
    """Return the counts of several parts as one, where each part's own are published as `counts_of` it."""
    whole: dict[str, int] = {}
    behind: dict[str, list[int]] = {}
    for part in parts:
        counts = _counted(part, by)
        unseen = hidden(counts)
        for key, count in counts.items():
            whole[key] = whole.get(key, 0) + count
            if key in unseen:
                behind.setdefault(key, []).append(count)
    unseen = hidden(whole) | {key for key, counts in behind.items() if gives_away(sum(counts), len(counts))}
    return {key: None if key in unseen else whole[key] for key in _in_order(whole, unseen)}


def _counted(figures: Iterable[Figure], by: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for figure in figures:
        key: str = getattr(figure, by)
        counts[key] = counts.get(key, 0) + figure.of
    return counts


def _in_order(counts: Mapping[str, int], unseen: Collection[str]) -> list[str]:
    return sorted(counts, key=lambda key: (key in unseen, 0 if key in unseen else -counts[key], key))


def in_100(shown: Share) -> int | None:
    """Return times in a hundred for a sentence, or ``None``: of the counts, for a figure rounded twice comes out too high."""
    return None if shown.per_cent is None or shown.kept is None or not shown.of else round(100 * shown.kept / shown.of)


def services_in_order(lines: Mapping[str, Line]) -> Sequence[str]:
    """Return service codes by how many promises fell due, most first; those with fewer than five by name."""
    return sorted(lines, key=lambda code: (-lines[code].of if lines[code].of >= LEAST else 0, code))
