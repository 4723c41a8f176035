"""Background work of the field room."""

from datetime import date
from uuid import UUID

from moothall.core import clock
from moothall.core.actors import SYSTEM
from moothall.core.jobs import every, job
from moothall.core.packs import NoPack
from moothall.field.actions.days import plan_day
from moothall.field.actions.not_today import cannot_today, not_reached
from moothall.field.models import PlanRun


@job("field.plan")
def plan(run_id: str) -> None:
    """Plan the day that was asked for."""
    run = PlanRun.objects.filter(id=UUID(run_id), done_at=None).first()
    if run is not None:
        plan_day(run.day, by=SYSTEM, at=clock.now(), run_id=run.id)


@job("field.not_today")
def not_today(job_id: str, day: str, reason: str) -> None:
    """Tell whoever waits for a job that lost its crew why nobody comes that day, and when somebody does."""
    cannot_today(UUID(job_id), day=date.fromisoformat(day), reason=reason, by=SYSTEM, at=clock.now())


@every("40 9,17,18,19 * * *", "field.not_reached")
def tell_not_reached() -> None:
    """In the evening, and in the morning for devices that were out of touch: booked visits that nobody got to."""
    try:
        not_reached(by=SYSTEM, at=clock.now())
    except NoPack:
        return
