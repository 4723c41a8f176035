"""Where the marks of our charts go. Pure: numbers in, positions out; `ui/components/charts.html` draws them.

Across, positions are per cent of the width; down, they are pixels. So a chart fills any screen and its words stay
the size of the text around it: no shrinking on a telephone, no script.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Final

PLOT_TOP: Final = 16.0
PLOT_BOTTOM: Final = 224.0
CHART_HEIGHT: Final = 264
LEFT: Final = 2.0
RIGHT: Final = 98.0


@dataclass(frozen=True, slots=True)
class Point:
    """One period of a chart. `value` is None where it is suppressed or not yet measured; `note` is why it stands out."""

    label: str
    value: float | None
    lower: float | None = None
    upper: float | None = None
    note: str = ""
    short: str = ""
    blank: str = "Fewer than 5"
    """What the table says where there is no value."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A drawn point: `x` in per cent, `y` in pixels; `outside` when it lies beyond its control limits."""

    x: float
    y: float
    label: str
    short: str
    value: float
    outside: bool
    major: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """A straight stroke between two places."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class AxisLine:
    """A horizontal rule with its figure."""

    y: float
    text: str


@dataclass(frozen=True, slots=True)
class AxisLabel:
    """A period's name under the chart; `major` ones stay on a narrow screen."""

    x: float
    text: str
    major: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything a line chart draws."""

    height: int
    bottom: float
    axis: tuple[AxisLine, ...]
    labels: tuple[AxisLabel, ...]
    strokes: tuple[Segment, ...]
    limits: tuple[Segment, ...]
    average: AxisLine | None
    marks: tuple[Mark, ...]


def _figure(value: float, unit: str) -> str:
    text = f"{value:,.0f}" if abs(value - round(value)) < 1e-9 else f"{value:,.1f}"
    return f"{text}{unit}"


def steps(low: float, high: float, wanted: int = 4) -> tuple[float, ...]:
    """Round figures for an axis that covers low to high: about `wanted` gaps of 1, 2, 2.5 or 5 times a power of ten."""
    if high - low < 1e-6 * max(1, abs(low)):  # all figures the same, but for rounding
        high = low + 1
    rough = (high - low) / wanted
    power = 10.0 ** floor(log10(rough))
    gap = next(size * power for size in (1, 2, 2.5, 5, 10) if size * power >= rough * 0.999)
    first = floor(low / gap)
    made = []
    place = first
    while True:
        made.append(round(place * gap, 10))
        if made[-1] >= high - 1e-9:
            return tuple(made)
        place += 1


def control_chart(
    points: Sequence[Point],
    *,
    unit: str = "",
    average: float | None = None,
    floor_at: float | None = None,
    ceiling_at: float | None = None,
) -> Chart:
    """Place a line with its control limits. A missing value breaks the line; it is never drawn as nought.

    `unit` follows each figure on the axis ("%"). `floor_at` and `ceiling_at` fix an end of the axis where it has one
    (0 and 100 for a share). Raises ValueError when there is not one value to draw.
    """
    values = [p.value for p in points if p.value is not None]
    if not values:
        raise ValueError("A chart needs at least one figure; say in words that there is none yet.")
    reach = values + [v for p in points for v in (p.lower, p.upper) if v is not None]
    if average is not None:
        reach.append(average)
    ticks = steps(
        min(reach) if floor_at is None else max(floor_at, min(reach)),
        max(reach) if ceiling_at is None else min(ceiling_at, max(reach)),
    )
    if ceiling_at is not None:
        ticks = tuple(t for t in ticks if t <= ceiling_at + 1e-9)
    low, high = ticks[0], max(ticks[-1], min(max(reach), ceiling_at if ceiling_at is not None else max(reach)))
    count = len(points)

    def across(index: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * (index + 0.5) / count, 3)

    def down(value: float) -> float:
        share = (min(max(value, low), high) - low) / ((high - low) or 1)
        return round(PLOT_BOTTOM - share * (PLOT_BOTTOM - PLOT_TOP), 2)

    every = max(1, -(-count // 4))
    marks: list[Mark] = []
    strokes: list[Segment] = []
    limits: list[Segment] = []
    before: Mark | None = None
    for index, p in enumerate(points):
        limits.extend(
            Segment(across(index - 0.5), down(limit), across(index + 0.5), down(limit))
            for limit in (p.lower, p.upper)
            if limit is not None
        )
        if p.value is None:
            before = None
            continue
        outside = (p.lower is not None and p.value < p.lower) or (p.upper is not None and p.value > p.upper)
        mark = Mark(across(index), down(p.value), p.label, p.short or p.label, p.value, outside, index % every == 0)
        if before is not None:
            strokes.append(Segment(before.x, before.y, mark.x, mark.y))
        marks.append(mark)
        before = mark
    return Chart(
        height=CHART_HEIGHT,
        bottom=PLOT_BOTTOM,
        axis=tuple(AxisLine(down(t), _figure(t, unit)) for t in ticks),
        labels=tuple(AxisLabel(across(i), p.short or p.label, i % every == 0) for i, p in enumerate(points)),
        strokes=tuple(strokes),
        limits=tuple(limits),
        average=None if average is None else AxisLine(down(average), _figure(average, unit)),
        marks=tuple(marks),
    )


@dataclass(frozen=True, slots=True)
class StripMark:
    """One of up to a hundred marks: where it stands and whether it stands for a promise kept."""

    x: float
    row: int
    kept: bool


STRIP_GROUP: Final = 10
STRIP_ROW: Final = 50


def hundred_strip(kept: int, out_of: int) -> tuple[StripMark, ...]:
    """Place one mark for each promise in up to a hundred: two rows of fifty, in tens, so that they can be counted.

    The kept ones come first. Raises ValueError unless 0 ≤ kept ≤ out_of ≤ 100.
    """
    if not 0 <= kept <= out_of <= 100:
        raise ValueError(f"{kept} of {out_of} cannot be drawn as marks out of a hundred.")
    return tuple(
        StripMark(
            x=round((i % STRIP_ROW) * 8 + ((i % STRIP_ROW) // STRIP_GROUP) * 8, 2), row=i // STRIP_ROW, kept=i < kept
        )
        for i in range(out_of)
    )


def spark(values: Sequence[float | None], *, width: int = 96, height: int = 24) -> str:
    """The path (SVG `d`) of a small line for a table row; gaps stay gaps; empty when there are fewer than two figures."""
    known = [v for v in values if v is not None]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    rise = (high - low) or 1
    step = (width - 4) / max(1, len(values) - 1)
    path, pen = [], "M"
    for i, v in enumerate(values):
        if v is None:
            pen = "M"
            continue
        path.append(f"{pen}{round(2 + i * step, 1)} {round(height - 3 - (v - low) / rise * (height - 6), 1)}")
        pen = "L"
    return "".join(path)
