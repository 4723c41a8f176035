"""An event of a call, as the exchange told it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

EVENTS = ("offered", "answered", "abandoned", "transferred", "ended")


@dataclass(frozen=True, slots=True)
class CallEvent:
    """What happened to a call and when, by the exchange's clock. ``offered_at``: when its caller began to wait."""

    id: str
    call_id: str
    event: str
    at: datetime
    caller: str = ""
    offered_at: datetime | None = None
