"""What people looked for and we had nothing for."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from django.db import transaction

from moothall.core.actors import Actor
from moothall.core.events import Happening, record
from moothall.core.ids import new_id
from moothall.intake.models import UnmetSearch

NAMES_SOMEBODY: Final = re.compile(
    r"@|\b[a-z]{1,2}\d[a-z\d]?\s*\d[a-z]{2}\b|\d(?:[\s-]?\d){5,}", re.IGNORECASE | re.ASCII
)
"""An e-mail address, a postcode, or a number as long as a telephone's: where one lives or is reached, and no need."""


def note_unmet_search(words: str, *, channel: str, by: Actor, at: datetime) -> bool:
    """Record words that found nothing: unmet need, without who asked. Says whether they were kept.

    Words that say where somebody lives or can be reached are not: nobody is to be found in what is kept here.
    """
    kept = " ".join(words.replace("\x00", "").split())[:200]
    if not kept or NAMES_SOMEBODY.search(kept):
        return False
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
    return True
