"""Standards kept, ready to publish: shares with control limits, dips found, small counts hidden. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt

from moothall.insight.disclosure import LEAST, hidden
from moothall.insight.queries import Figure


@dataclass(frozen=True, slots=True)
class Share:
    """How often a promise was kept in one cell. ``None`` where it may not be shown or nothing fell due."""

    kept: int | None
    of: int | None
    per_cent: float | None
    suppressed: bool = False


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
    """A year or so of one promise. ``average`` is over all months shown."""

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
        return Share(None, None, None, suppressed=True)
    return Share(kept, of, round(100 * kept / of, 1))


def months_between(first: date, last: date) -> list[date]:
    """Return the first days of all months from the first to the last, both included."""
    found, month = [], first
    while month <= last:
        found.append(month)
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return found


def line_of(figures: Iterable[Figure], first: date, last: date) -> Line:
    """Return one promise's line over months; keys are added together. Months without a promise stay empty.

    Limits are those of a p-chart: the average ± 3 standard errors for the number that fell due in the month.
    """
    sums: dict[date, tuple[int, int]] = {}
    for figure in figures:
        kept, of = sums.get(figure.month, (0, 0))
        sums[figure.month] = (kept + figure.count, of + figure.of)
    kept_all, of_all = sum(k for k, _ in sums.values()), sum(n for _, n in sums.values())
    average = kept_all / of_all if of_all else None
    months = [_month(month, *sums.get(month, (0, 0)), average) for month in months_between(first, last)]
    return Line(tuple(months), round(100 * average, 1) if average is not None else None, kept_all, of_all)


def _month(month: date, kept: int, of: int, average: float | None) -> MonthShare:
    shown = share(kept, of)
    if shown.per_cent is None or average is None:
        return MonthShare(month, shown, None, None, dip=False)
    spread = 3 * sqrt(average * (1 - average) / of)
    lower, upper = max(0.0, average - spread) * 100, min(1.0, average + spread) * 100
    return MonthShare(month, shown, round(lower, 1), round(upper, 1), dip=shown.per_cent < lower)


def table_of(figures: Iterable[Figure], by: str) -> dict[str, Share]:
    """Return shares by ``service``, ``channel`` or ``area`` with small cells hidden so that the total gives none away."""
    sums: dict[str, tuple[int, int]] = {}
    for figure in figures:
        key: str = getattr(figure, by)
        kept, of = sums.get(key, (0, 0))
        sums[key] = (kept + figure.count, of + figure.of)
    unseen = hidden({key: of for key, (_, of) in sums.items()})
    return {
        key: Share(None, None, None, suppressed=True) if key in unseen else share(kept, of)
        for key, (kept, of) in sorted(sums.items(), key=lambda item: -item[1][1])
    }


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
        key: Share(None, None, None, suppressed=True) if key in unseen else share(found, of)
        for key, (found, of) in sorted(sums.items(), key=lambda item: -item[1][0])
    }


def counts_of(figures: Iterable[Figure], by: str) -> dict[str, int | None]:
    """Return counts by key (a score, a cause) or by a dimension; ``None`` where one may not be shown."""
    sums: dict[str, int] = {}
    for figure in figures:
        key: str = getattr(figure, by)
        sums[key] = sums.get(key, 0) + figure.of
    unseen = hidden(sums)
    return {key: None if key in unseen else count for key, count in sorted(sums.items(), key=lambda item: -item[1])}


def in_100(shown: Share) -> int | None:
    """Return times in a hundred for a sentence, or ``None``: of the counts, for a figure rounded twice comes out too high."""
    return None if shown.per_cent is None or shown.kept is None or not shown.of else round(100 * shown.kept / shown.of)


def services_in_order(lines: Mapping[str, Line]) -> Sequence[str]:
    """Return service codes by how many promises fell due, most first."""
    return sorted(lines, key=lambda code: (-lines[code].of, code))
