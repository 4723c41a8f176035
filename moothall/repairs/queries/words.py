"""Visits and steps in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from moothall.core.zone import LONDON, council_date
from moothall.promises.rules import say_day, say_time

SAYS: Final[Mapping[str, str]] = {
    "ordered": "We asked {contractor} to do this",
    "further": "We asked {contractor} to do the work that was still needed",
    "accepted": "{contractor} took it on",
    "refused": "{contractor} can’t do this. We are finding somebody else",
    "offered": "{contractor} offered times for the visit",
    "booked": "Visit booked: {when}",
    "agreed": "You chose {when}",
    "none_suit": "You asked for other times",
    "going": "{contractor} is on the way",
    "visited": "{contractor} is with you",
    "no_access": "{contractor} came and nobody let them in",
    "inspected": "It was looked into",
    "follow_on": "{contractor} came. More work is needed",
    "done": "{contractor} did the work",
    "cancelled": "This order was taken back",
}
"""Each step as the tenant reads it."""


def say_window(starts: datetime, ends: datetime | None, now: datetime) -> str:
    """Return "Thursday 5 March, between 8am and midday"."""
    begins = starts.astimezone(LONDON)
    day = say_day(begins.date(), council_date(now))
    if ends is None:
        return f"{day}, {say_time(begins)}"
    return f"{day}, between {say_time(begins)} and {say_time(ends.astimezone(LONDON))}"
