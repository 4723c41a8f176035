"""Standards and facts for the tests of clocks."""

from __future__ import annotations

from moothall.promises.rules import (
    Fact,
    FactKind,
    Standard,
    Unit,
    evaluate,
)
from moothall.promises.rules.clock import ClockState
from tests.promises.calendars import at, calendar

REPAIR = Standard(
    "pothole", 5, Unit.WORKING_DAYS, "office", "Potholes", pauses=("waiting_for_customer", "severe_weather")
)
COMPLAINT = Standard("complaint", 10, Unit.WORKING_DAYS, "office", "Complaint reply", extension_max=10)
FOI = Standard("foi", 20, Unit.WORKING_DAYS, "foi", "Information request", statutory=True, restarts=("clarification",))
EMAIL = Standard("email", 240, Unit.WORKING_MINUTES, "office", "E-mail answer", pauses=("waiting_for_customer",))
WAITING = "waiting_for_customer"


def fact(line: str, sequence: int = 0, **more: object) -> Fact:
    """Read "2026-11-19 10:00 paused waiting_for_customer"."""
    date, clock, kind, *reason = line.split(" ", 3)
    return Fact(FactKind(kind), at(f"{date} {clock}"), sequence, " ".join(reason), **more)  # type: ignore[arg-type]


def state(standard: Standard, now: str, *facts: Fact | str) -> ClockState:
    read = [fact(f, n) if isinstance(f, str) else f for n, f in enumerate(facts)]
    return evaluate(standard, calendar(standard.calendar), read, at(now))
