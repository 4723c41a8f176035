"""The weights of a trained model, and what they make of two records."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from moothall.customers.matching.rules.comparing import FIELD, FIELDS, compare
from moothall.customers.matching.rules.levels import Field, Level
from moothall.customers.matching.rules.person import Person

Frequency = Callable[[str, str], float | None]
FORMAT: Final = 1
RARE: Final = 0.00002


@dataclass(frozen=True, slots=True)
class Model:
    """What training learnt: `prior`, how likely two records taken at random are of one person; for each field and level
    `m` (how often it holds for one person) and `u` (how often for two). Weights are in bits: log2(m / u).

    `auto_at` and `review_at` are the weights from which the machine may join, and an officer is asked. A given name
    with a smaller share than `rare` is a slip, not a name; nought where nobody knows how common names are: all are names.
    """

    prior: float
    fields: Mapping[str, Mapping[str, tuple[float, float]]]
    auto_at: float = 14.0
    review_at: float = 0.0
    rare: float = RARE

    @property
    def prior_weight(self) -> float:
        """The weight before anything is compared."""
        return math.log2(self.prior / (1 - self.prior))

    def weight(self, field: str, level: str) -> float:
        """Return what a level of a field adds, in bits, before any frequency."""
        m, u = self.fields[field][level]
        return math.log2(m / u)

    def compared(self) -> tuple[Field, ...]:
        """The fields this model compares, in order."""
        return tuple(field for field in FIELDS if field.name in self.fields)

    def as_json(self) -> dict[str, Any]:
        """Return the model as JSON, for keeping."""
        return {
            "format": FORMAT,
            "prior": self.prior,
            "auto_at": self.auto_at,
            "review_at": self.review_at,
            "rare": self.rare,
            "fields": {name: {level: list(mu) for level, mu in levels.items()} for name, levels in self.fields.items()},
        }


def read_model(kept: Mapping[str, Any]) -> Model:
    """Return a model from what `as_json` made.

    Raises:
        ValueError: another format, or it speaks of fields or levels that are not compared.
    """
    if kept.get("format") != FORMAT:
        raise ValueError(f"This model has format {kept.get('format')}; format {FORMAT} can be read.")
    fields: dict[str, dict[str, tuple[float, float]]] = {}
    for name, levels in kept["fields"].items():
        if name not in FIELD or set(levels) != {level.name for level in FIELD[name].levels}:
            raise ValueError(f"This model compares “{name}” in another way. Train a new one.")
        fields[name] = {level: (float(mu[0]), float(mu[1])) for level, mu in levels.items()}
    return Model(kept["prior"], fields, kept["auto_at"], kept["review_at"], kept["rare"])


def starting_model(fields: tuple[Field, ...] = FIELDS, prior: float = 1e-6, rare: float = 0.0) -> Model:
    """Return the model before any training: what we think ourselves. Good enough to begin with, measured by nobody."""
    levels = {field.name: {level.name: (level.m, level.u) for level in field.levels} for field in fields}
    return Model(prior, levels, rare=rare)


@dataclass(frozen=True, slots=True)
class Part:
    """What one field adds: the level it agrees on (`missing` adds nothing), in bits, and in words."""

    field: str
    level: str
    weight: float
    words: str


@dataclass(frozen=True, slots=True)
class Score:
    """How sure we are that two records are of one person, and why. `weight` in bits; `probability` is the same, 0 to 1."""

    weight: float
    probability: float
    parts: tuple[Part, ...]

    def level(self, field: str) -> str:
        """Return the level a field agrees on: `missing` where it says nothing or is not compared."""
        return next((part.level for part in self.parts if part.field == field), "missing")


def never(column: str, value: str) -> float | None:
    """A frequency for nothing: scores without regard to how common a name is."""
    return None


def score(a: Person, b: Person, model: Model, frequency: Frequency = never) -> Score:
    """Return how sure the model is that both are of one person: the same as Splink says of them, to 1e-9.

    `frequency(column, value)` is a value's share of the records that have one, or None where it was never seen.
    """
    total = model.prior_weight
    parts = []
    for field in model.compared():
        level = compare(a, b, field)
        if level is None:
            parts.append(Part(field.name, "missing", 0.0, f"{field.words}: not known in both"))
            continue
        weight = model.weight(field.name, level.name) + _for_frequency(a, b, level, field, model, frequency)
        total += weight
        parts.append(Part(field.name, level.name, weight, f"{field.words}: {level.words}"))
    return Score(total, probability(total), tuple(parts))


def probability(weight: float) -> float:
    """Return a weight in bits as a probability."""
    if weight > 1000:
        return 1.0
    odds = 2.0**weight if weight > -1000 else 0.0
    return odds / (1 + odds)


def _for_frequency(a: Person, b: Person, level: Level, field: Field, model: Model, frequency: Frequency) -> float:
    """What a value's own frequency changes: against the chance that any two agree, the chance for this value."""
    if not level.frequency:
        return 0.0
    shares = [
        share
        for person in (a, b)
        if (value := getattr(person, level.frequency)) is not None
        and (share := frequency(level.frequency, value)) is not None
    ]
    if not shares:
        return 0.0
    _, u = model.fields[field.name][level.name]
    return level.frequency_weight * (math.log2(u) - math.log2(max(shares)))
