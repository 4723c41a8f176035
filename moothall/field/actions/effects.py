"""What a report that counts does: to the job, its case, its booking and its promise. The customer is told by their events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from moothall.bookings import actions as bookings
from moothall.bookings.queries import booking
from moothall.cases.actions import add_task, close_case, finish_task, note_case, set_status
from moothall.cases.models import Case, CaseState
from moothall.core import clock
from moothall.core.actors import Actor
from moothall.core.events import record
from moothall.core.packs import Pack
from moothall.core.zone import council_date
from moothall.field import events
from moothall.field.actions.jobs import on_cases
from moothall.field.models import DeviceReport, Job, JobState, ReportKind
from moothall.field.pack import FIELD, FIELD_JOBS, FIELD_REASONS, FieldReason
from moothall.field.rules import FRESH, stays_behind
from moothall.field.things import things_of
from moothall.promises.actions import explain_promise
from moothall.promises.pack import calendar_of
from moothall.promises.queries import promises_of
from moothall.promises.rules import say_day, say_moment

UNDER_WAY = "in_progress"


@dataclass(frozen=True, slots=True)
class Taking:
    """A report that counts, with the locked job it is about and the crew it came from."""

    job: Job
    report: DeviceReport
    crew: str
    pack: Pack
    by: Actor
    at: datetime


def apply(taking: Taking) -> None:
    """Do what the report says. The caller holds the job's row and the transaction."""
    _EFFECTS[ReportKind(taking.report.kind)](taking)
    taking.job.changed_at = taking.at
    taking.job.save()


def _say(taking: Taking, name: str, **data: object) -> None:
    record([events.happening(name, taking.job, taking.report.occurred_at, **data)], by=taking.by)


def _going(taking: Taking) -> None:
    taking.job.state = JobState.GOING
    _say(taking, events.GOING, fresh=taking.at - taking.report.occurred_at <= FRESH)


def _started(taking: Taking) -> None:
    job = taking.job
    again = job.state == JobState.PAUSED
    job.state, job.started_at = JobState.STARTED, job.started_at or taking.report.occurred_at
    if not again and _is_open(job):
        set_status(job.case_id, status=UNDER_WAY, by=on_cases(taking.by), at=taking.at)
    _say(taking, events.STARTED, again=again)


def _paused(taking: Taking) -> None:
    taking.job.state = JobState.PAUSED
    _say(taking, events.PAUSED)


def _done(taking: Taking) -> None:
    job, by = taking.job, on_cases(taking.by)
    _end(taking, JobState.DONE, "done")
    _say(taking, events.DONE)
    if job.booking_id is not None:
        view = booking(job.booking_id)
        if view is not None and view.state == "confirmed":
            bookings.attended(job.booking_id, by=_of_bookings(by), at=taking.at)
    rule = taking.pack.of(FIELD_JOBS).get(job.service)
    if rule is not None and _is_open(job):
        close_case(job.case_id, outcome=rule.done, resolved=True, by=by, at=taking.at)


def _not_done(taking: Taking) -> None:
    job, by = taking.job, on_cases(taking.by)
    reason = taking.pack.of(FIELD_REASONS)[taking.report.reason]
    job.reason, job.tries = reason.code, job.tries + 1
    there = things_of(job, Case.objects.get(id=job.case_id), taking.pack)
    left = stays_behind(there, taking.report.left)
    _say(taking, events.NOT_DONE, reason=reason.code, then=reason.then, part=bool(left))
    day = _next_visit(taking, reason, there, left)
    job.left = left or job.left
    if day is None:
        _end(taking, JobState.NOT_DONE, reason.code)
        if _is_open(job) and reason.then != "contractor":
            add_task(
                job.case_id, title=f"The crew could not do it: {reason.crew}. Decide what happens next.",
                team=job.team, kind="visit_failed", by=by, at=taking.at,
            )  # fmt: skip
    else:
        job.state, job.crew, job.day, job.place, job.starts_at = JobState.WAITING, "", None, 0, None
        job.pinned, job.from_day, job.started_at = False, day, None
    if job.booking_id is None and _is_open(job):
        _tell(taking, reason, day)


def _next_visit(taking: Taking, reason: FieldReason, there: Mapping[str, int], left: Mapping[str, int]) -> date | None:
    """Return the day from which the crew may come again. A booked visit that failed takes its next free date, for what
    stays behind."""
    job = taking.job
    taken = {code: count - left.get(code, 0) for code, count in there.items()} if left else {}
    if job.booking_id is not None:
        moved = bookings.visit_failed(
            job.booking_id,
            reason=reason.booking or reason.code,
            ours=reason.ours,
            left=left,
            taken={code: count for code, count in taken.items() if count},
            by=_of_bookings(taking.by),
            at=taking.at,
        )
        return council_date(moved.starts_at) if moved is not None else None
    if reason.then != "again":
        return None
    day = council_date(taking.report.occurred_at)
    return calendar_of(taking.pack, taking.pack.one(FIELD).calendar).add_working_days(day, 1)


def _tell(taking: Taking, reason: FieldReason, day: date | None) -> None:
    """Tell the customer once: by the promise, where it cannot be kept any more and gets a new date; else by a note."""
    job, by = taking.job, on_cases(taking.by)
    when = say_moment(taking.report.occurred_at.astimezone(clock.LONDON), taking.at.date())
    words, explained = f"We came on {when}. {reason.customer}.", False
    if day is not None:
        until = datetime.combine(day, time(17), tzinfo=clock.LONDON)
        for promise in promises_of([job.case_id], at=taking.at)[job.case_id]:
            if promise.is_open and promise.kind == "complete" and promise.due_at is not None and promise.due_at < until:
                explain_promise(promise.id, new_date=until, reason=reason.explains, by=by, at=taking.at)
                explained = True
        words += f" We’ll come again, on {say_day(day, taking.at.date())} or as soon after it as we can."
    elif reason.then == "contractor":
        words += " It goes to our contractor now. You don’t have to do anything."
    else:
        words += " We’ll look at what can be done and tell you. You don’t have to do anything."
    note_case(job.case_id, text=words, visible_to_customer=not explained, by=by, at=taking.at)


def _end(taking: Taking, state: JobState, outcome: str) -> None:
    job = taking.job
    job.state, job.ended_at, job.ended_by = state, taking.report.occurred_at, taking.crew
    if job.task_id is not None:
        finish_task(job.task_id, outcome=outcome, by=on_cases(taking.by), at=taking.at)


def _is_open(job: Job) -> bool:
    return Case.objects.filter(id=job.case_id, state__in=[CaseState.OPEN, CaseState.WAITING]).exists()


def _of_bookings(by: Actor) -> Actor:
    return replace(by, permissions=by.permissions | {"booking.manage"})


_EFFECTS = {
    ReportKind.GOING: _going,
    ReportKind.STARTED: _started,
    ReportKind.PAUSED: _paused,
    ReportKind.DONE: _done,
    ReportKind.NOT_DONE: _not_done,
}
