"""The events this room records. Data holds ids, codes and pence only."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from moothall.core.events import Happening
from moothall.payments.models import DebitFile, Intent, Mandate

OWED: Final = "payment.owed"
STARTED: Final = "payment.started"
TAKEN: Final = "payment.taken"
FAILED: Final = "payment.failed"
PAUSED: Final = "recording.paused"
RECORDED: Final = "recording.resumed"
VOUCHED: Final = "recording.vouched"
LINK_ASKED: Final = "payment.link_asked"
SETTLED: Final = "payment.settled"
VOIDED: Final = "payment.voided"
REFUND_ASKED: Final = "refund.asked"
REFUND_REFUSED: Final = "refund.refused"
REFUND_SENT: Final = "refund.sent"
REFUND_FAILED: Final = "refund.failed"
REVERSED: Final = "payment.reversed"
KEPT_AGAIN: Final = "payment.kept_again"
MACHINE_KEPT: Final = "payment.machine_kept"
DEPOSIT_ASKED: Final = "deposit.asked"
DEPOSIT_KEPT: Final = "deposit.kept"
MACHINE_GAVE: Final = "payment.machine_gave"
PART_DUE: Final = "instalment.due"
PART_FAILED: Final = "instalment.failed"
MANDATE_AGREED: Final = "mandate.agreed"
MANDATE_CHANGED: Final = "mandate.changed"
MANDATE_ENDED: Final = "mandate.ended"
RETURNED: Final = "payment.returned"
DEBIT_FILE: Final = "debits.file"
STATEMENT_BROUGHT: Final = "statement.brought"
GIVEN: Final = "payment.given"
DIFFERENCE_SETTLED: Final = "difference.settled"


def about(name: str, intent: Intent, at: datetime, **data: Any) -> Happening:
    """Return an event about an intent, with the columns insight counts by."""
    return Happening(
        name=name, subject_kind="payment", subject_id=intent.id, occurred_at=at, case_id=intent.case_id,
        customer_id=intent.customer_id, service=intent.service, channel=intent.channel, team=intent.team,
        area=intent.area, data={key: value for key, value in data.items() if value is not None},
    )  # fmt: skip


def about_mandate(name: str, mandate: Mandate, at: datetime, **data: Any) -> Happening:
    """Return an event about an agreement to pay in parts."""
    bill = mandate.intent
    return Happening(
        name=name, subject_kind="mandate", subject_id=mandate.id, occurred_at=at, case_id=mandate.case_id,
        customer_id=mandate.customer_id, service=bill.service, channel=mandate.channel, team=bill.team, area=bill.area,
        data=data,
    )  # fmt: skip


def about_file(made: DebitFile, at: datetime) -> Happening:
    """Return the event of a file for the bank or a report from it."""
    return Happening(
        name=DEBIT_FILE, subject_kind="debit_file", subject_id=made.id, occurred_at=at,
        data={"kind": made.kind, "rows": made.rows, "pence": made.pence},
    )  # fmt: skip
