"""A promise by month *and* by how people asked, such that no hidden count can be worked out from it. Pure.

Months, ways and the two together are of the same promises: whoever has all three files can take one sum from another. So
single cells are never hidden here. A way is a column of its own only where each of its cells may be shown; all others are
counted together as one column, and the rows are the months that are shown anyway.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from moothall.insight.disclosure import LEAST, gives_away
from moothall.insight.queries import Figure
from moothall.insight.standards import Line, Share, share

TOGETHER: Final = "*"
"""The column of all ways that have none of their own."""
Cells = Mapping[str, Mapping[date, tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Crossed:
    """Shares by month and way. ``ways`` are the columns, busiest first; `TOGETHER` comes last where there is one."""

    ways: tuple[str, ...] = ()
    rows: tuple[tuple[date, tuple[Share, ...]], ...] = ()


def crossed(figures: Iterable[Figure], line: Line, by_way: Mapping[str, Share]) -> Crossed:
    """Return how often a promise was kept by month and way, beside its ``line`` and its shares by way as they are published.

    Nothing where less than two columns can be shown: the line says it all then.
    """
    cells: dict[str, dict[date, tuple[int, int]]] = {}
    for figure in figures:
        kept, of = cells.setdefault(figure.channel, {}).get(figure.month, (0, 0))
        cells[figure.channel][figure.month] = (kept + figure.count, of + figure.of)
    shown = [month.month for month in line.months if not month.share.suppressed]
    unseen = [month.month for month in line.months if month.share.suppressed]
    ways = [way for way, total in by_way.items() if not total.suppressed and way in cells]
    alone = [way for way in ways if _may_be_shown([way], cells, shown, unseen)]
    rest = [way for way in cells if way not in alone]
    while alone and rest and not _together_may_be_shown(rest, cells, shown, unseen):
        rest.append(alone.pop())
    columns = (*alone, TOGETHER) if rest else tuple(alone)
    if not alone or len(columns) < 2:
        return Crossed()
    rows = tuple(
        (month, tuple(share(*_sum(rest if way == TOGETHER else [way], cells, [month])) for way in columns))
        for month in shown
    )
    return Crossed(columns, rows)


def _together_may_be_shown(
    rest: Sequence[str], cells: Cells, shown: Collection[date], unseen: Collection[date]
) -> bool:
    """One way is not hidden by being called "other"."""
    return len(rest) > 1 and _may_be_shown(rest, cells, shown, unseen)


def _may_be_shown(ways: Sequence[str], cells: Cells, shown: Collection[date], unseen: Collection[date]) -> bool:
    """Whether each month is nought or five and more, and what is left for the hidden months tells of none of them."""
    if any(0 < _sum(ways, cells, [month])[1] < LEAST for month in shown):
        return False
    return not gives_away(_sum(ways, cells, unseen)[1], len(unseen))


def _sum(ways: Iterable[str], cells: Cells, months: Iterable[date]) -> tuple[int, int]:
    found = [cells[way].get(month, (0, 0)) for month in months for way in ways]
    return sum(kept for kept, _ in found), sum(of for _, of in found)
