"""The events this room records."""

from datetime import datetime
from typing import Any

from moothall.core.events import Happening
from moothall.promises.models import Promise

MADE = "promise.made"
PAUSED = "promise.paused"
RESUMED = "promise.resumed"
EXTENDED = "promise.extended"
CHANGED = "promise.changed"
AGREED = "promise.agreed"
AT_RISK = "promise.at_risk"
BROKEN = "promise.broken"
EXPLAINED = "promise.explained"
MET = "promise.met"
WITHDRAWN = "promise.withdrawn"
REOPENED = "promise.reopened"
LEFT_OUT = "promise.left_out"
REDRESS_OWED = "redress.owed"
REDRESS_SETTLED = "redress.settled"


def happening(event: str, promise: Promise, at: datetime, **data: Any) -> Happening:
    """Return the event about a promise, with the columns insight counts by."""
    due = promise.due_at.isoformat() if promise.due_at else None
    return Happening(
        name=event, subject_kind="promise", subject_id=promise.id, occurred_at=at,
        case_id=promise.subject_id if promise.subject_kind == "case" else None,
        contact_id=promise.subject_id if promise.subject_kind == "contact" else None,
        customer_id=promise.customer_id, service=promise.service, channel=promise.channel, team=promise.team,
        area=promise.area, data={"kind": promise.kind, "standard": promise.standard, "due_at": due, **data},
    )  # fmt: skip


def met(event: str, promise: Promise, at: datetime, **data: Any) -> Happening:
    """Return the event about a promise that ended, with the verdict."""
    on_time, started = promise.broken_at is None, promise.started_at.isoformat()
    return happening(event, promise, at, on_time=on_time, started_at=started, **data)
