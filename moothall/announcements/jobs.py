"""Background entry points."""

from __future__ import annotations

from uuid import UUID

from moothall.announcements.actions import tell_next
from moothall.core import clock
from moothall.core.jobs import enqueue, job

TELL = "announcements.tell"


def tell_in_turn(news_id: UUID, after: UUID | None = None) -> None:
    """Queue the telling of a word, from a place on."""
    enqueue(TELL, once=f"{TELL}:{news_id}:{after or ''}", news=str(news_id), after=str(after or ""))


@job(TELL)
def tell(news: str, after: str = "") -> None:
    """Tell the next few hundred people, then queue the rest."""
    left = tell_next(UUID(news), UUID(after) if after else None, at=clock.now())
    if left is not None:
        tell_in_turn(UUID(news), left)
