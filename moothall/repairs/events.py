"""The events this room records. Their subject is the case."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from moothall.core.events import Happening
from moothall.repairs.models import Order, StepKind

ORDERED: Final = "repair.ordered"
SENT: Final = "repair.sent"
STUCK: Final = "repair.stuck"
CANCELLED: Final = "repair.cancelled"
RAISED: Final = "repair.raised"
OF_STEP: Final[dict[StepKind, str]] = {kind: f"repair.{kind.value}" for kind in StepKind if kind is not StepKind.NOTE}


def happening(name: str, row: Order, at: datetime, **data: str | int | bool) -> Happening:
    """Return the event about an order."""
    return Happening(
        name=name, subject_kind="case", subject_id=row.case_id, occurred_at=at, case_id=row.case_id, service=row.service,
        data={"order": str(row.id), "contractor": row.contractor, "kind": row.kind, **data},
    )  # fmt: skip
