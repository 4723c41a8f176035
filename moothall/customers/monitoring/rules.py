"""What may be told of counts: small ones hidden, what would give them away hidden too, the rest rounded. Pure."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

NOT_SAID: Final = "not-said"


def pseudonym(key: bytes, customer_id: UUID) -> str:
    """Return somebody's pseudonym: HMAC-SHA-256 of her id. Without the key nobody can go back, nor try ids one by one."""
    return hmac.new(key, b"equality:" + customer_id.bytes, hashlib.sha256).hexdigest()


def quarter_of(day: date) -> str:
    """Return the quarter of a day: 2026-Q1."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


@dataclass(frozen=True, slots=True)
class Told:
    """Counts as they may be shown: ``None`` is hidden. ``total`` is hidden where it would give a hidden count away."""

    counts: Mapping[str, int | None]
    total: int | None
    base: int


def tell(counts: Mapping[str, int], *, threshold: int, rounding: int) -> Told:
    """Hide counts from one up to below the threshold; if just one is hidden, hide the next smallest as well, so that it
    cannot be worked out from the total; round what is left to the nearest multiple.

    Zero is shown: nobody is in it to be found. The total is rounded too, and hidden when it rests on fewer people than the
    threshold.
    """
    hidden = {code for code, count in counts.items() if 0 < count < threshold}
    if hidden:
        held = sum(counts[code] for code in hidden)
        others = sorted((code for code in counts if counts[code] >= threshold), key=lambda code: (counts[code], code))
        while others and (len(hidden) < 2 or held < threshold):
            hidden.add(others.pop(0))
            held = sum(counts[code] for code in hidden)
    total = sum(counts.values())
    shown = {code: None if code in hidden else rounded(count, rounding) for code, count in counts.items()}
    return Told(shown, rounded(total, rounding) if total >= threshold or total == 0 else None, rounding)


def rounded(count: int, base: int) -> int:
    """Return a count to the nearest multiple; halves up, so that the same count is always told the same way."""
    return (2 * count + base) // (2 * base) * base
