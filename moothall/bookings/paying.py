"""Whether anything here takes money. Payments, a room above, says so at start; until then nothing is owed before booking."""

from __future__ import annotations

_taken_by: list[str] = []


def money_is_taken_by(room: str) -> None:
    """Say that this room confirms bookings that are owed for, once they are paid."""
    if room not in _taken_by:
        _taken_by.append(room)


def is_money_taken() -> bool:
    """Whether a booking that costs something waits for its payment."""
    return bool(_taken_by)
