"""What this room knows of a person."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.core.actors import Actor
from moothall.core.people import PersonEntry, PersonProvider, register_person_provider
from moothall.notifications.actions.erasing import erase_messages
from moothall.notifications.queries import messages_of, person_rows

_TITLES = {"email": "Email", "sms": "Text message", "post": "Letter", "social": "Answer on social media"}


def timeline(customer_ids: Iterable[UUID], visible_to: Actor, limit: int, until: datetime | None) -> list[PersonEntry]:
    """Return what we wrote to her not after ``until``, newest first. Two queries."""
    return [
        PersonEntry(
            at=line.created_at, kind="message", title=f"{_TITLES.get(line.channel, line.channel)} to the customer",
            detail=line.subject or line.body[:160], link_kind="message", link_id=str(line.id),
            state=line.state_words, channel=line.channel,
        )
        for line in messages_of(customer_ids=customer_ids, visible_to=visible_to, limit=limit, until=until)
    ]  # fmt: skip


def export(customer_id: UUID) -> Mapping[str, Any]:
    """Return all we wrote to her."""
    return {"messages": list(person_rows(customer_id))}


def erase(customer_id: UUID, by: Actor, at: datetime) -> int:
    """Take her address and the words out of every message; that one was sent stays."""
    return erase_messages(customer_id, by=by, at=at)


register_person_provider(PersonProvider("notifications", timeline, export, erase))
