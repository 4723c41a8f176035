"""What happened to one promise, in the order it happened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from moothall.promises.rules.calendar import Calendar
from moothall.promises.rules.instants import utc
from moothall.promises.rules.standards import Standard


class FactKind(StrEnum):
    """The only things that can happen to a promise."""

    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    EXTENDED = "extended"
    RESTARTED = "restarted"
    STANDARD_CHANGED = "standard_changed"
    AGREED = "agreed"
    MET = "met"
    BROKEN = "broken"
    EXPLAINED = "explained"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"


@dataclass(frozen=True)
class Fact:
    """One thing that happened to a promise. Which of the optional fields matter depends on the kind.

    `reason`: paused (a code the standard allows), resumed (that code, to end one of several pauses; anything else ends
    them all), extended, explained, withdrawn. `by`: extended, in the standard's unit. `new_due`: explained; agreed (the
    moment that stands in place of the count; none: the count stands again).
    `standard` and `calendar`: standard_changed.
    """

    kind: FactKind
    at: datetime
    sequence: int = 0
    reason: str = ""
    by: int = 0
    new_due: datetime | None = None
    standard: Standard | None = None
    calendar: Calendar | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", utc(self.at))


def in_order(facts: Iterable[Fact]) -> list[Fact]:
    """Return facts by time, then by the sequence in which they were recorded."""
    return sorted(facts, key=lambda f: (f.at, f.sequence))
