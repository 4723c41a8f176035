"""What each table holds of people: the source of the data map, and of the tests that nothing is forgotten.

Each room says it in its own ``data_held.py``, model by model. A field that could hold something of a person (text, JSON, a
date, a place, a number that is not a count) and is not named there fails a test, so a new column cannot slip past.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Basis(StrEnum):
    """Why the law lets us hold it: UK GDPR, article 6."""

    PUBLIC_TASK = "Public task, article 6(1)(e)"
    LEGAL = "Legal obligation, article 6(1)(c)"
    CONSENT = "Consent, article 6(1)(a)"
    CONTRACT = "Contract, article 6(1)(b)"


SPECIAL_BASIS: Final = "Article 9(2)(g), Data Protection Act 2018, Schedule 1, paragraph 6"


@dataclass(frozen=True, slots=True)
class Held:
    """What one model holds of people.

    ``personal`` and ``special`` (article 9: health, religion …) name its fields; ``plain`` those that say nothing of anybody.
    ``kept`` is the class of record in the pack's retention. ``room`` names the provider of ``core.people`` that copies and
    erases it; ``not_copied`` and ``stays`` say why it does not. ``whose`` is customer, staff or nobody.
    """

    model: str
    purpose: str
    basis: Basis | None
    kept: str
    personal: tuple[str, ...] = ()
    special: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    room: str = ""
    not_copied: str = ""
    stays: str = ""
    whose: str = "nobody"

    @property
    def is_personal(self) -> bool:
        """Whether it holds anything of a person."""
        return bool(self.personal or self.special)


_held: dict[str, Held] = {}


def holds(
    model: str, *, purpose: str, basis: Basis = Basis.PUBLIC_TASK, kept: str, personal: str = "", special: str = "",
    plain: str = "", room: str = "", not_copied: str = "", stays: str = "", whose: str = "customer",
) -> None:  # fmt: skip
    """Say what a model (``cases.Case``) holds. Fields are names with spaces between."""
    _held[model] = Held(
        model, purpose, basis, kept, tuple(personal.split()), tuple(special.split()), tuple(plain.split()), room,
        not_copied, stays, whose,
    )  # fmt: skip


def holds_nobody(purpose: str, *models: str, kept: str = "for-ever") -> None:
    """Say that these models hold nothing of anybody."""
    for model in models:
        _held[model] = Held(model, purpose, None, kept)


def all_held() -> Mapping[str, Held]:
    """Return what every model holds, by its name."""
    return dict(sorted(_held.items()))
