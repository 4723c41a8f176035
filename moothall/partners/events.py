"""The events this room records."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from moothall.core.events import Happening
from moothall.partners.models import Referral

MADE: Final = "referral.made"
SENT: Final = "referral.sent"
ACCEPTED: Final = "referral.accepted"
DONE: Final = "referral.done"
CLOSED: Final = "referral.closed"
REFUSED: Final = "referral.refused"
STUCK: Final = "referral.stuck"


def happening(name: str, row: Referral, at: datetime) -> Happening:
    """Return the event about something sent on. Its subject is the case."""
    return Happening(
        name=name, subject_kind="case", subject_id=row.case_id, occurred_at=at, case_id=row.case_id, service=row.service,
        data={"referral": str(row.id), "partner": row.partner, "purpose": row.purpose},
    )  # fmt: skip
