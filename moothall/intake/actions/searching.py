"""What people looked for and we had nothing for."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from moothall.core.actors import Actor
from moothall.core.events import Happening, record
from moothall.core.ids import new_id
from moothall.intake.models import UnmetSearch


def note_unmet_search(words: str, *, channel: str, by: Actor, at: datetime) -> None:
    """Record words that found nothing: unmet need, without who asked."""
    kept = " ".join(words.replace("\x00", "").split())[:200]
    if not kept:
        return
    with transaction.atomic():
        row = UnmetSearch(id=new_id(), words=kept, channel=channel, at=at)
        row.save(force_insert=True)
        record(
            [
                Happening(
                    name="search.unmet", subject_kind="dialogue", subject_id=row.id, occurred_at=at, channel=channel,
                    data={"channel": channel},
                )
            ],
            by=by,
        )  # fmt: skip
