"""A day as planning sees it: who works, where each crew's jobs stand, which jobs are to be had. Rows are locked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q

from moothall.core import clock
from moothall.core.packs import Pack
from moothall.core.zone import council_date
from moothall.field.models import OPEN, CrewDay, Job, JobState
from moothall.field.pack import CREWS, FIELD, Crew
from moothall.field.planning.routes import Square, time_route
from moothall.field.planning.travel import Roads, travel_square
from moothall.field.protocols import Point, Shift, Stop

WEIGHTS = {"emergency": 100, "urgent": 70, "high": 50}
SOON = timedelta(days=3)


@dataclass
class DayPlan:
    """One day: crews that work, their jobs in order, and every job with its stop; indices are of ``crews`` and ``jobs``."""

    day: date
    crews: list[Crew]
    shifts: list[Shift]
    jobs: list[Job]
    stops: list[Stop]
    travel: Square
    routes: list[list[int]]
    behind: list[int]

    def index_of(self, job_id: UUID) -> int:
        """Return the index of a job of this day."""
        return next(number for number, job in enumerate(self.jobs) if job.id == job_id)

    def write(self, crews: Iterable[int], at: datetime) -> list[Job]:
        """Set crew, day, place and expected time on the jobs of these crews' routes; return them, not saved."""
        changed = []
        midnight = datetime.combine(self.day, datetime.min.time(), tzinfo=clock.LONDON)
        for crew in crews:
            run = time_route(self.routes[crew], crew, self.stops, self.shifts, self.travel)
            for place, (one, begins) in enumerate(zip(self.routes[crew], run.begins, strict=True), start=1):
                job = self.jobs[one]
                job.crew, job.day, job.place = self.crews[crew].code, self.day, place
                job.starts_at = midnight + timedelta(seconds=begins)
                job.changed_at = at
                changed.append(job)
        return changed


COLUMNS = ("crew", "day", "place", "starts_at", "pinned", "changed_at")


def load_day(pack: Pack, day: date, at: datetime, *, extra: Sequence[Job] = (), all_open: bool = False) -> DayPlan:
    """Lock and read a day. With ``all_open`` every job that could be done that day is read, else those planned for it and
    ``extra``. Three queries."""
    off = set(CrewDay.objects.filter(day=day, off=True).values_list("crew", flat=True))
    crews = [crew for code, crew in pack.of(CREWS).items() if code not in off]
    rows = Job.objects.select_for_update().filter(day=day, state__in=OPEN)
    if all_open:
        free = Q(state__in=OPEN, from_day__lte=day) & (Q(day=None) | Q(day__lte=day))
        rows = Job.objects.select_for_update().filter(free & (Q(fixed_day=False) | Q(from_day=day)))
        rows = rows.order_by("due_at", "id")[: pack.one(FIELD).most_jobs]
    jobs = {job.id: job for job in rows}
    jobs |= {job.id: job for job in extra if job.id not in jobs}
    held = list(jobs.values())
    middle = _middle(held, crews)
    shifts = [_shift(crew, middle, day, at) for crew in crews]
    stops = [_stop(job, crews, day, middle) for job in held]
    rules = pack.one(FIELD)
    roads = Roads(rules.winding, rules.town_kmh, rules.open_kmh, rules.park_minutes)
    travel = travel_square([*(shift.at for shift in shifts), *(stop.at for stop in stops)], roads)
    routes: list[list[int]] = [[] for _ in crews]
    number = {crew.code: index for index, crew in enumerate(crews)}
    extras = {job.id for job in extra}
    for index in sorted(range(len(held)), key=lambda one: (held[one].state == JobState.WAITING, held[one].place)):
        job = held[index]
        if job.day == day and job.crew in number and job.id not in extras:
            routes[number[job.crew]].append(index)
    behind = [sum(held[one].state != JobState.WAITING for one in route) for route in routes]
    return DayPlan(day, crews, shifts, held, stops, travel, routes, behind)


def _middle(jobs: Sequence[Job], crews: Sequence[Crew]) -> Point:
    """Where a job or a crew is taken to be of whom we do not know it: amid the jobs, else where crews start."""
    known = [(j.latitude, j.longitude) for j in jobs if j.latitude is not None and j.longitude is not None]
    known = known or [(c.latitude, c.longitude) for c in crews if c.latitude is not None and c.longitude is not None]
    if not known:
        return (0.0, 0.0)
    return (sum(a for a, _ in known) / len(known), sum(b for _, b in known) / len(known))


def _shift(crew: Crew, middle: Point, day: date, at: datetime) -> Shift:
    starts = crew.starts.hour * 3600 + crew.starts.minute * 60
    ends = crew.ends.hour * 3600 + crew.ends.minute * 60
    here = at.astimezone(clock.LONDON)
    if here.date() == day:
        starts = min(ends, max(starts, here.hour * 3600 + here.minute * 60))
    where = (crew.latitude, crew.longitude) if crew.latitude is not None and crew.longitude is not None else middle
    pause = crew.break_minutes * 60 if starts < (starts + ends) // 2 - 5400 else 0
    return Shift(where, starts, ends, pause)


def _stop(job: Job, crews: Sequence[Crew], day: date, middle: Point) -> Stop:
    able = frozenset(
        number
        for number, crew in enumerate(crews)
        if job.skill in crew.skills
        and (not crew.areas or job.area in crew.areas)
        and (not (job.pinned or job.state != JobState.WAITING) or job.crew == crew.code)
    )
    where = (job.latitude, job.longitude) if job.latitude is not None and job.longitude is not None else middle
    due = job.due_at.astimezone(clock.LONDON) if job.due_at else None
    until = due.hour * 3600 + due.minute * 60 - job.minutes * 60 if due is not None and due.date() == day else None
    weight = max(WEIGHTS.get(job.priority, 10), _pressing(job, day))
    return Stop(where, job.minutes * 60, able, weight, until)


def _pressing(job: Job, day: date) -> int:
    if job.fixed_day or job.pinned or job.state != JobState.WAITING:
        return 100
    due = council_date(job.due_at) if job.due_at else None
    if due is None:
        return 5
    return 90 if due <= day else 40 if due - day <= SOON else 10
