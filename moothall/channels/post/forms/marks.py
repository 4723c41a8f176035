"""A scanned page of a form: how it lies, which boxes are ticked, what is written in the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from moothall.channels.post.forms.drawing import CORNERS, MARK_MM
from moothall.channels.post.words import PageWords

PAPER_MM: Final = (210.0, 297.0)
SEARCHED_MM: Final = 24.0
"""How far from its corner a corner mark is looked for."""
TICKED: Final = 0.09
FAINT: Final = 0.03
BLACK: Final = 0.72
"""Shares of a tick box's inside that are ink: from the first it is ticked, below the second empty, beyond the third blacked
out."""
INSIDE: Final = 0.18
Grey = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Lie:
    """How a page lies: millimetres of the printed form to dots of the picture. ``sure``: all four corner marks were found."""

    matrix: NDArray[np.float64]
    sure: bool

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return the dot of a place on the form."""
        across, down = self.matrix @ np.array([x, y, 1.0])
        return float(across), float(down)


def read_marks(
    read: PageWords, layout: Sequence[Sequence[Any]], *, page: int, typed: bool
) -> dict[str, dict[str, Any]]:
    """Return what is in each box of a page by the box's key: ``ticked`` or ``text``, and whether it is ``sure``.

    ``layout`` is what `Form.layout` gave; ``typed`` says that the words were typed and carried as text, so that they need
    nobody's eye. What a page lacks its corner marks for is never sure.
    """
    dark = _dark(read.picture)
    lie = lie_of(dark)
    found: dict[str, dict[str, Any]] = {}
    for key, kind, number, left, top, right, bottom in layout:
        if number != page:
            continue
        if kind == "tick":
            share = _fill(dark, lie, left, top, right, bottom)
            ticked = TICKED <= share < BLACK
            sure = lie.sure and (share < FAINT or (TICKED <= share < BLACK))
            found[str(key)] = {"ticked": ticked, "sure": sure}
        else:
            text = _written(read, lie, left, top, right, bottom)
            ink = _fill(dark, lie, left, top, right, bottom)
            found[str(key)] = {"text": text, "sure": lie.sure and (typed if text else ink < FAINT / 3)}
    return found


def lie_of(dark: Grey) -> Lie:
    """Return how a page lies by its corner marks; by the paper's edges where fewer than three are found."""
    height, width = dark.shape
    scale = (width / PAPER_MM[0], height / PAPER_MM[1])
    places, dots = [], []
    for x, y in CORNERS:
        spot = _square_near(dark, x * scale[0], y * scale[1], scale)
        if spot is not None:
            places.append((x, y, 1.0))
            dots.append(spot)
    if len(places) < 3:
        return Lie(np.array([[scale[0], 0.0, 0.0], [0.0, scale[1], 0.0]]), sure=False)
    solved, *_ = np.linalg.lstsq(np.array(places), np.array(dots), rcond=None)
    lie = Lie(solved.T, sure=len(places) == 4)
    astray = max(np.hypot(*(np.array(lie.at(x, y)) - dot)) for (x, y, _), dot in zip(places, dots, strict=True))
    return Lie(lie.matrix, lie.sure and astray < 1.2 * scale[0])


def _dark(picture: Image.Image) -> Grey:
    """The page as shares of ink, 0 to 1: paper is 0 whatever its grey."""
    held = np.asarray(picture.convert("L"), dtype=np.float32)
    paper, ink = float(np.median(held)), float(np.percentile(held, 0.5))
    if paper - ink < 25:
        return np.zeros_like(held)
    return (held < (paper + ink) / 2).astype(np.float32)


def _square_near(dark: Grey, x: float, y: float, scale: tuple[float, float]) -> tuple[float, float] | None:
    """The middle of the black square nearest to where a corner mark should be; none where there is no such square."""
    side = round(MARK_MM * scale[0])
    reach = round(SEARCHED_MM / 2 * scale[0])
    left, top = max(0, round(x) - reach - side), max(0, round(y) - reach - side)
    part = dark[top : round(y) + reach + side, left : round(x) + reach + side]
    if min(part.shape) <= 2 * side:
        return None
    sums = np.zeros((part.shape[0] + 1, part.shape[1] + 1), dtype=np.float32)
    sums[1:, 1:] = part.cumsum(axis=0).cumsum(axis=1)

    def boxes(size: int) -> Grey:
        made: Grey = sums[size:, size:] - sums[:-size, size:] - sums[size:, :-size] + sums[:-size, :-size]
        return made

    rim = max(2, side // 4)
    inner = boxes(side) / side**2
    outer = boxes(side + 2 * rim)
    core = inner[rim : rim + outer.shape[0], rim : rim + outer.shape[1]]
    around = (outer - core * side**2) / ((side + 2 * rim) ** 2 - side**2)
    score = core - around
    down, across = np.unravel_index(int(score.argmax()), score.shape)
    if score[down, across] < 0.55 or core[down, across] < 0.7:
        return None
    return left + int(across) + rim + side / 2, top + int(down) + rim + side / 2


def _fill(dark: Grey, lie: Lie, left: float, top: float, right: float, bottom: float) -> float:
    """The share of ink inside a box, away from its printed edges."""
    inset = min(INSIDE * (right - left), INSIDE * (bottom - top), 1.5)
    corners = [lie.at(x, y) for x in (left + inset, right - inset) for y in (top + inset, bottom - inset)]
    xs, ys = [one[0] for one in corners], [one[1] for one in corners]
    part = dark[max(0, round(min(ys))) : max(0, round(max(ys))), max(0, round(min(xs))) : max(0, round(max(xs)))]
    return float(part.mean()) if part.size else 0.0


def _written(read: PageWords, lie: Lie, left: float, top: float, right: float, bottom: float) -> str:
    """The words whose middle lies in a box, line by line."""
    x1, y1 = lie.at(left, top)
    x2, y2 = lie.at(right, bottom)
    lines: dict[int, list[str]] = {}
    for word in read.words:
        across, down = word.left + word.width / 2, word.top + word.height / 2
        if x1 <= across <= x2 and y1 <= down <= y2:
            lines.setdefault(word.line, []).append(word.text)
    return "\n".join(" ".join(one) for one in lines.values()).strip(" |_")
