"""What a payment at a machine has come to, and what is done when the power failed in the middle of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

KINDS: Final = frozenset({"open", "begin", "cash", "change", "card", "done", "cancel", "power", "count"})
"""What a journal may say: till opened, payment begun, cash in, change out, card taken, done, cancelled, power back, count."""
OF_A_SALE: Final = frozenset({"begin", "cash", "change", "card", "done", "cancel"})
WITH_MONEY: Final = frozenset({"open", "cash", "change", "card", "count"})
MOST: Final = 500_000
"""The most one line may be, in pence: no coin or note is worth more."""

Ending = Literal["paid", "ended", "held"]


@dataclass(frozen=True, slots=True)
class Standing:
    """What has gone in and out of a machine for one payment, and what was owed."""

    owed: int
    cash_in: int
    out: int
    card: int

    @property
    def cash(self) -> int:
        """What stayed in the till."""
        return self.cash_in - self.out

    @property
    def came(self) -> int:
        """What came altogether."""
        return self.cash + self.card


def ending(stands: Standing, *, asked: Literal["done", "cancel", "power"]) -> Ending:
    """Return how a payment ends. Money that covers it pays it, also when the power failed before the machine could say so.

    What does not cover it and was not given back is held until a person settles it; nothing at all simply ends.
    """
    if stands.owed > 0 and stands.came >= stands.owed and asked != "cancel":
        return "paid"
    return "held" if stands.came > 0 else "ended"
