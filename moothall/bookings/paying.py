"""Whether anything here takes money, and what another hour costs. Payments, a room above, says so at start; until then
nothing is owed before booking, and every hour costs the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from moothall.bookings.queries.views import BookingView

MoreToMove = Callable[[BookingView, Sequence[datetime]], list[int]]
"""By how many pence each of these starts is dearer than the booking's own; in as many queries for many as for one."""

_more: list[MoreToMove] = []
_taken_by: list[str] = []


def money_is_taken_by(room: str) -> None:
    """Say that this room confirms bookings that are owed for, once they are paid."""
    if room not in _taken_by:
        _taken_by.append(room)


def is_money_taken() -> bool:
    """Whether a booking that costs something waits for its payment."""
    return bool(_taken_by)


def hours_are_priced_by(more: MoreToMove) -> None:
    """Say what works out the price of another hour."""
    _more[:] = [more]


def more_to_move(view: BookingView, starts: Sequence[datetime]) -> list[int]:
    """Return by how many pence each start is dearer (less than nothing: cheaper) than the one a booking has, for the customer
    who moves it. Of a date that we chose for her each is hers for what she paid.
    """
    if not _more or view.visits_failed:
        return [0] * len(starts)
    return _more[0](view, starts)
