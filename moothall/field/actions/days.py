"""A day is planned, published to devices, and put right when something goes wrong, moving as little as may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from moothall.cases.models import Case
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.events import Happening, record
from moothall.core.ids import new_id
from moothall.core.jobs import enqueue
from moothall.core.packs import Pack, current_pack
from moothall.core.zone import council_date
from moothall.field import events
from moothall.field.actions.loading import COLUMNS, DayPlan, load_day
from moothall.field.adapters.vroom import optimise
from moothall.field.models import OPEN, CrewDay, Job, JobState, PlanRun
from moothall.field.pack import CREWS, FIELD, FIELD_JOBS, FIELD_REASONS
from moothall.field.planning.routes import insert, time_route
from moothall.field.rules import GIVEN_UP


class CannotPlace(ValueError):
    """The job cannot be put there; the message says why."""


@dataclass(frozen=True, slots=True)
class Replanned:
    """What became of jobs that lost their crew: how many another crew has, how many wait for another day."""

    placed: int
    left: int


def ask_for_plan(day: date, *, by: Actor, at: datetime) -> UUID:
    """Ask for a day to be planned, in the background; a second asking while one runs is the same one."""
    require(by, "field.plan")
    with transaction.atomic():
        known = PlanRun.objects.filter(day=day, done_at=None, asked_at__gt=at - GIVEN_UP).order_by("-asked_at").first()
        if known is not None:
            return known.id
        run = PlanRun(id=new_id(), day=day, asked_at=at)
        run.save(force_insert=True)
        enqueue("field.plan", lock="field.plan", run_id=str(run.id))
        return run.id


def plan_day(day: date, *, by: Actor, at: datetime, run_id: UUID | None = None) -> PlanRun:
    """Give the jobs that can be done on a day to crews: by skill, area, priority and promise, with little travel.

    Jobs that are under way and those a supervisor gave to a crew stay with it. What does not fit waits for another day.
    """
    require(by, "field.plan")
    pack = current_pack()
    with transaction.atomic():
        _renew(day)
        plan = load_day(pack, day, at, all_open=True)
        made = optimise(plan.stops, plan.shifts, plan.travel, seconds=pack.one(FIELD).think_seconds)
        under_way = [route[: plan.behind[crew]] for crew, route in enumerate(plan.routes)]
        plan.routes = [
            [*under_way[crew], *(one for one, _ in route if one not in under_way[crew])]
            for crew, route in enumerate(made.routes)
        ]
        changed = plan.write(range(len(plan.crews)), at)
        for one in made.left:
            job = plan.jobs[one]
            if job.state == JobState.WAITING:
                job.crew, job.day, job.place, job.starts_at, job.changed_at = "", None, 0, None, at
                changed.append(job)
        Job.objects.bulk_update(changed, COLUMNS, batch_size=500)
        runs = [time_route(route, crew, plan.stops, plan.shifts, plan.travel) for crew, route in enumerate(plan.routes)]
        run = (PlanRun.objects.filter(id=run_id).first() if run_id else None) or PlanRun(
            id=new_id(), day=day, asked_at=at
        )
        run.done_at, run.placed, run.left = at, sum(map(len, plan.routes)), len(made.left)
        run.travel_minutes = sum(one.travel for one in runs) // 60
        run.save()
        return run


def _renew(day: date) -> None:
    """Bring due times, priorities and teams of the jobs to be planned in step with their cases. Two queries."""
    jobs = {job.case_id: job for job in Job.objects.filter(state__in=OPEN, from_day__lte=day)}
    stale = []
    for case in Case.objects.filter(id__in=list(jobs)).only("id", "due_at", "priority", "team"):
        job = jobs[case.id]
        if (job.due_at, job.priority, job.team) != (case.due_at, case.priority, case.team):
            job.due_at, job.priority, job.team = case.due_at, case.priority, case.team
            stale.append(job)
    Job.objects.bulk_update(stale, ["due_at", "priority", "team"], batch_size=500)


def publish_day(day: date, *, by: Actor, at: datetime) -> int:
    """Let devices have the day's jobs; changes from now on reach them at once. Returns how many crews have work."""
    require(by, "field.plan")
    crews = set(Job.objects.filter(day=day, state__in=OPEN).exclude(crew="").values_list("crew", flat=True))
    with transaction.atomic():
        for crew in sorted(crews):
            row, _ = CrewDay.objects.get_or_create(crew=crew, day=day, defaults={"id": new_id()})
            if row.published_at is None:
                row.published_at = at
                row.save(update_fields=["published_at"])
                _say(events.PUBLISHED, row, by, at)
    return len(crews)


def give_job(job_id: UUID, *, crew: str, day: date, place: int | None = None, by: Actor, at: datetime) -> Job:
    """Give a job to a crew, at a place of its day (1 is first; None: where it costs least). Planning leaves it there.

    An empty crew takes it off the day: it waits.

    Raises:
        CannotPlace: it is under way or over, the crew is off or has not the skill.
    """
    require(by, "field.plan")
    pack = current_pack()
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(id=job_id).first()
        if job is None:
            raise LookupError("There is no such job.")
        if job.state != JobState.WAITING:
            raise CannotPlace("A crew is at it or has finished it, so it cannot be moved.")
        before = (job.crew, job.day)
        job.pinned = False
        if crew == "":
            job.crew, job.day, job.place, job.starts_at, job.changed_at = "", None, 0, None, at
            job.save(update_fields=COLUMNS)
        else:
            _give(pack, job, crew, day, place, at)
        if before[0] and before[1] is not None and before != (crew, day):
            _close_ranks(pack, before[1], before[0], at)
        record([events.happening(events.PLANNED, job, at, by_hand=True)], by=by)
        return job


def _give(pack: Pack, job: Job, crew: str, day: date, place: int | None, at: datetime) -> None:
    found = pack.of(CREWS).get(crew)
    if found is None:
        raise CannotPlace("There is no such crew.")
    if job.skill not in found.skills:
        raise CannotPlace(f"{found.name} cannot do this work.")
    if job.fixed_day and job.from_day != day:
        raise CannotPlace("The customer has this day booked. Move the booking instead.")
    plan = load_day(pack, day, at, extra=[job])
    index = next((number for number, one in enumerate(plan.crews) if one.code == crew), None)
    if index is None:
        raise CannotPlace(f"{found.name} is off that day.")
    one = plan.index_of(job.id)
    plan.jobs[one] = job
    route = [other for other in plan.routes[index] if other != one]
    for other in plan.routes:
        if one in other:
            other.remove(one)
    if place is None:
        ends = range(plan.behind[index], len(route) + 1)
        place = 1 + min(ends, key=lambda n: _cost(plan, [*route[:n], one, *route[n:]], index))
    at_place = max(plan.behind[index], min(place - 1, len(route)))
    plan.routes[index] = [*route[:at_place], one, *route[at_place:]]
    job.pinned = True
    Job.objects.bulk_update(plan.write([index], at), COLUMNS)


def _cost(plan: DayPlan, route: Sequence[int], crew: int) -> int:
    return time_route(route, crew, plan.stops, plan.shifts, plan.travel).travel


def _close_ranks(pack: Pack, day: date, crew: str, at: datetime) -> None:
    """Number the jobs of a crew that lost one anew."""
    plan = load_day(pack, day, at)
    mine = [number for number, one in enumerate(plan.crews) if one.code == crew]
    Job.objects.bulk_update(plan.write(mine, at), COLUMNS)


def crew_off(crew: str, day: date, *, reason: str, by: Actor, at: datetime) -> Replanned:
    """A crew cannot work: its jobs go where they cost the others least, and no other job moves to another crew.

    What fits nowhere waits for another day, first in line; whoever waits for it is told why and when (`cannot_today`).

    Raises:
        CannotPlace: the reason is none of the pack's for a whole crew. Refused.
    """
    require(by, "field.plan")
    pack = current_pack()
    rule = pack.of(FIELD_REASONS).get(reason)
    if rule is None or not rule.crew_off:
        raise CannotPlace("Choose why the crew can’t work. Customers whose visits fit nowhere else read it.")
    with transaction.atomic():
        row, _ = CrewDay.objects.get_or_create(crew=crew, day=day, defaults={"id": new_id()})
        row.off, row.why_off = True, rule.crew_off[:120]
        row.save(update_fields=["off", "why_off"])
        orphans = list(Job.objects.select_for_update().filter(day=day, crew=crew, state__in=OPEN))
        for job in orphans:
            job.state = JobState.WAITING
            job.crew, job.day, job.place, job.starts_at, job.pinned, job.changed_at = "", None, 0, None, False, at
        Job.objects.bulk_update(orphans, [*COLUMNS, "state"])
        placed = _rehouse(pack, day, orphans, at)
        left = Job.objects.filter(id__in=[job.id for job in orphans], day=None).values_list("id", flat=True)
        for one in left:
            enqueue(
                "field.not_today", once=f"not-today:{one}:{day}", job_id=str(one), day=day.isoformat(), reason=reason
            )
        _say(events.CREW_OFF, row, by, at, placed=placed, left=len(orphans) - placed)
        return Replanned(placed, len(orphans) - placed)


def crew_back(crew: str, day: date, *, by: Actor, at: datetime) -> None:
    """A crew that was off works after all; what others were given stays with them."""
    require(by, "field.plan")
    CrewDay.objects.filter(crew=crew, day=day).update(off=False, why_off="")


def drop_in(job_id: UUID, *, by: Actor, at: datetime) -> bool:
    """Put an urgent new job on today's published plan, where it costs least. Says whether a crew has it now."""
    pack = current_pack()
    today = council_date(at)
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(id=job_id, state=JobState.WAITING, day=None).first()
        rule = pack.of(FIELD_JOBS).get(job.service) if job is not None else None
        if job is None or rule is None or job.priority not in rule.at_once or job.from_day > today:
            return False
        if not _rehouse(pack, today, [job], at, published=True):
            return False
        record([events.happening(events.PLANNED, job, at, by_hand=False)], by=by)
        return True


def _rehouse(pack: Pack, day: date, jobs: Sequence[Job], at: datetime, *, published: bool = False) -> int:
    """Give each job to the crew it costs least, most pressing first; nothing else changes hands. Returns how many fit."""
    plan = load_day(pack, day, at, extra=jobs)
    out = set(CrewDay.objects.filter(day=day, published_at__isnull=False).values_list("crew", flat=True))
    shut = {number for number, crew in enumerate(plan.crews) if published and crew.code not in out}
    mine = [plan.index_of(job.id) for job in jobs]
    for one, job in zip(mine, jobs, strict=True):
        plan.jobs[one] = job
    changed: set[int] = set()
    placed = 0
    for one in sorted(mine, key=lambda index: -plan.stops[index].weight):
        stop = plan.stops[one]
        stops = list(plan.stops)
        stops[one] = type(stop)(stop.at, stop.seconds, stop.crews - shut, stop.weight, stop.until)
        where = insert(one, plan.routes, stops, plan.shifts, plan.travel, behind=plan.behind)
        if where is None and stop.until is not None:  # late is better than not at all
            stops[one] = type(stop)(stop.at, stop.seconds, stop.crews - shut, stop.weight, None)
            where = insert(one, plan.routes, stops, plan.shifts, plan.travel, behind=plan.behind)
        if where is not None:
            crew, place = where
            plan.routes[crew].insert(place, one)
            changed.add(crew)
            placed += 1
    Job.objects.bulk_update(plan.write(sorted(changed), at), COLUMNS)
    return placed


def _say(name: str, row: CrewDay, by: Actor, at: datetime, **data: object) -> None:
    happening = Happening(
        name=name, subject_kind="crew_day", subject_id=row.id, occurred_at=at, channel="field",
        data={"crew": row.crew, "day": row.day.isoformat(), **data},
    )  # fmt: skip
    record([happening], by=by)
