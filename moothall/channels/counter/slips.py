"""The slip a visitor takes home: what was asked, the reference, the promise. Printed from the browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from moothall.core.references import show_reference


@dataclass(frozen=True, slots=True)
class SlipLine:
    """One thing asked for: its name, its reference as people see it, what we promised and what is booked, in words."""

    service: str
    reference: str
    promised: str
    booked: str = ""


@dataclass(frozen=True, slots=True)
class Slip:
    """Everything printed for one visit. It names nobody: slips are left on counters."""

    council: str
    at: datetime
    lines: tuple[SlipLine, ...]


def slip_of(council: str, at: datetime, asked: Sequence[tuple[str, str, str, str]]) -> Slip:
    """Make the slip of a visit from (service, stored reference, promise in words, when and where is booked)."""
    lines = tuple(
        SlipLine(service, show_reference(code), promised, booked) for service, code, promised, booked in asked
    )
    return Slip(council, at, lines)
