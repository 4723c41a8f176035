"""Bringing in ratings of the past, many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.bulk import copy_events, copy_rows
from moothall.core.events import Happening
from moothall.core.ids import new_id
from moothall.feedback import events
from moothall.feedback.actions import About


@dataclass(frozen=True, slots=True)
class ImportedRating:
    """One rating as it was given; at most one of each case."""

    about: About
    score: str
    channel: str
    given_at: datetime
    why: str = ""
    id: UUID = field(default_factory=new_id)


_RATING = (
    "id", "case_id", "contact_id", "page", "score", "why", "service", "channel", "standard", "team", "area", "given_at",
    "imported",
)  # fmt: skip


def import_ratings(ratings: Sequence[ImportedRating], *, by: Actor) -> int:
    """Bring in ratings with their events in one transaction; nobody is told. Returns how many.

    Raises:
        Refused: the actor may not import. IntegrityError: a case is rated already.
    """
    require(by, "import.run")
    with transaction.atomic():
        copy_rows("feedback_rating", _RATING, map(_row, ratings))
        copy_events(map(_happening, ratings), by=by)
    return len(ratings)


def _row(r: ImportedRating) -> Sequence[Any]:
    a = r.about
    return (
        r.id, a.case_id, a.contact_id, a.page, r.score, r.why, a.service, r.channel, a.standard, a.team, a.area,
        r.given_at, True,
    )  # fmt: skip


def _happening(r: ImportedRating) -> Happening:
    a = r.about
    return Happening(
        name=events.GIVEN, subject_kind="rating", subject_id=r.id, occurred_at=r.given_at, case_id=a.case_id,
        contact_id=a.contact_id, customer_id=a.customer_id, service=a.service, channel=r.channel, team=a.team,
        area=a.area, data={"score": r.score, "standard": a.standard},
    )  # fmt: skip
