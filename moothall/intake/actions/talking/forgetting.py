"""Forgetting conversations: as old as the requests they began, or lost without an end."""

from __future__ import annotations

from datetime import datetime, timedelta

from moothall.intake.actions.dialogues import KEPT_FOR
from moothall.intake.actions.talking.calls import end_call
from moothall.intake.models import Conversation

LONGEST_CALL = timedelta(hours=2)


def forget_conversations(*, at: datetime) -> int:
    """End calls whose end nobody told us, and delete conversations older than a request is kept. Returns how many went."""
    lost = Conversation.objects.filter(channel="voice", ended_at=None, changed_at__lt=at - LONGEST_CALL)
    for call_id in list(lost.values_list("call_id", flat=True)[:1000]):
        end_call(call_id, how="lost", at=at)
    gone, _ = Conversation.objects.filter(ended_at__lt=at - KEPT_FOR).delete()
    return gone
