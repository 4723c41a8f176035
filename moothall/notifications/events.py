"""The events this room records. Their data name template, channel and purpose; never an address or a word of the text."""

from datetime import datetime
from typing import Any

from moothall.core.events import Happening
from moothall.notifications.models import Message

QUEUED = "message.queued"
SENT = "message.sent"
DELIVERED = "message.delivered"
FAILED = "message.failed"
DOUBT = "message.doubt"
SUPPRESSED = "message.suppressed"
SETTLED = "message.settled"
TOGETHER = "message.together"


def happening(name: str, message: Message, at: datetime, **data: Any) -> Happening:
    """Return the event about a message."""
    return Happening(
        name=name, subject_kind="message", subject_id=message.id, occurred_at=at, case_id=message.case_id,
        contact_id=message.contact_id, customer_id=message.customer_id, channel=message.channel,
        data={"template": message.template, "channel": message.channel, "purpose": message.purpose, **data},
    )  # fmt: skip
