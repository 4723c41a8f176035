"""Whose capacity counts: the pack's own, until a room above (rounds) offers a better one for a bookable."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from moothall.bookings.pack import Unit

Most = Mapping[str, int | None]
"""units, minutes, metres, kilograms: the most there is; None: not counted."""
Provider = Callable[[Unit, date], Most]

_providers: dict[str, Provider] = {}


def register(bookable: str, provider: Provider) -> None:
    """Let a room above say what one crew or session can take on a day, for one bookable. It must not ask the database
    more than once per process and day: a search asks for every unit and day it shows."""
    _providers[bookable] = provider


def forget(bookable: str) -> None:
    """Go back to the pack's own (tests)."""
    _providers.pop(bookable, None)


def most_of(bookable: str, unit: Unit, day: date) -> Most:
    """Return the most a unit takes on a day."""
    provider = _providers.get(bookable)
    if provider is not None:
        return provider(unit, day)
    capacity = unit.resource.capacity
    return capacity.model_dump() if capacity is not None else {}
