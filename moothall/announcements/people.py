"""What this room can say about one person: the announcements that touched them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from moothall.announcements.actions import forget
from moothall.announcements.queries.person import export, timeline
from moothall.core.actors import Actor
from moothall.core.people import PersonProvider, register_person_provider


def erase(customer_id: UUID, by: Actor, at: datetime) -> int:
    """Take who it was out of what they were told of."""
    return forget(customer_id)


register_person_provider(PersonProvider("announcements", timeline, export, erase))
