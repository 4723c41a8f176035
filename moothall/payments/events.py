"""The events this room records. Data holds ids, codes and pence only."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from moothall.core.events import Happening
from moothall.payments.models import Intent

OWED: Final = "payment.owed"
STARTED: Final = "payment.started"
TAKEN: Final = "payment.taken"
FAILED: Final = "payment.failed"
LINK_ASKED: Final = "payment.link_asked"
SETTLED: Final = "payment.settled"
VOIDED: Final = "payment.voided"
REFUND_ASKED: Final = "refund.asked"
REFUND_REFUSED: Final = "refund.refused"
REFUND_SENT: Final = "refund.sent"
REFUND_FAILED: Final = "refund.failed"
REVERSED: Final = "payment.reversed"
STATEMENT_BROUGHT: Final = "statement.brought"
DIFFERENCE_SETTLED: Final = "difference.settled"


def about(name: str, intent: Intent, at: datetime, **data: Any) -> Happening:
    """Return an event about an intent, with the columns insight counts by."""
    return Happening(
        name=name, subject_kind="payment", subject_id=intent.id, occurred_at=at, case_id=intent.case_id,
        customer_id=intent.customer_id, service=intent.service, channel=intent.channel, team=intent.team,
        area=intent.area, data={key: value for key, value in data.items() if value is not None},
    )  # fmt: skip
