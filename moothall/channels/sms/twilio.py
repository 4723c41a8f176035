"""A text that Twilio posts, read strictly. Source: its reference of messaging webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from moothall.channels.reading import as_text
from moothall.channels.sms.notify import ArrivedText


def read_text(posted: Mapping[str, str], *, at: datetime) -> ArrivedText:
    """Return an inbound text. Twilio says no moment: it is when it came. Raises NotReadable with what is wrong."""
    return ArrivedText(
        external_id=as_text(dict(posted), "MessageSid", longest=200),
        sender=as_text(dict(posted), "From", longest=40),
        to=as_text(dict(posted), "To", longest=40),
        message=as_text(dict(posted), "Body", longest=10_000, empty=True),
        at=at, pictures=int(count) if (count := posted.get("NumMedia", "")[:2]).isdecimal() else 0,
    )  # fmt: skip
