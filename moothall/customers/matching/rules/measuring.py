"""How right the links are, against the truth where somebody knows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Measure:
    """Of the links made: how many are right (precision), how many of the true ones were made (recall), and F1."""

    links: int
    right: int
    true_links: int

    @property
    def precision(self) -> float:
        """Right links ÷ links made; 1 where none was made."""
        return self.right / self.links if self.links else 1.0

    @property
    def recall(self) -> float:
        """Right links ÷ true links; 1 where there are none."""
        return self.right / self.true_links if self.true_links else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.right / (self.links + self.true_links) if self.links + self.true_links else 1.0

    def as_json(self) -> dict[str, Any]:
        """Return counts and shares, shares to five places."""
        return {
            **asdict(self),
            "precision": round(self.precision, 5),
            "recall": round(self.recall, 5),
            "f1": round(self.f1, 5),
        }


def measure_groups(groups: Iterable[Sequence[int]], truth: Sequence[str | None], true_links: int) -> Measure:
    """Measure groups of records: every pair inside a group is a link. Records without a known truth do not count."""
    links = right = 0
    for members in groups:
        known = [who for record in members if (who := truth[record]) is not None]
        links += len(known) * (len(known) - 1) // 2
        right += sum(n * (n - 1) // 2 for n in Counter(known).values())
    return Measure(links, right, true_links)


def links_in(truth: Iterable[str | None]) -> int:
    """Return how many pairs of records are of one person."""
    return sum(n * (n - 1) // 2 for n in Counter(who for who in truth if who is not None).values())


def operating_points(weights: Sequence[tuple[float, int, int]], true_links: int) -> list[tuple[float, Measure]]:
    """Return (weight, measure of all links from there up) for steps of (weight, links, right), highest first."""
    links = right = 0
    points = []
    for weight, more, more_right in weights:
        links += more
        right += more_right
        points.append((weight, Measure(links, right, true_links)))
    return points


def lowest_weight(points: Sequence[tuple[float, Measure]], precision: float) -> float | None:
    """Return the lowest weight from which up links are at least so precise; None where no weight is."""
    good = [weight for weight, measure in points if measure.precision >= precision and measure.links]
    return min(good) if good else None
