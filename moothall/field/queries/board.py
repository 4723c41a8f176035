"""The supervisor's board: crews by jobs, what waits, what is at risk; and the devices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from moothall.core import clock
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.packs import Pack, current_pack
from moothall.core.references import show_reference
from moothall.core.staff import staff_names
from moothall.core.zone import council_date
from moothall.field.models import OPEN, CrewDay, Device, Job, JobState, PlanRun
from moothall.field.pack import CREWS, Crew, short_name
from moothall.field.rules import GIVEN_UP

WAITING_SHOWN = 60


@dataclass(frozen=True, slots=True)
class BoardJob:
    """One job on the board. ``risk`` says in a word why it needs looking at; empty where it does not."""

    id: UUID
    case_id: UUID
    reference: str
    what: str
    place: str
    state: str
    says: str
    crew: str
    order: int
    starts_at: datetime | None
    due_at: datetime | None
    minutes: int
    priority: str
    pinned: bool
    fixed: bool
    risk: str
    able: tuple[tuple[str, str], ...]
    """Crews that can do it, as (code, name)."""


@dataclass(frozen=True, slots=True)
class CrewLine:
    """One crew and its day."""

    crew: Crew
    off: bool
    why_off: str
    published_at: datetime | None
    jobs: tuple[BoardJob, ...]
    done: int
    ends_at: datetime | None
    over: bool
    """Whether its last job would end after its shift."""


@dataclass(frozen=True, slots=True)
class Board:
    """One day. ``more`` says that more jobs wait than are shown."""

    day: date
    crews: tuple[CrewLine, ...]
    waiting: tuple[BoardJob, ...]
    more: bool
    at_risk: int
    planning: bool
    run: PlanRun | None


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One device, whose it is and when it was last in touch."""

    id: UUID
    name: str
    crew: str
    holder: str
    added_at: datetime
    seen_at: datetime | None
    skew_seconds: int
    waiting: int
    cut_off_at: datetime | None
    told_at: datetime | None


def board(day: date, *, visible_to: Actor, at: datetime) -> Board:
    """Return a day for a supervisor. Four queries, however many jobs there are.

    Raises:
        Refused: the actor plans no days.
    """
    require(visible_to, "field.plan")
    pack = current_pack()
    days = {row.crew: row for row in CrewDay.objects.filter(day=day)}
    jobs = [_job(job, pack, day, at) for job in Job.objects.filter(day=day).order_by("crew", "place", "id")]
    held = Job.objects.filter(state__in=OPEN, day=None, from_day__lte=day).order_by("due_at", "id")[: WAITING_SHOWN + 1]
    waiting = [_job(job, pack, day, at) for job in held]
    run = PlanRun.objects.filter(day=day).order_by("-asked_at").first()
    lines = tuple(
        _line(crew, days.get(code), tuple(one for one in jobs if one.crew == code), day)
        for code, crew in pack.of(CREWS).items()
    )
    at_risk = sum(one.risk != "" for one in jobs) + sum(one.risk != "" for one in waiting[:WAITING_SHOWN])
    return Board(
        day, lines, tuple(waiting[:WAITING_SHOWN]), len(waiting) > WAITING_SHOWN, at_risk,
        planning=run is not None and run.done_at is None and run.asked_at > at - GIVEN_UP,
        run=run if run is not None and run.done_at else None,
    )  # fmt: skip


def _line(crew: Crew, row: CrewDay | None, jobs: tuple[BoardJob, ...], day: date) -> CrewLine:
    ends = datetime.combine(day, crew.ends, tzinfo=clock.LONDON)
    last = next((one for one in reversed(jobs) if one.starts_at and one.state in OPEN), None)
    until = last.starts_at + timedelta(minutes=last.minutes) if last and last.starts_at else None
    return CrewLine(
        crew, row.off if row else False, row.why_off if row else "", row.published_at if row else None, jobs,
        sum(one.state == JobState.DONE for one in jobs), until, until is not None and until > ends,
    )  # fmt: skip


def _job(job: Job, pack: Pack, day: date, at: datetime) -> BoardJob:
    crews = pack.of(CREWS).items()
    able = tuple(
        (code, crew.name)
        for code, crew in crews
        if job.skill in crew.skills and (not crew.areas or job.area in crew.areas)
    )
    return BoardJob(
        job.id, job.case_id, show_reference(job.reference), short_name(pack, job.service),
        job.place_text, job.state, str(JobState(job.state).label), job.crew, job.place, job.starts_at, job.due_at,
        job.minutes, job.priority, job.pinned, job.fixed_day, _risk(job, day, at, able=bool(able)), able,
    )  # fmt: skip


def _risk(job: Job, day: date, at: datetime, *, able: bool) -> str:
    if job.state not in OPEN:
        return ""
    if not able:
        return "No crew can do it"
    if job.due_at is None:
        return ""
    if job.due_at < at:
        return "Promise broken"
    if job.starts_at is not None and job.starts_at + timedelta(minutes=job.minutes) > job.due_at:
        return "After its promise"
    if job.day is None and council_date(job.due_at) <= day:
        return "Due, no crew"
    return ""


def devices(*, visible_to: Actor) -> list[DeviceLine]:
    """Return all devices, those in use first. Two queries."""
    require(visible_to, "field.plan")
    rows = list(Device.objects.order_by("cut_off_at", "crew", "name")[:300])
    rows.sort(key=lambda row: (row.cut_off_at is not None, row.crew, row.name))
    names = staff_names([row.staff_id for row in rows])
    crews = current_pack().of(CREWS)
    return [
        DeviceLine(
            row.id, row.name, crews[row.crew].name if row.crew in crews else row.crew, names.get(row.staff_id, ""),
            row.added_at, row.seen_at, row.skew_seconds, row.waiting, row.cut_off_at, row.told_at,
        )
        for row in rows
    ]  # fmt: skip
