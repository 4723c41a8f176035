"""Background work: queued in the caller's transaction, run at least once, retried with growing pauses.

Jobs are rows of our own table (`docs/adr/0004-jobs-in-our-own-table.md` has the measurement). Two kinds:

- **Handlers of events** (queue ``events``) only write rows. They run *inside* the transaction that takes them off the
  queue, many at a time: what a handler writes and the handler's being done are one commit. A worker that dies leaves
  nothing half done, and another takes the rows at once.
- **Jobs** (every other queue) may take long and talk to the outside. They are claimed by a worker, run, and deleted.
  A claim of a worker without heartbeat is given back.

When something is due is read from ``core.clock``, so a moved clock moves the jobs; claims and heartbeats are on the
machine's own time.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from psycopg.types.json import Jsonb

from moothall.core import clock, event_feed
from moothall.core.cron import next_time
from moothall.core.events import handler_named
from moothall.core.ids import new_id
from moothall.core.models import Heartbeat, Job, Schedule
from moothall.core.rows import add_values

log = logging.getLogger("moothall.jobs")

EVENTS = "events"
CLOCK = "clock"
MOST_ATTEMPTS = 12
LEASE = timedelta(seconds=45)
"""A worker silent for this long is dead, and what it had claimed is given back."""
FORGOTTEN = timedelta(days=1)
BATCH = 20
"""Handlers taken in one transaction: enough to share a commit, few enough that a case they lock is soon free again."""

Function = Callable[..., None]


@dataclass(frozen=True, slots=True)
class _Known:
    function: Function
    queue: str
    cron: str = ""


_jobs: dict[str, _Known] = {}
_lane: ContextVar[str] = ContextVar("lane", default="")


def job(name: str, *, queue: str = "default") -> Callable[[Function], Function]:
    """Make a function a background job under a stable name. It must be idempotent: it may run more than once."""

    def register(function: Function) -> Function:
        _jobs[name] = _Known(function, queue)
        return function

    return register


def every(cron: str, name: str, *, queue: str = CLOCK) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Run a function on a schedule (cron words, UTC), once across all workers, and once for all the times missed."""
    next_time(cron, clock.machine_now())  # a wrong schedule is told at start

    def register(function: Callable[[], None]) -> Callable[[], None]:
        _jobs[name] = _Known(function, queue, cron)
        return function

    return register


def current_lane() -> str:
    """Return who runs the job we are in (``worker/lane``), for what is leased to it; ``here`` outside a worker."""
    return _lane.get() or "here/0"


def queues() -> list[str]:
    """Return the names of all queues that jobs of this installation use, events first."""
    return [EVENTS, *sorted({known.queue for known in _jobs.values()} - {EVENTS})]


def schedules() -> dict[str, str]:
    """Return the jobs that run by the clock, by name, each with its cron."""
    return {name: one.cron for name, one in _jobs.items() if one.cron}


def enqueue(name: str, *, lock: str = "", once: str = "", at: datetime | None = None, **arguments: Any) -> None:
    """Queue a job by its name in the current transaction. Arguments must be plain JSON values.

    Two jobs with the same ``lock`` never run at the same time. While a job with the same ``once`` waits, another is
    not queued. ``at`` puts it off.
    """
    now = clock.now()
    values: list[Any] = [new_id(), _jobs[name].queue, name, Jsonb(arguments), at or now, now, lock, once]
    with connection.cursor() as cursor:
        cursor.execute(_ENQUEUE, values)


_ENQUEUE = """
INSERT INTO core_job (id, queue, name, arguments, run_at, created_at, lock, once) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING
"""


def defer_handlers(wanted: Sequence[dict[str, Any]]) -> None:
    """Queue one row for each event and handler, with the rows that wait to be written."""
    now = clock.now()
    add_values(
        "core_job",
        [
            {
                "id": new_id(), "queue": EVENTS, "name": one["handler"], "run_at": now, "created_at": now,
                "arguments": {"event_id": one["event_id"], "recorded_at": one["recorded_at"]},
            }
            for one in wanted
        ],
    )  # fmt: skip


# -- taking and running ----------------------------------------------------------------------------------------------


def run_handlers(*, at: datetime | None = None, limit: int = BATCH, strict: bool = False) -> int:
    """Take due handlers off the queue, run them and commit both together; return how many were taken.

    One that fails leaves none of its writes and waits for its next try; the others stand. With ``strict`` its error
    is raised instead and nothing stands (tests).
    """
    now = at or clock.now()
    with transaction.atomic():
        waiting = Job.objects.select_for_update(skip_locked=True).filter(
            queue=EVENTS, claimed_by="", given_up_at=None, run_at__lte=now
        )
        rows = list(waiting.order_by("run_at", "id")[:limit])
        if not rows:
            return 0
        events = event_feed.events_at(_place(row) for row in rows)
        done: list[UUID] = []
        for row in rows:
            event = events.get(_place(row)[0])
            try:
                if event is None:
                    raise LookupError("The event this handler was queued for is not there.")
                with transaction.atomic():
                    handler_named(row.name)(event)
            except Exception as error:  # a job's failure is kept with the job
                if strict or not connection.is_usable():
                    raise
                _failed(row, error, now)
            else:
                done.append(row.id)
        Job.objects.filter(id__in=done).delete()
        return len(rows)


def run_one(queues: Sequence[str], lane: str, *, at: datetime | None = None, strict: bool = False) -> bool:
    """Claim one due job of these queues, run it and take it away; return whether there was one.

    ``lane`` names who claims, ``worker/lane``: whatever a lane still holds when it claims again it is not running.
    """
    now = at or clock.now()
    row = _claim(queues, lane, now)
    if row is None:
        return False
    _lane.set(lane)
    try:
        _jobs[row.name].function(**row.arguments)
    except Exception as error:  # a job's failure is kept with the job
        if strict:
            raise
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        row.claimed_by, row.claimed_at = "", None
        row.attempts -= 1  # the claim has counted this try already
        _failed(row, error, clock.now() if at is None else at)
        return True
    Job.objects.filter(id=row.id, claimed_by=lane).delete()
    return True


def _claim(queues: Sequence[str], lane: str, now: datetime) -> Job | None:
    found = Job.objects.raw(
        "UPDATE core_job SET claimed_by = %s, claimed_at = %s, attempts = attempts + 1, once = '' WHERE id = ("
        " SELECT id FROM core_job AS mine WHERE queue = ANY(%s) AND claimed_by = '' AND given_up_at IS NULL"
        " AND run_at <= %s AND (lock = '' OR NOT EXISTS ("
        " SELECT 1 FROM core_job AS other WHERE other.lock = mine.lock AND other.claimed_by <> ''))"
        " ORDER BY run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING *",
        [lane, clock.machine_now(), list(queues), now],
    )
    try:
        with transaction.atomic():
            return next(iter(found), None)
    except IntegrityError:  # two with the same lock at the same moment: the other was first
        return None


def _failed(row: Job, error: Exception, now: datetime) -> None:
    """Put off a job that failed, or give it up after the last try. Only the kind and place of the error are kept."""
    row.attempts += 1
    row.error = _say(error)
    row.run_at = now + pause_after(row.attempts)
    if row.attempts >= MOST_ATTEMPTS:
        row.given_up_at = now
    row.save(update_fields=["attempts", "error", "run_at", "given_up_at", "claimed_by", "claimed_at"])
    log.error("A job failed", extra={"job": row.name, "job_id": str(row.id), "tries": row.attempts}, exc_info=error)


def pause_after(attempts: int) -> timedelta:
    """Return how long a job waits after its n-th failure: 2 s, 4 s, 8 s … an hour at most."""
    return timedelta(seconds=min(2**attempts, 3600))


def _say(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" in {trace.tb_frame.f_globals.get('__name__', '?')}, line {trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}{place}"[:300]


def _place(row: Job) -> tuple[UUID, datetime]:
    return UUID(row.arguments["event_id"]), datetime.fromisoformat(row.arguments["recorded_at"])


# -- schedules, heartbeats, the dead ---------------------------------------------------------------------------------


def queue_scheduled(*, at: datetime | None = None) -> int:
    """Queue every scheduled job whose time has come; return how many. Safe in any number of workers at once."""
    now = at or clock.now()
    known = schedules()
    with transaction.atomic():
        rows = {row.name: row for row in Schedule.objects.select_for_update(skip_locked=True).filter(name__in=known)}
        missing = [Schedule(name=name, due_at=now) for name in known if name not in rows]
        if missing:
            Schedule.objects.bulk_create(missing, ignore_conflicts=True)
        queued = 0
        for name, row in rows.items():
            following = next_time(known[name], now)
            if row.due_at <= now:
                enqueue(name, once=name, lock=name)
                queued += 1
            elif row.due_at <= following:  # equal, unless the clock was moved back
                continue
            row.due_at = following
            row.save(update_fields=["due_at"])
        return queued


def beat(worker: str) -> None:
    """Say that this worker lives."""
    Heartbeat.objects.update_or_create(process=worker, defaults={"at": clock.machine_now()})


def bury(worker: str) -> None:
    """Take a worker that stops in good order off the list."""
    Heartbeat.objects.filter(process=worker).delete()


def forget_silent() -> int:
    """Forget workers that gave no sign of life for a day: killed ones, which could not take themselves off the list.
    Return how many; what they had claimed was given back long before."""
    return Heartbeat.objects.filter(at__lt=clock.machine_now() - FORGOTTEN).delete()[0]


def alive(lease: timedelta = LEASE) -> set[str]:
    """Return the names of the workers that have given a sign of life within the lease."""
    since = clock.machine_now() - lease
    return set(Heartbeat.objects.filter(at__gt=since).values_list("process", flat=True))


def release_dead(lease: timedelta = LEASE) -> int:
    """Give back what dead workers had claimed; return how many jobs. One tried too often is given up."""
    living = alive(lease)
    with transaction.atomic():
        claimed = Job.objects.select_for_update(skip_locked=True).exclude(claimed_by="")
        rows = [row for row in claimed if row.claimed_by.partition("/")[0] not in living]
        return _give_back(row for row in rows if row.claimed_at and row.claimed_at < clock.machine_now() - lease)


def release_lane(lane: str) -> int:
    """Give back what this lane holds: it lost its database in the middle and runs none of it now."""
    with transaction.atomic():
        return _give_back(Job.objects.select_for_update().filter(claimed_by=lane))


def _give_back(rows: Iterable[Job]) -> int:
    returned = 0
    for row in rows:
        returned += 1
        row.error = f"{row.claimed_by} stopped in the middle."[:300]
        row.claimed_by, row.claimed_at = "", None
        if row.attempts >= MOST_ATTEMPTS:
            row.given_up_at = clock.now()
        row.save(update_fields=["claimed_by", "claimed_at", "error", "given_up_at"])
    return returned


def drain(*, at: datetime | None = None, strict: bool = True, most: int = 10_000) -> int:
    """Run all that is due, here and now, until nothing is: handlers, jobs, and schedules whose time has come.

    For tests and ``moothall work --once``. Returns how many ran. With ``strict`` the first error is raised.
    """
    ran = 0
    queue_scheduled(at=at)
    queue_scheduled(at=at)  # a schedule seen for the first time is due at once
    others = [name for name in queues() if name != EVENTS]
    while ran < most:
        n = run_handlers(at=at, strict=strict)
        n += run_one(others, "drain/0", at=at, strict=strict)
        if n == 0:
            return ran
        ran += n
    raise RuntimeError(f"More than {most} jobs, and still more: something queues itself for ever.")


# -- for the console -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class JobLine:
    """One job that waits, runs or was given up, for the console. ``does`` says what it is for, where we know it."""

    id: UUID
    queue: str
    name: str
    state: str
    run_at: datetime
    attempts: int
    error: str
    does: str


@dataclass(frozen=True, slots=True)
class JobHealth:
    """How background work stands: live workers, how long the oldest due job has waited, and what was given up."""

    workers: tuple[str, ...]
    oldest_due: datetime | None
    given_up: tuple[JobLine, ...]
    failing: tuple[JobLine, ...]


def health(*, limit: int = 50) -> JobHealth:
    """Return how background work stands, in a fixed number of queries."""
    now = clock.now()
    oldest = Job.objects.filter(claimed_by="", given_up_at=None, run_at__lte=now).order_by("run_at").first()
    given_up = Job.objects.filter(given_up_at__isnull=False).order_by("-given_up_at")[:limit]
    failing = Job.objects.filter(given_up_at=None, attempts__gt=0, claimed_by="").order_by("run_at")[:limit]
    return JobHealth(
        workers=tuple(sorted(alive())),
        oldest_due=oldest.run_at if oldest else None,
        given_up=tuple(_line(row) for row in given_up),
        failing=tuple(_line(row) for row in failing),
    )


def try_again(job_id: UUID) -> bool:
    """Queue a job that was given up, or waits for its next try, for now. Returns whether there was one."""
    changed = Job.objects.filter(id=job_id, claimed_by="").update(given_up_at=None, attempts=0, run_at=clock.now())
    return changed > 0


def _line(row: Job) -> JobLine:
    state = "given up" if row.given_up_at else "running" if row.claimed_by else "waiting"
    return JobLine(row.id, row.queue, row.name, state, row.run_at, row.attempts, row.error, _does(row))


def _does(row: Job) -> str:
    """The first sentence of the promise that whoever wrote the job or handler gave."""
    try:
        function = handler_named(row.name) if row.queue == EVENTS else _jobs[row.name].function
    except KeyError:  # of a version before this one
        return ""
    return " ".join((function.__doc__ or "").strip().partition("\n\n")[0].split())
