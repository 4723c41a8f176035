"""The events this room records. Their data are codes, ids and numbers; never a name, an address or a word of anybody's."""

from datetime import datetime
from typing import Any

from moothall.core.events import Happening
from moothall.field.models import Job

MADE = "job.made"
PLANNED = "job.planned"
GOING = "job.going"
STARTED = "job.started"
PAUSED = "job.paused"
DONE = "job.done"
NOT_DONE = "job.not_done"
WITHDRAWN = "job.withdrawn"
FAULT_FOUND = "fault.found"
FAULT_PHOTOGRAPHED = "fault.photographed"
PUBLISHED = "crew_day.published"
CREW_OFF = "crew_day.off"
DEVICE_ADDED = "device.added"
DEVICE_CUT_OFF = "device.cut_off"


def happening(name: str, job: Job, at: datetime, **data: Any) -> Happening:
    """Return the event about a job, with the columns insight counts by."""
    return Happening(
        name=name, subject_kind="job", subject_id=job.id, occurred_at=at, case_id=job.case_id, service=job.service,
        team=job.team, area=job.area, channel="field", data={"crew": job.crew, **data},
    )  # fmt: skip
