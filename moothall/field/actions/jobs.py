"""Jobs begin with a case of a service that is worked on the spot, follow it, and end with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from moothall.cases.actions import add_task, finish_task
from moothall.cases.models import Case, CaseState
from moothall.core.access import require
from moothall.core.actors import Actor, ActorKind
from moothall.core.events import record
from moothall.core.ids import new_id
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.field import events
from moothall.field.models import OPEN, Job, JobState
from moothall.field.pack import FIELD_JOBS
from moothall.places.queries import address

ON_CASES: Final = frozenset({"case.view", "case.work", "case.close"})
PASSED_ON: Final = "passed_on"
"""The status of a case that others see to: no crew of ours goes there."""


def on_cases(by: Actor) -> Actor:
    """Return the same actor with what a crew's report needs of cases and no screen of theirs gives them."""
    return by if by.kind is ActorKind.SYSTEM else replace(by, permissions=by.permissions | ON_CASES)


def make_job(
    case_id: UUID, *, from_day: date, fixed: bool = False, booking_id: UUID | None = None, by: Actor, at: datetime
) -> Job | None:
    """Make the job of a case, where the pack says its service has one. A case has one open job; again changes nothing.

    Returns ``None`` where there is none to make.
    """
    pack = current_pack()
    with transaction.atomic():
        case = Case.objects.select_for_update().filter(id=case_id).first()
        rule = pack.of(FIELD_JOBS).get(case.service) if case is not None else None
        if case is None or rule is None or case.state in (CaseState.CLOSED, CaseState.MERGED):
            return None
        if case.status == PASSED_ON:
            return None
        known = Job.objects.filter(case_id=case_id, state__in=OPEN).first()
        if known is not None:
            return known
        latitude, longitude = _position(case)
        job = Job(
            id=new_id(), case_id=case.id, booking_id=booking_id, reference=case.reference, service=case.service,
            team=case.team, skill=rule.skill, minutes=rule.minutes, priority=case.priority, place_text=case.place_text,
            area=case.area, uprn=case.uprn, latitude=latitude, longitude=longitude, due_at=case.due_at, from_day=from_day,
            fixed_day=fixed, made_at=at, changed_at=at,
        )  # fmt: skip
        task = add_task(case.id, title="Visit by a crew", team=case.team, kind="visit", due_at=case.due_at,
                        by=on_cases(by), at=at)  # fmt: skip
        job.task_id = task.id
        job.save(force_insert=True)
        record([events.happening(events.MADE, job, at)], by=by)
        return job


def _position(case: Case) -> tuple[float | None, float | None]:
    if case.latitude is not None and case.longitude is not None:
        return case.latitude, case.longitude
    line = address(case.uprn) if case.uprn else None
    return (line.latitude, line.longitude) if line else (None, None)


def withdraw_job(case_id: UUID, *, by: Actor, at: datetime) -> Job | None:
    """Take back the open job of a case that needs no visit any more. None where there is none."""
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(case_id=case_id, state__in=OPEN).first()
        if job is None:
            return None
        job.state, job.ended_at, job.changed_at = JobState.WITHDRAWN, at, at
        job.save(update_fields=["state", "ended_at", "changed_at"])
        if job.task_id is not None:
            finish_task(job.task_id, outcome="not needed any more", by=on_cases(by), at=at)
        record([events.happening(events.WITHDRAWN, job, at)], by=by)
        return job


def move_to_day(booking_id: UUID, day: date, *, by: Actor, at: datetime) -> None:
    """Follow a booking to another day: the job leaves the plan it stood in."""
    Job.objects.filter(booking_id=booking_id, state__in=OPEN).exclude(from_day=day).update(
        from_day=day, day=None, crew="", place=0, starts_at=None, pinned=False, changed_at=at
    )


def make_missing_jobs(*, most: int, by: Actor, at: datetime) -> int:
    """Make the jobs of open cases that have none: those that were imported, or open before crews had devices.

    The soonest due first; what the customer has booked comes with its booking. Returns how many were made.
    """
    require(by, "field.plan")
    pack = current_pack()
    services = [
        code for code in pack.of(FIELD_JOBS) if not any(question.books for question in pack.services[code].questions)
    ]
    held = Job.objects.filter(case_id=OuterRef("id"))
    cases = Case.objects.filter(service__in=services, state=CaseState.OPEN, latitude__isnull=False)
    cases = cases.exclude(status=PASSED_ON)
    today = council_date(at)
    wanted = cases.exclude(Exists(held)).order_by("due_at", "id").values_list("id", flat=True)[:most]
    return sum(make_job(one, from_day=today, by=by, at=at) is not None for one in list(wanted))
