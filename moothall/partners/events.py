"""The events this room records."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from moothall.core.events import Happening
from moothall.partners.models import PersonReferral, Referral

MADE: Final = "referral.made"
SENT: Final = "referral.sent"
ACCEPTED: Final = "referral.accepted"
DONE: Final = "referral.done"
CLOSED: Final = "referral.closed"
REFUSED: Final = "referral.refused"
STUCK: Final = "referral.stuck"

HELP_REFERRED: Final = "help.referred"
HELP_ACCEPTED: Final = "help.accepted"
HELP_DECLINED: Final = "help.declined"
HELP_MISSED: Final = "help.missed"
HELP_DONE: Final = "help.done"
HELP_CHASED: Final = "help.chased"
HELP_SILENT: Final = "help.silent"
HELP_TAKEN_BACK: Final = "help.taken_back"
HELP_OVER: Final = "help.over"


def happening(name: str, row: Referral, at: datetime) -> Happening:
    """Return the event about something sent on. Its subject is the case."""
    return Happening(
        name=name, subject_kind="case", subject_id=row.case_id, occurred_at=at, case_id=row.case_id, service=row.service,
        data={"referral": str(row.id), "partner": row.partner, "purpose": row.purpose},
    )  # fmt: skip


def of_person(name: str, row: PersonReferral, at: datetime) -> Happening:
    """Return the event about a person who is referred. Its subject is the case; ``days``: how long the partner has had it."""
    return Happening(
        name=name, subject_kind="case", subject_id=row.case_id, occurred_at=at, case_id=row.case_id,
        customer_id=row.customer_id,
        data={
            "referral": str(row.id), "help": str(row.help_id), "taker": row.taker, "way": row.way, "reason": row.reason,
            "days": (at - row.made_at).days,
        },
    )  # fmt: skip
