"""The visits of one case, for whoever looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.field.models import Job, JobState
from moothall.field.pack import CREWS


@dataclass(frozen=True, slots=True)
class VisitLine:
    """One job of a case: how it stands, whose it is, when it is expected."""

    id: UUID
    state: str
    says: str
    crew: str
    day: date | None
    starts_at: datetime | None
    ended_at: datetime | None


def visits_of_case(case_id: UUID, *, visible_to: Actor) -> list[VisitLine]:
    """Return a case's visits, newest first, for an officer who may view cases and was shown this one. One query."""
    require(visible_to, "case.view")
    crews = current_pack().of(CREWS)
    return [
        VisitLine(
            job.id, job.state, str(JobState(job.state).label), crews[job.crew].name if job.crew in crews else "",
            job.day, job.starts_at, job.ended_at,
        )
        for job in Job.objects.filter(case_id=case_id).order_by("-made_at", "-id")[:20]
    ]  # fmt: skip
