"""The events this room records."""

from datetime import datetime
from typing import Any

from moothall.cases.models import Case
from moothall.core.events import Happening

OPENED = "case.opened"
JOINED = "case.joined"
ASSIGNED = "case.assigned"
STATUS_CHANGED = "case.status_changed"
WAITING = "case.waiting"
RESUMED = "case.resumed"
NOTED = "case.noted"
ANSWERED = "case.answered"
TASK_ADDED = "case.task_added"
TASK_DONE = "case.task_done"
PRIORITY_CHANGED = "case.priority_changed"
MERGED = "case.merged"
SPLIT = "case.split"
CLOSED = "case.closed"
REOPENED = "case.reopened"
GIVEN = "case.given"


def happening(name: str, case: Case, at: datetime, **data: Any) -> Happening:
    """Return the event about a case, with the columns insight counts by."""
    return Happening(
        name=name, subject_kind="case", subject_id=case.id, occurred_at=at, case_id=case.id, contact_id=case.contact_id,
        customer_id=case.customer_id, service=case.service, channel=case.channel, team=case.team, area=case.area,
        data=data,
    )  # fmt: skip
