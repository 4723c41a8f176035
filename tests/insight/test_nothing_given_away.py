"""What is published of promises by month, channel and area, and of all services: no hidden cell below five can be had.

Whoever has every file knows the sums that are shown and that months, channels and areas are of the same promises. What
follows from differences of them is what follows by elimination; and no cell is less than nought, nor one that is named less
than one, nor is a single promise kept more often than it fell due.
"""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from moothall.insight.crossing import TOGETHER, Crossed, crossed
from moothall.insight.disclosure import LEAST
from moothall.insight.queries import Figure
from moothall.insight.standards import Share, counts_of, counts_together, line_of, table_of, together
from tests.drawing import examples

FIRST, LAST = date(2026, 1, 1), date(2026, 5, 1)
MONTHS = [date(2026, n, 1) for n in range(1, 6)]
Cell = tuple[Any, ...]
Row = tuple[dict[Cell, Fraction], Fraction]
cases = st.dictionaries(
    st.tuples(st.sampled_from(MONTHS), st.sampled_from("ABCD"), st.sampled_from(["web", "phone", "post"])),
    st.one_of(st.integers(0, 3), st.integers(0, 30)), max_size=9,
)  # fmt: skip
councils = st.lists(cases, min_size=1, max_size=4)


def figures(counts: dict[Cell, int], **by: int) -> list[Figure]:
    """Figures by what is in ``by`` (which part of a key), of a month each where no ``month`` is in it."""
    return [
        Figure(
            key[0], "promise", "x", key[2] if "channel" in by else "*", key[1] if "area" in by else "*", "x", of, of, 0
        )
        for key, of in counts.items()
        if of
    ]  # fmt: skip


def published(counts: dict[Cell, int]) -> tuple[Any, dict[str, dict[Any, Share]]]:
    line = line_of(figures(counts), FIRST, LAST)
    return line, {
        "month": {m.month: m.share for m in line.months},
        "area": table_of(figures(counts, area=1), "area"),
        "channel": table_of(figures(counts, channel=1), "channel"),
    }


def solved(equations: Iterable[tuple[dict[Cell, int], int]]) -> dict[Cell, Fraction]:
    """What is certain of the unknowns, whatever sums and differences are formed."""
    done: list[tuple[Cell, Row]] = []
    for left, right in equations:
        row: Row = ({k: Fraction(v) for k, v in left.items()}, Fraction(right))
        for pivot, other in done:
            row = less(row, other, row[0].get(pivot, Fraction(0)))
        if not row[0]:
            continue
        first = next(iter(row[0]))
        row = ({k: v / row[0][first] for k, v in row[0].items()}, row[1] / row[0][first])
        done = [(pivot, less(other, row, other[0].get(first, Fraction(0)))) for pivot, other in done]
        done.append((first, row))
    return {pivot: row[1] for pivot, row in done if len(row[0]) == 1}


def less(row: Row, other: Row, times: Fraction) -> Row:
    left = {k: row[0].get(k, Fraction(0)) - times * other[0].get(k, Fraction(0)) for k in [*row[0], *other[0]]}
    return {k: v for k, v in left.items() if v}, row[1] - times * other[1]


def equations(of: int, counts: dict[Cell, int]) -> list[tuple[dict[Cell, int], int]]:
    """What the files say of one service: a row for each figure shown, one for each split, whose sum is the same."""
    _, splits = published(counts)
    total: Cell = (of, "total")
    said = []
    for split, shown in splits.items():
        said += [({(of, split, key): 1}, one.of) for key, one in shown.items() if one.of is not None]
        if shown:
            said.append(({(of, split, key): 1 for key in shown} | {total: -1}, 0))
    return said


def real(of: int, counts: dict[Cell, int]) -> dict[Cell, int]:
    cells: dict[Cell, int] = {}
    for key, n in counts.items():
        for split, value in zip(("month", "area", "channel"), key, strict=True):
            cells[of, split, value] = cells.get((of, split, value), 0) + n
    return cells


@given(councils)
@settings(max_examples=examples(120), deadline=None)
@example([{(MONTHS[0], "A", "web"): 3, (MONTHS[1], "A", "web"): 20, (MONTHS[2], "B", "web"): 9}])
@example([{(month, "A", "web"): 1 for month in MONTHS}])
def test_no_difference_of_published_sums_is_a_hidden_cell(council: list[dict[Cell, int]]) -> None:
    said = [one for n, counts in enumerate(council) for one in equations(n, counts)]
    whole = together([published(counts)[0] for counts in council], FIRST, LAST)
    cells = {cell: of for n, counts in enumerate(council) for cell, of in real(n, counts).items() if 0 < of < LEAST}
    by_month = {m.month: m.share for m in whole.months if m.share.of}
    shown = [{m.month: m.share for m in published(counts)[0].months} for counts in council]
    for month, share in by_month.items():
        said.append(
            ({(n, "month", month): 1 for n, line in enumerate(shown) if line[month].of is not None}, share.of or 0)
        )
    got = solved(said)
    assert not {cell: of for cell, of in cells.items() if cell in got}
    for month, share in by_month.items():
        assert share.of == sum(line[month].of or 0 for line in shown), "the sum of what is shown tells nothing more"


@given(cases)
@settings(max_examples=examples(300), deadline=None)
@example({(month, "A", "web"): 1 for month in MONTHS})
@example({(MONTHS[0], area, "web"): 1 for area in "ABCD"} | {(MONTHS[0], "A", "post"): 1})
@example({(MONTHS[0], "A", "web"): 3})
def test_nor_is_one_certain_from_how_small_it_can_be(counts: dict[Cell, int]) -> None:
    """Each hidden cell below five could as well be another number: for one total at least that all that is shown allows."""
    line, splits = published(counts)
    parts = []
    for shown in splits.values():
        seen = [one.of for one in shown.values() if one.of is not None]
        unseen = [key for key, one in shown.items() if one.suppressed]
        noughts = bool(unseen) and not any(seen) and shown is splits["month"] and len(unseen) == len(MONTHS)
        if shown:
            parts.append((sum(seen), len(unseen), 0 if noughts else 1))
    fits = [
        total
        for total in range(300)
        if all(total == seen if not n else total >= seen + n * least for seen, n, least in parts)
        and (line.average is None or line.average == 100.0)
    ]
    assert sum(counts.values()) in fits
    for seen, n, least in parts:
        if not n:
            continue
        values = {value for total in fits[:40] for value in (least, total - seen - (n - 1) * least)}
        assert len(values) > 1, (seen, n, least, fits[:5])
    if sum(counts.values()) < LEAST:
        assert line.average is None, "a share of one of three tells that there were three"


@given(cases)
def test_the_place_of_a_hidden_cell_does_not_tell_how_many_it_is(counts: dict[Cell, int]) -> None:
    for by in ("area", "channel"):
        names = [key for key, one in table_of(figures(counts, **{by: 1}), by).items() if one.suppressed]
        assert names == sorted(names)
    shown = list(table_of(figures(counts, area=1), "area").values())
    assert [one.suppressed for one in shown] == sorted(one.suppressed for one in shown)


def by_both(counts: dict[Cell, int]) -> tuple[Any, dict[str, Share], Crossed]:
    line, ways = line_of(figures(counts), FIRST, LAST), table_of(figures(counts, channel=1), "channel")
    return line, ways, crossed(figures(counts, channel=1), line, ways)


@given(cases)
@settings(max_examples=examples(300), deadline=None)
@example(
    {(MONTHS[0], "A", "web"): 20, (MONTHS[0], "A", "post"): 3, (MONTHS[1], "A", "web"): 9, (MONTHS[1], "A", "post"): 9}
)
@example({(month, "A", way): 9 for month in MONTHS for way in ("web", "phone")} | {(MONTHS[0], "A", "post"): 30})
def test_months_and_ways_together_give_no_hidden_cell_away(counts: dict[Cell, int]) -> None:
    """Beside the months and the ways, their table tells of no month and way in which there were fewer than five."""
    line, ways, both = by_both(counts)
    names = sorted({way for _, _, way in counts})
    said = [({(m.month, way): 1 for way in names}, m.share.of) for m in line.months if m.share.of is not None]
    said += [({(month, way): 1 for month in MONTHS}, one.of) for way, one in ways.items() if one.of is not None]
    alone = [way for way in both.ways if way != TOGETHER]
    for month, shares in both.rows:
        for way, one in zip(both.ways, shares, strict=True):
            held = [way] if way != TOGETHER else [name for name in names if name not in alone]
            said.append(({(month, name): 1 for name in held}, one.of or 0))
    truth: dict[Cell, int] = {}
    for (month, _, way), of in counts.items():
        truth[month, way] = truth.get((month, way), 0) + of
    got = solved(said)
    assert not {cell: of for cell, of in truth.items() if 0 < of < LEAST and cell in got}
    for _, shares in both.rows:
        assert all(one.of == 0 or (one.of or 0) >= LEAST for one in shares)


def test_ways_with_few_are_one_column_and_one_alone_is_not_hidden_by_another_name() -> None:
    few = {(month, "A", way): 30 for month in MONTHS for way in ("web", "phone")}
    few |= {(month, "A", "post"): 3 for month in MONTHS}
    _, _, both = by_both(few)
    assert both.ways == ("phone", TOGETHER), "with the website letters cannot be told: they were ever but 3 in a month"
    assert {shares[1].of for _, shares in both.rows} == {33}
    _, _, both = by_both(few | {(month, "B", "web"): 9 for month in MONTHS} | {(MONTHS[0], "A", "fax"): 6})
    assert both.ways == ("web", TOGETHER)
    _, _, both = by_both({key: of for key, of in few.items() if key[2] != "post"})
    assert both.ways == ("phone", "web")
    assert by_both({(month, "A", "web"): 30 for month in MONTHS})[2].ways == (), "one way is what the months say"


def rated(good: int, average: int, poor: int) -> list[Figure]:
    said = {"good": good, "average": average, "poor": poor}
    return [Figure(FIRST, "rating", "x", "*", "*", key, n, n, 0) for key, n in said.items() if n]


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        ([rated(40, 8, 9), rated(30, 7, 6)], {"good": 70, "average": 15, "poor": 15}),
        ([rated(40, 8, 9), rated(30, 7, 3)], {"good": 70, "average": None, "poor": None}),
        ([rated(40, 9, 3), rated(30, 9, 3)], {"good": 70, "average": 18, "poor": 6}),
        ([rated(40, 9, 1), rated(30, 9, 1)], {"good": 70, "average": None, "poor": None}),
    ],
)
def test_what_people_said_of_all_gives_away_none_of_one_service(
    parts: list[list[Figure]], shown: dict[str, Any]
) -> None:
    assert counts_together(parts, "key") == shown
    for part in parts:
        assert all(n is None or n >= LEAST for n in counts_of(part, "key").values())
