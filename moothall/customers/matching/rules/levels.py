"""How alike two values of a field are, in levels: each one test for pairs in memory and the same one in SQL. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from moothall.customers.matching.rules.person import Person

Test = Callable[[Person, Person], bool]


@dataclass(frozen=True, slots=True)
class Level:
    """One level of agreement: `sql` speaks of columns `x_l` and `x_r`; `m` and `u` are where training starts from.

    `frequency` names the column whose value's share of all records takes the place of `u` (rare values say more).
    """

    name: str
    words: str
    sql: str
    test: Test
    m: float
    u: float
    frequency: str = ""
    frequency_weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the comparison. `missing` is when it says nothing; the last level, `differs`, is all the rest."""

    name: str
    words: str
    needs: tuple[str, ...]
    missing_sql: str
    missing: Test
    levels: tuple[Level, ...]

    @property
    def frequency_columns(self) -> tuple[str, ...]:
        """The columns whose values' shares count in this field."""
        return tuple(dict.fromkeys(level.frequency for level in self.levels if level.frequency))


def alike(one: str, other: str) -> float:
    """Return Jaro-Winkler similarity over bytes, 0 to 1."""
    return JaroWinkler.similarity(one.encode(), other.encode())


def slips(one: str, other: str) -> int:
    """Return how many letters were changed, left out, added or swapped with their neighbour, over bytes."""
    return DamerauLevenshtein.distance(one.encode(), other.encode())


def shared(one: Collection[str] | None, other: Collection[str] | None) -> bool:
    """Say whether two lists have a value in common."""
    return bool(one and other and not set(one).isdisjoint(other))


def equal(one: str | None, other: str | None) -> bool:
    """Say whether two values are there and the same."""
    return one is not None and one == other


def otherwise(m: float, u: float, words: str = "differs") -> Level:
    """Return the level that holds where none before it does."""
    return Level("differs", words, "ELSE", lambda a, b: True, m, u)


def one_missing(column: str) -> tuple[str, Test]:
    """Return, in SQL and here, the test that one of two does not say a field."""
    at = Person._fields.index(column)
    return f"{column}_l IS NULL OR {column}_r IS NULL", lambda a, b: a[at] is None or b[at] is None


def initial(a: str, b: str) -> bool:
    """Say whether one of two names is but the first letter of the other."""
    return (len(a) == 1 or len(b) == 1) and a[:1] == b[:1]
