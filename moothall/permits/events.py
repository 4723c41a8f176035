"""The events this room records. Their subject is the permit."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from moothall.cases.models import Case
from moothall.core.events import Happening
from moothall.permits.models import Permit

ISSUED: Final = "permit.issued"
ENDED: Final = "permit.ended"
REMINDED: Final = "permit.reminded"


def happening(name: str, row: Permit, case: Case, at: datetime, **data: Any) -> Happening:
    """Return the event about a permit, on the time line of its case."""
    return Happening(
        name=name, subject_kind="permit", subject_id=row.id, occurred_at=at, case_id=row.case_id,
        customer_id=case.customer_id, service=row.service, channel=case.channel, team=case.team, area=case.area,
        data={"starts": row.starts.isoformat(), "ends": row.ends.isoformat(), **data},
    )  # fmt: skip
