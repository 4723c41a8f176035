"""The only writers of drafts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from moothall.core.actors import Actor
from moothall.intake.drafts import keepable, whose
from moothall.intake.models import Draft

KEPT_FOR = timedelta(days=7)


def keep_draft(key: str, posted: Iterable[tuple[str, list[str]]], *, by: Actor, at: datetime) -> None:
    """Keep what an officer has typed so far, in place of what was kept before. One statement; nobody else sees it."""
    row = Draft(staff_id=whose(by), key=key, fields=keepable(posted), changed_at=at)
    Draft.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["staff_id", "key"], update_fields=["fields", "changed_at"]
    )


def drop_draft(key: str, *, by: Actor) -> None:
    """Forget a draft: it was sent, or given up. What acts by itself (the telephone menu) has none."""
    if by.id is None:
        return
    Draft.objects.filter(staff_id=whose(by), key=key).delete()


def drop_old_drafts(at: datetime) -> int:
    """Forget drafts nobody touched for a week. Returns how many."""
    gone, _ = Draft.objects.filter(changed_at__lt=at - KEPT_FOR).delete()
    return gone
