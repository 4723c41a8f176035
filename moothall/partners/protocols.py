"""What this room asks of the systems of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


class CannotSend(Exception):
    """It could not be reached, or did not answer: try again. The message says what happened."""


class NotTaken(Exception):
    """It will not take this, however often it is sent. The message is what it said, ``missing`` that it has no such thing."""

    def __init__(self, message: str, *, missing: bool = False) -> None:
        super().__init__(message)
        self.missing = missing


@dataclass(frozen=True, slots=True)
class OutReport:
    """What another system is told of a case: the thing and the place, never who asked. ``key`` is ours and stays the same."""

    key: str
    service: str
    description: str
    latitude: float | None = None
    longitude: float | None = None
    address: str = ""
    uprn: int | None = None
    media_url: str = ""
    attributes: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sent:
    """What it answered: its number, or a token that will become one."""

    reference: str = ""
    token: str = ""
    notice: str = ""


@dataclass(frozen=True, slots=True)
class TheirState:
    """Where a report stands with them. ``status`` is open or closed; times are aware."""

    reference: str
    status: str
    notes: str = ""
    changed_at: datetime | None = None
    expected_at: datetime | None = None
    service: str = ""
    description: str = ""
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    requested_at: datetime | None = None
    agency: str = ""
    media_url: str = ""


class Sender(Protocol):
    """A way to another system."""

    def send(self, report: OutReport) -> Sent:
        """Send a report. Raises CannotSend, NotTaken."""

    def reference_of(self, token: str) -> str:
        """Return the number a token has become, empty while it has not. Raises CannotSend, NotTaken."""

    def states(self, references: Sequence[str]) -> list[TheirState]:
        """Return where these reports stand; those it does not know are left out. Raises CannotSend, NotTaken."""
