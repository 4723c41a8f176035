"""The events this room records."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from moothall.core.events import Happening
from moothall.reception.models import Visit

ARRIVED: Final = "visit.arrived"
CALLED: Final = "visit.called"
SEEN: Final = "visit.seen"
HANDED: Final = "visit.handed"
LEFT: Final = "visit.left"
ENDED: Final = "visit.ended"
INTERPRETED: Final = "visit.interpreted"
NEARLY: Final = "visit.nearly"
ON_DUTY: Final = "duty.begun"
OFF_DUTY: Final = "duty.ended"
ASKED: Final = "expert.asked"
COMING: Final = "expert.coming"
BUSY: Final = "expert.busy"


def happening(name: str, row: Visit, at: datetime, **data: Any) -> Happening:
    """Return the event about a visit, with the columns insight counts by. ``data``: codes and numbers only."""
    return Happening(
        name=name, subject_kind="visit", subject_id=row.id, occurred_at=at, contact_id=row.contact_id,
        customer_id=row.customer_id, service=row.service, channel="counter",
        data={"centre": row.centre, "queue": row.queue} | data,
    )  # fmt: skip
