"""The slip a visitor takes home: what was asked, the reference, the promise. Printed from the browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from moothall.core.references import show_reference


@dataclass(frozen=True, slots=True)
class SlipLine:
    """One thing asked for: its name, its reference as people see it, and what we promised in words."""

    service: str
    reference: str
    promised: str


@dataclass(frozen=True, slots=True)
class Slip:
    """Everything printed for one visit. It names nobody: slips are left on counters."""

    council: str
    at: datetime
    lines: tuple[SlipLine, ...]


def slip_of(council: str, at: datetime, asked: Sequence[tuple[str, str, str]]) -> Slip:
    """Make the slip of a visit from (service, stored reference, promise in words)."""
    lines = tuple(SlipLine(service, show_reference(reference), promised) for service, reference, promised in asked)
    return Slip(council, at, lines)
