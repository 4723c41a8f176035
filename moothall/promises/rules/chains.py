"""Promises that hang on one another: when the second clock starts, and the latest it can be due. Pure."""

from __future__ import annotations

from datetime import datetime

from moothall.promises.rules.calendar import Calendar
from moothall.promises.rules.clock import ClockState, State
from moothall.promises.rules.counting import Counting
from moothall.promises.rules.standards import Standard, Starts


def chain_start(standard: Standard, first: ClockState | None, received_at: datetime) -> datetime | None:
    """Return when a chained clock starts, or None while it must still wait for the first.

    `first` is the clock named by `standard.chained_to`, evaluated at the moment of asking; None where there is none.
    """
    if standard.starts is Starts.RECEIPT or not standard.chained_to or first is None:
        return received_at
    if first.state in (State.MET, State.MET_LATE):
        if standard.starts is Starts.MET_OR_DUE and first.broken:
            return first.due_at
        return first.closed_at
    if standard.starts is Starts.MET_OR_DUE and first.broken:
        return first.due_at
    return None


def latest_due(standard: Standard, calendar: Calendar, first: ClockState, received_at: datetime) -> datetime | None:
    """Return by when a chained promise is due if the first is kept exactly on time: the date to tell the customer now."""
    start = chain_start(standard, first, received_at) or first.due_at
    if start is None:
        return None
    return Counting(
        calendar, standard.unit, standard.amount, start, (), standard.statutory, standard.roll_to_working_day
    ).due
