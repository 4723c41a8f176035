"""What the invented borough's crews have to do today: jobs of what was reported lately, planned and on their devices."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from moothall.core import clock
from moothall.core.actors import SYSTEM
from moothall.core.packs import Pack
from moothall.core.zone import council_date
from moothall.field.actions import make_missing_jobs, plan_day, publish_day
from moothall.field.pack import CREWS

JOBS: Final = 70


def bring(pack: Pack, *, at: datetime) -> dict[str, int]:
    """Make jobs of open reports, plan today from the morning on, and let devices have it."""
    if not pack.of(CREWS):
        return {}
    today = council_date(at)
    made = make_missing_jobs(most=JOBS, by=SYSTEM, at=at)
    dawn = datetime.combine(today, datetime.min.time(), tzinfo=clock.LONDON)
    plan_day(today, by=SYSTEM, at=dawn)
    publish_day(today, by=SYSTEM, at=at)
    return {"jobs": made}
