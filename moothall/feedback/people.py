"""What this room knows of a person: how she rated what we did for her."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.core.actors import Actor
from moothall.core.people import PersonEntry, PersonProvider, register_person_provider
from moothall.feedback.actions import erase_ratings
from moothall.feedback.models import Score
from moothall.feedback.queries import ratings_by, ratings_of


def timeline(customer_ids: Iterable[UUID], visible_to: Actor, limit: int, until: datetime | None) -> list[PersonEntry]:
    """Return her ratings not after ``until``, newest first. One query."""
    return [
        PersonEntry(
            at=given_at, kind="rating", title=f"Rated us: {Score(score).label.lower()}", detail=why, link_kind="case",
            link_id=str(case_id),
        )
        for case_id, score, why, given_at in ratings_of(
            customer_ids, visible_to=visible_to, until=until, limit=limit
        )
    ]  # fmt: skip


def export(customer_id: UUID) -> Mapping[str, Any]:
    """Return what she thought of us."""
    found = ratings_by(customer_id)
    return {"ratings": [{"score": score, "why": why, "given_at": given_at} for score, why, given_at in found]}


def erase(customer_id: UUID, by: Actor, at: datetime) -> int:
    """Take her words out of her ratings; the scores stay, counted."""
    return erase_ratings(customer_id, by=by)


register_person_provider(PersonProvider("feedback", timeline, export, erase))
