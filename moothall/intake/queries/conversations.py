"""What was said last in a call."""

from __future__ import annotations

from moothall.intake.models import Conversation
from moothall.intake.talking.turns import Turn, turn_of


def last_turn(call_id: str) -> Turn | None:
    """Return the last turn of a call; None: there was no such call. One query."""
    row = Conversation.objects.filter(channel="voice", call_id=call_id).first()
    return turn_of(row.turn) if row is not None else None
