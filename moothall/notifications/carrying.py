"""What carries our messages and takes none just now: since when, told to officers, and that it takes them again.

That it takes them again is known by its work alone: something went out since, and nothing of that channel is still held up.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Final

from moothall.core import away
from moothall.core.away import Why
from moothall.core.models import AwayService
from moothall.notifications.models import Message, MessageState

_WAIT: Final = (MessageState.QUEUED, MessageState.SENDING)
CARRY: Final = {
    "email": "what carries our emails", "sms": "what carries our text messages", "post": "what carries our letters",
    "social": "a network that our answers go to",
}  # fmt: skip
CAUGHT_UP: Final = "All that waited for it has gone or is in trouble."


def code_of(channel: str) -> str:
    """Return the name by which it is kept that messages of a channel are held up."""
    return f"sending:{channel}"


CODES: Final = {code_of(channel): channel for channel in CARRY}


def held_up(channel: str, *, at: datetime) -> None:
    """Keep that a message could not be handed over, for no fault of its own. In the caller's transaction."""
    if channel in CARRY:
        away.note(code_of(channel), Why.WAITS, at=at)


def _still(channel: str) -> Why | None:
    since = AwayService.objects.filter(code=code_of(channel)).values_list("since", flat=True).first()
    rows = Message.objects.filter(channel=channel)
    if since is None or rows.filter(state__in=_WAIT, unreachable=True).exists():
        return Why.WAITS
    return None if rows.filter(sent_at__gte=since).exists() else Why.WAITS


for _channel, _words in CARRY.items():
    away.may_be_away(code_of(_channel), _words, back=CAUGHT_UP)(partial(_still, _channel))
