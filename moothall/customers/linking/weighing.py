"""How alike two records are: the one place where linking asks matching."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol
from uuid import UUID

OWN_WORDS: Final = "customers"
"""The source of what a customer's own record says: told to us, not by another system."""


@dataclass(frozen=True, slots=True)
class Likely:
    """A customer that a record may speak of. ``kind``: auto, review or apart. ``parts``: field, how alike, weight, words."""

    customer_id: UUID
    weight: float
    parts: list[dict[str, Any]]
    kind: str
    reason: str = ""


class Matcher(Protocol):
    """What linking needs of matching."""

    def keep(self, people: Sequence[tuple[UUID, UUID, str, Mapping[str, str]]]) -> None:
        """Know these records: record, its customer, its system, what it says."""

    def keep_new(self, people: Sequence[tuple[UUID, UUID, str, Mapping[str, str]]]) -> None:
        """Know many records at once, none of which it knows yet."""

    def forget(self, record_id: UUID) -> None:
        """Know it no longer."""

    def move(self, record_ids: Iterable[UUID], customer_id: UUID) -> None:
        """These records are another customer's now."""

    def likely(self, fields: Mapping[str, str], *, but: Iterable[UUID] = (), limit: int = 10) -> list[Likely]:
        """Return who it may be, best first, each customer once: auto for one at most, whom nothing contradicts."""

    def contradiction(self, one: UUID, other: UUID) -> str:
        """Return, in words, why two customers cannot be one by what all their records say; empty where they may."""

    def another(self, record_id: UUID, customer_id: UUID, before: Mapping[str, str], now: Mapping[str, str]) -> str:
        """Return, in words, why a record that said ``before`` can no longer be of its customer; empty where it may be."""

    def weigh(self, one: UUID, other: UUID) -> tuple[float, list[dict[str, Any]]]:
        """Return how alike two customers are, with the parts; nothing speaks either way where one is not known."""

    def pairs_of_firms(self) -> Iterable[tuple[UUID, UUID, Likely]]:
        """Return the organisations that may be one among all that are known, the surest first."""


class NoMatcher:
    """Nobody weighs: every record is a customer's of its own until a person says otherwise."""

    def keep(self, people: Sequence[tuple[UUID, UUID, str, Mapping[str, str]]]) -> None:
        """Nothing is known."""

    def keep_new(self, people: Sequence[tuple[UUID, UUID, str, Mapping[str, str]]]) -> None:
        """Nothing is known."""

    def forget(self, record_id: UUID) -> None:
        """Nothing is known."""

    def move(self, record_ids: Iterable[UUID], customer_id: UUID) -> None:
        """Nothing is known."""

    def likely(self, fields: Mapping[str, str], *, but: Iterable[UUID] = (), limit: int = 10) -> list[Likely]:
        """Nobody."""
        return []

    def contradiction(self, one: UUID, other: UUID) -> str:
        """Nothing speaks either way."""
        return ""

    def another(self, record_id: UUID, customer_id: UUID, before: Mapping[str, str], now: Mapping[str, str]) -> str:
        """Nothing speaks either way."""
        return ""

    def weigh(self, one: UUID, other: UUID) -> tuple[float, list[dict[str, Any]]]:
        """Nothing speaks either way."""
        return 0.0, []

    def pairs_of_firms(self) -> Iterable[tuple[UUID, UUID, Likely]]:
        """None."""
        return ()


_matcher: Matcher = NoMatcher()


def use(matcher: Matcher) -> Matcher:
    """Weigh with this from now on; returns what it was before (tests put it back)."""
    global _matcher
    before, _matcher = _matcher, matcher
    return before


def matcher() -> Matcher:
    """Return who weighs."""
    return _matcher
