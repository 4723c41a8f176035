"""What this sub-room asks of the outside: something that reads deliveries, something that takes changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from moothall.customers.linking.pack import Layout


class CannotRead(ValueError):
    """A delivery cannot be read as a whole; the message says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it came: its number (from 1), its values by heading, and what is wrong with its shape, if anything is.

    What came around the values counts where it is there: when they changed (``at``), that it is ``gone``, its ``key``.
    """

    number: int
    values: Mapping[str, Any]
    problem: str = ""
    at: datetime | None = None
    gone: bool = False
    key: str = ""


class Lot(Protocol):
    """A delivery that can be read, again and again, from its first row."""

    @property
    def digest(self) -> str:
        """SHA-256 of all that it holds, as hex: the same lot has the same."""

    @property
    def headings(self) -> tuple[str, ...] | None:
        """The columns it has; ``None`` where each row says for itself."""

    def rows(self) -> Iterator[Row]:
        """Yield the rows in order."""


class TimedLot(Lot, Protocol):
    """A lot that says of which moment it speaks."""

    @property
    def as_of(self) -> datetime:
        """The latest moment that anything in it speaks of."""


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A page of a feed: its lots in order, the place after it, and whether there is more already."""

    lots: tuple[TimedLot, ...]
    after: str
    more: bool


class PlaceGone(Exception):
    """The feed no longer has what came after our place: it has to be read from the beginning, or a whole file brought."""


class Feed(Protocol):
    """A system's own feed of what changed."""

    def read(self, place: str, layout: Layout, *, now: datetime) -> FeedPage:
        """Return the page after a place. Raises Unreachable, PlaceGone, CannotRead."""


class Reader(Protocol):
    """Reads files of one format."""

    def __call__(self, content: bytes, layout: Layout) -> Lot:
        """Return the lot. Raises CannotRead when it is no such file at all."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a system is told: whose record, what kind of change, the values as they are now."""

    key: str
    record: str
    kind: str
    values: Mapping[str, Any]
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What a system answered. ``state``: confirmed, refused, or later (it will say). ``holds``: what it says it holds now."""

    state: str
    receipt: str = ""
    reason: str = ""
    holds: Mapping[str, Any] = field(default_factory=dict)


class Unreachable(Exception):
    """The system did not answer, or answered that it cannot just now. Try again later."""


class Holder(Protocol):
    """A system that takes changes."""

    def tell(self, told: Told) -> Answer:
        """Tell it once more or for the first time: the same ``told.key`` changes nothing twice. Raises Unreachable."""

    def ask(self, told: Told) -> Answer | None:
        """Ask what became of it; ``None`` when it never heard of it. Raises Unreachable."""
