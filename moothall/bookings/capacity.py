"""What one crew or session takes at most, as the pack says."""

from __future__ import annotations

from collections.abc import Mapping

from moothall.bookings.pack import Unit

Most = Mapping[str, int | None]
"""units, minutes, metres, kilograms: the most there is; None: not counted."""


def most_of(unit: Unit) -> Most:
    """Return the most a unit takes on a day."""
    capacity = unit.resource.capacity
    return capacity.model_dump() if capacity is not None else {}
