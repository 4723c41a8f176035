"""The feed of events as another system may follow it: what is restricted is not in it."""

from __future__ import annotations

from uuid import UUID

from moothall.cases.queries import hidden_among
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.event_feed import events_since
from moothall.core.events import Recorded
from moothall.services.hidden import services_hidden_from


def events_shown(
    tx: int, event_id: UUID | None, *, limit: int, visible_to: Actor
) -> tuple[list[Recorded], tuple[int, UUID] | None]:
    """Return the next events this actor may know of, and the place after all that were read; none when there were none.

    A page may hold fewer than ``limit`` rows, or none, though more follow: only the place says where the feed ends.
    """
    require(visible_to, "api.events")
    rows = events_since(tx, event_id, limit=limit)
    if not rows:
        return [], None
    services = services_hidden_from(visible_to)
    cases = hidden_among((row.case_id for row in rows if row.case_id), actor=visible_to)
    shown = [row for row in rows if row.service not in services and row.case_id not in cases]
    return shown, (rows[-1].tx, rows[-1].id)
