"""When the words of ratings go; the scores stay, counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.retention import (
    DueRecord,
    Forgot,
    Place,
    RecordClass,
    due_on,
    oldest,
    register_companion,
    register_record_class,
)
from moothall.customers.privacy.terms import ended_before
from moothall.feedback.models import Rating


def due(until: datetime, after: Place | None, limit: int) -> list[DueRecord]:
    """Return ratings with words whose months are over at ``until``, the oldest first. One query."""
    held = ended_before("rating", until)
    if held is None:
        return []
    over = Rating.objects.filter(given_at__lt=held[0]).exclude(why="")
    return [
        DueRecord(row.id, row.given_at, due_on(row.given_at, held[1]), "Words beside a rating")
        for row in oldest(over, "given_at", after, limit)
    ]


def forget(ids: Sequence[UUID], by: Actor, at: datetime) -> Forgot:
    """Take the words away."""
    require(by, "customer.erase")
    return Forgot(Rating.objects.filter(id__in=ids).update(why=""))


def forget_with_cases(ids: Sequence[UUID], by: Actor, at: datetime) -> int:
    """Take the words of these cases’ ratings away: nobody could find them for their writer any more."""
    require(by, "customer.erase")
    return Rating.objects.filter(case_id__in=ids).exclude(why="").update(why="")


def forget_with_contacts(ids: Sequence[UUID], by: Actor, at: datetime) -> int:
    """Take the words of these contacts’ ratings away."""
    require(by, "customer.erase")
    return Rating.objects.filter(contact_id__in=ids).exclude(why="").update(why="")


register_companion("case", "feedback", forget_with_cases)
register_companion("contact", "feedback", forget_with_contacts)
register_record_class(RecordClass("rating", "Words beside ratings", due, forget, rank=20))
