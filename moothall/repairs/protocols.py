"""What this room asks of a way to a contractor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


class CannotSend(Exception):
    """It could not be reached, or did not answer: try again. The message says what happened."""


class NotTaken(Exception):
    """It will not take this, however often it is sent. The message is what it said."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a contractor is told of an order: the home, the fault, whom to meet. ``key`` is ours and stays the same."""

    key: str
    reference: str
    kind: str
    service: str
    priority: str
    emergency: bool
    at_risk: bool
    what: str
    facts: Mapping[str, str]
    address: str
    uprn: int | None
    name: str
    phone: str
    needs: tuple[str, ...]
    warnings: tuple[str, ...]
    due_at: datetime | None
    follows: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing a contractor says of an order. ``key`` and ``number`` are its own; moments are aware."""

    order: str
    key: str
    kind: str
    occurred_at: datetime
    number: int = 0
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    offers: tuple[tuple[datetime, datetime], ...] = ()
    hazard: str = ""
    words: str = ""
    reference: str = ""
    needs: Mapping[str, str] = field(default_factory=dict)


class Contract(Protocol):
    """A way to one contractor."""

    def order(self, work: Work) -> str:
        """Send an order; return their reference, which may be empty. Raises CannotSend, NotTaken."""

    def tell(self, order: str, kind: str, *, key: str, starts_at: datetime | None, ends_at: datetime | None) -> None:
        """Tell them what the tenant chose, or that it is not needed any more. Raises CannotSend, NotTaken."""

    def steps(self, order: str, *, after: int) -> list[Heard]:
        """Return their steps of an order numbered above ``after``, in order. Raises CannotSend, NotTaken."""
