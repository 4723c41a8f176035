"""Background work of the field room."""

from uuid import UUID

from moothall.core import clock
from moothall.core.actors import SYSTEM
from moothall.core.jobs import job
from moothall.field.actions.days import plan_day
from moothall.field.models import PlanRun


@job("field.plan")
def plan(run_id: str) -> None:
    """Plan the day that was asked for."""
    run = PlanRun.objects.filter(id=UUID(run_id), done_at=None).first()
    if run is not None:
        plan_day(run.day, by=SYSTEM, at=clock.now(), run_id=run.id)
