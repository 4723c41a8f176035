"""What planning asks of an optimiser, and the shapes that go in and come out. Times in seconds after midnight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

Point = tuple[float, float]
"""Latitude and longitude."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One job to place. ``crews`` are the indices of those who can do it; ``until`` is when work on it must have begun.

    ``weight`` 0 to 100: when not all can be done, the lower ones are left.
    """

    at: Point
    seconds: int
    crews: frozenset[int]
    weight: int = 10
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """One crew's day: from where, between when, and how long a break somewhere in its middle."""

    at: Point
    starts: int
    ends: int
    pause: int = 0


@dataclass(frozen=True, slots=True)
class Planned:
    """Routes by crew as (index of the stop, when work on it begins), and the stops nobody could take."""

    routes: tuple[tuple[tuple[int, int], ...], ...]
    left: tuple[int, ...] = field(default=())


class Optimiser(Protocol):
    """Places stops on shifts so that as much as possible is done, then with as little travel as it finds."""

    def __call__(
        self, stops: Sequence[Stop], shifts: Sequence[Shift], travel: Sequence[Sequence[int]], *, seconds: int
    ) -> Planned:
        """Return a plan within ``seconds``. ``travel`` is a square of seconds over the shifts' starts, then the stops."""
        ...
