"""What cannot be done on its day: whoever waits for it hears why, and when it is done, before she has to ask."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from moothall.bookings import actions as bookings
from moothall.cases.actions import add_task, finish_task
from moothall.cases.models import Case, CaseState
from moothall.core import clock
from moothall.core.actors import Actor
from moothall.core.events import together
from moothall.core.packs import Pack, current_pack
from moothall.core.zone import council_date
from moothall.field.actions.jobs import on_cases
from moothall.field.models import CrewDay, Device, Job, JobState
from moothall.field.pack import CREWS, FIELD, FIELD_JOBS, FIELD_REASONS, FieldReason
from moothall.promises.actions import explain_promise
from moothall.promises.pack import calendar_of
from moothall.promises.queries import promises_of

LATE_REPORTS: Final = timedelta(hours=2)
"""How long after its shift a crew may still tell us what it did."""
LOOKED_BACK: Final = timedelta(days=14)
MOST: Final = 1_000
END_OF_WORK: Final = time(17)
VISIT_FAILED: Final = "visit_failed"


def cannot_today(job_id: UUID, *, day: date, reason: str, by: Actor, at: datetime, planned: bool = False) -> bool:
    """Nobody comes for this job on this day: a booked visit takes its next free date, what was promised by then is
    explained with a new one, an emergency goes to a person. Returns whether there was anything to say; again says nothing.

    ``reason`` is a code of `field_reasons`. ``planned``: even where a crew still has it, which did not get to it.
    """
    pack = current_pack()
    rule = pack.of(FIELD_REASONS)[reason]
    with transaction.atomic(), together():
        job = Job.objects.select_for_update().filter(id=job_id, state=JobState.WAITING).first()
        if job is None or (job.day is not None and not (planned and job.day <= day)):
            return False
        if not Case.objects.filter(id=job.case_id, state__in=[CaseState.OPEN, CaseState.WAITING]).exists():
            return False
        if job.booking_id is not None:
            return _next_date(job, job.booking_id, rule, day, by=by, at=at)
        if job.priority in _at_once(pack, job.service):
            return _to_a_person(job, f"No crew can come today: {rule.crew}. It cannot wait: find somebody now.", by, at)
        return _explain(job, rule, day, pack, by=by, at=at)


def _at_once(pack: Pack, service: str) -> tuple[str, ...]:
    rule = pack.of(FIELD_JOBS).get(service)
    return rule.at_once if rule is not None else ()


def _next_date(job: Job, booking_id: UUID, rule: FieldReason, day: date, *, by: Actor, at: datetime) -> bool:
    """The booking tells the customer itself, with its next date or that her money comes back."""
    if job.from_day != day:
        return False
    may = replace(by, permissions=by.permissions | {"booking.manage"})
    try:
        moved = bookings.visit_failed(booking_id, reason=rule.booking or rule.code, ours=True, but=day, by=may, at=at)
    except (bookings.NotBookable, bookings.NoSuchBooking):
        return False
    job.crew, job.day, job.place, job.starts_at, job.pinned, job.changed_at = "", None, 0, None, False, at
    job.reason = rule.code
    if moved is not None:
        job.from_day = council_date(moved.starts_at)
    else:
        job.state, job.ended_at = JobState.NOT_DONE, at
        if job.task_id is not None:
            finish_task(job.task_id, outcome=rule.code, by=on_cases(by), at=at)
        _to_a_person(job, f"Nobody could come: {rule.crew}. No other date is free: decide what happens next.", by, at)
    job.save()
    return True


def _to_a_person(job: Job, title: str, by: Actor, at: datetime) -> bool:
    add_task(job.case_id, title=title, team=job.team, kind=VISIT_FAILED, by=on_cases(by), at=at)
    return True


def _explain(job: Job, rule: FieldReason, day: date, pack: Pack, *, by: Actor, at: datetime) -> bool:
    """Give what was promised by this day its new date. What is promised for later may still be kept: nothing is said."""
    until = calendar_of(pack, pack.one(FIELD).calendar).add_working_days(day, 1)
    moment = datetime.combine(until, END_OF_WORK, tzinfo=clock.LONDON)
    told = False
    for promise in promises_of([job.case_id], at=at)[job.case_id]:
        stands = promise.new_date or promise.due_at
        if not promise.is_open or promise.kind != "complete" or stands is None:
            continue
        if council_date(stands) <= day and at < moment:
            explain_promise(promise.id, new_date=moment, reason=rule.explains, by=on_cases(by), at=at)
            told = True
    return told


def not_reached(*, by: Actor, at: datetime) -> int:
    """Booked visits whose day went by and nobody came: each gets its next date, and the customer the reason, unasked.

    Only of days that were sent to devices, and never while a crew that had it may still tell us that it was done: a
    device that was out of touch since is waited for until the next morning. Returns how many. May be run again.
    """
    pack, today = current_pack(), council_date(at)
    rows = list(
        Job.objects.filter(
            state=JobState.WAITING, booking_id__isnull=False, fixed_day=True, from_day__lte=today,
            from_day__gte=today - LOOKED_BACK,
        ).order_by("from_day", "id")[:MOST]
    )  # fmt: skip
    if not rows:
        return 0
    reason, sent = pack.one(FIELD).not_reached, _sent(pack, min(row.from_day for row in rows))
    silent = _silent(pack, today)
    told = 0
    for row in rows:
        if (row.from_day, row.skill) not in sent:
            continue
        if row.from_day == today and not _is_over(row, pack, silent, at):
            continue
        told += cannot_today(row.id, day=row.from_day, reason=reason, by=by, at=at, planned=True)
    return told


def _sent(pack: Pack, since: date) -> set[tuple[date, str]]:
    """On which days which work was sent to devices: elsewhere we do not know what was done."""
    rows = CrewDay.objects.filter(day__gte=since, published_at__isnull=False).values_list("crew", "day")
    known = pack.of(CREWS)
    return {(day, skill) for crew, day in rows if crew in known for skill in known[crew].skills}


def _silent(pack: Pack, today: date) -> set[str]:
    """Crews with a device that was not in touch since their shift ended, or that had still to send."""
    found = set()
    for crew, seen, waiting in Device.objects.filter(cut_off_at=None).values_list("crew", "seen_at", "waiting"):
        rule = pack.of(CREWS).get(crew)
        if rule is None:
            continue
        ends = datetime.combine(today, rule.ends, tzinfo=clock.LONDON)
        if waiting or seen is None or seen < ends:
            found.add(crew)
    return found


def _is_over(job: Job, pack: Pack, silent: set[str], at: datetime) -> bool:
    rule = pack.of(CREWS).get(job.crew)
    ends = [rule.ends] if rule is not None else [one.ends for one in pack.of(CREWS).values() if job.skill in one.skills]
    last = datetime.combine(job.from_day, max(ends, default=END_OF_WORK), tzinfo=clock.LONDON)
    return at >= last + LATE_REPORTS and job.crew not in silent
