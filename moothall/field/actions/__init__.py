"""The only writers of the field room, by topic: jobs, days, devices, what devices report, photos."""

from moothall.field.actions.days import (
    CannotPlace,
    ask_for_plan,
    crew_back,
    crew_off,
    drop_in,
    give_job,
    plan_day,
    publish_day,
)
from moothall.field.actions.devices import add_device, came_by, cut_off
from moothall.field.actions.faults import fault_raised
from moothall.field.actions.jobs import make_job, make_missing_jobs, move_to_day, withdraw_job
from moothall.field.actions.not_today import cannot_today, not_reached
from moothall.field.actions.photos import keep_photo
from moothall.field.actions.reports import Sent, Told, take_reports

__all__ = [
    "CannotPlace",
    "Sent",
    "Told",
    "add_device",
    "ask_for_plan",
    "came_by",
    "cannot_today",
    "crew_back",
    "crew_off",
    "cut_off",
    "drop_in",
    "fault_raised",
    "give_job",
    "keep_photo",
    "make_job",
    "make_missing_jobs",
    "move_to_day",
    "not_reached",
    "plan_day",
    "publish_day",
    "take_reports",
    "withdraw_job",
]
