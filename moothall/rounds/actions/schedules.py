"""What the waste system delivers: which premises are on which round, which bin goes when, when a round passes a street."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice

from django.db import connection, transaction
from django.db.models import Q

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.bulk import merge_rows
from moothall.core.events import Happening, record
from moothall.core.ids import new_ids
from moothall.core.zone import council_date
from moothall.rounds import events
from moothall.rounds.models import Collection, Stop, StreetPlan

BATCH = 50_000


def import_stops(stops: Iterable[tuple[int, str, int | None]], *, by: Actor) -> tuple[int, int]:
    """Bring in premises as (UPRN, schedule or "", USRN). Returns how many were read and how many changed. May be run again.

    Raises:
        Refused: the actor may not import.
    """
    require(by, "import.run")
    read = changed = 0
    source = iter(stops)
    while batch := list(islice(source, BATCH)):
        read += len(batch)
        unique = list({row[0]: row for row in batch}.values())
        with transaction.atomic():
            changed += len(merge_rows("rounds_stop", ("uprn", "schedule_id", "usrn"), ("uprn",), unique))
    return read, changed


def import_collections(days: Iterable[tuple[str, date, str]], *, by: Actor) -> tuple[int, int]:
    """Bring in collections as (schedule, day, bin code). Returns how many were read and were new. May be run again."""
    require(by, "import.run")
    read = new = 0
    source, ids = iter(days), new_ids()
    while batch := list(islice(source, BATCH)):
        read += len(batch)
        unique = sorted(set(batch))
        columns, rows = ("id", "schedule_id", "day", "bin"), ((next(ids), *row) for row in unique)
        with transaction.atomic():
            new += len(merge_rows("rounds_collection", columns, columns[1:], rows, change=False))
    return read, new


def leave_out(whole: AbstractSet[int], *, end: bool, by: Actor) -> int:
    """Count the premises on a round that are not among ``whole``; with ``end`` no round serves them from now on.

    They stay known: whoever asks for their bin days is answered with a way to ask, not with silence.
    """
    require(by, "import.run")
    served = Stop.objects.exclude(schedule_id="").values_list("uprn", flat=True)
    gone = [uprn for uprn in served.iterator(chunk_size=BATCH) if uprn not in whole]
    if end:
        with transaction.atomic():
            for n in range(0, len(gone), BATCH):
                Stop.objects.filter(uprn__in=gone[n : n + BATCH]).update(schedule_id="")
    return len(gone)


@dataclass(slots=True)
class Laid:
    """What a schedule changed. ``absent``: days held for the time it covers that are not in it; ``gone`` of them went.

    ``told``: (round, day, bin, new day) of those that stay because people were told the new day and the schedule has neither.
    ``by_round``: how many days are new and gone, for each round where any are. ``since`` and ``until`` are what it covers.
    """

    read: int = 0
    new: int = 0
    absent: int = 0
    gone: int = 0
    told: list[tuple[str, date, str, date]] = field(default_factory=list)
    by_round: dict[str, tuple[int, int]] = field(default_factory=dict)
    since: date | None = None
    until: date | None = None


_ABSENT = """
    FROM rounds_collection held WHERE held.day BETWEEN %(since)s AND %(until)s
        AND NOT EXISTS (SELECT FROM due_now due
                        WHERE due.schedule_id = held.schedule_id AND due.day = held.day AND due.bin = held.bin)
"""
_TOLD = """
    held.moved_to >= %(today)s AND NOT EXISTS (SELECT FROM due_now due WHERE due.schedule_id = held.schedule_id
                                               AND due.day = held.moved_to AND due.bin = held.bin)
"""
"""A day moved here, of which people heard, and the schedule does not know where it went: it is not for a file to unsay."""


def lay_days(
    days: Iterable[tuple[str, date, str]], *, whole: Callable[[], bool], since: date | None = None,
    until: date | None = None, dry_run: bool = False, by: Actor, at: datetime,
) -> Laid:  # fmt: skip
    """Lay a schedule of (round, day, bin code) over what is held. All of it or none; again changes nothing.

    New days are added. Where ``whole`` says, once all are read, that it is the whole schedule, the days it does not have go,
    of every round, from ``since`` to ``until`` (by default its own first and last day): a round that goes on Tuesdays now
    no longer goes on Mondays. A day that was moved here stays moved while its plan's day is in the schedule; it goes when
    the schedule has its new day; where it has neither it stays and is told. With ``dry_run`` nothing is written.

    Raises:
        Refused: the actor may not import.
    """
    require(by, "import.run")
    done, source, ids = Laid(), iter(days), new_ids()
    key = ("schedule_id", "day", "bin")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('rounds.schedule', 0))")
        cursor.execute("CREATE TEMP TABLE due_now (schedule_id text, day date, bin text, PRIMARY KEY (schedule_id, day, bin))"
                       " ON COMMIT DROP")  # fmt: skip
        while batch := list(islice(source, BATCH)):
            unique = sorted(set(batch))
            done.read += len(batch)
            merge_rows("due_now", key, key, unique, change=False)
            rows = ((next(ids), *row) for row in unique)
            for schedule in merge_rows("rounds_collection", ("id", *key), key, rows, change=False):
                done.new += 1
                done.by_round[schedule] = (done.by_round.get(schedule, (0, 0))[0] + 1, 0)
        cursor.execute("SELECT min(day), max(day) FROM due_now")
        first, last = cursor.fetchone()
        done.since, done.until = since or first, until or last
        if done.since is not None and done.until is not None:
            _put_away(done, end=whole(), today=council_date(at))
        cursor.execute("DROP TABLE due_now")
        if done.new or done.gone:
            data = {"new": done.new, "gone": done.gone, "rounds": len(done.by_round)}
            record([Happening(name=events.SCHEDULED, subject_kind="schedule", subject_id=None, occurred_at=at, data=data)],
                   by=by)  # fmt: skip
        if dry_run:
            transaction.set_rollback(True)
    return done


def _put_away(done: Laid, *, end: bool, today: date) -> None:
    """Count what the schedule no longer has, tell what stays for people's sake, and let the rest go where it is whole."""
    names = {"since": done.since, "until": done.until, "today": today}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT schedule_id, day, bin, moved_to {_ABSENT} AND {_TOLD} ORDER BY 1, 2, 3",
            names,
        )
        done.told = list(cursor.fetchall())
        rest = f"{_ABSENT} AND NOT coalesce({_TOLD}, false)"
        cursor.execute(f"SELECT schedule_id, count(*) {rest} GROUP BY schedule_id", names)
        absent = dict(cursor.fetchall())
        done.absent = sum(absent.values()) + len(done.told)
        if end:
            cursor.execute(f"DELETE {rest}", names)
            done.gone = sum(absent.values())
            for schedule, count in absent.items():
                done.by_round[schedule] = (done.by_round.get(schedule, (0, 0))[0], count)


def plan_streets(schedule: str, minutes: Sequence[tuple[int, int]], *, by: Actor) -> bool:
    """Say when a round passes its streets: (USRN, minutes after the start). Replaces what was planned before.

    Returns whether that changed anything.

    Raises:
        Refused: the actor may not deliver plans.
    """
    require(by, "rounds.plan")
    rows = StreetPlan.objects.filter(schedule_id=schedule)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"rounds.plan:{schedule}"])
        if dict(rows.values_list("usrn", "minute")) == dict(minutes):
            return False
        rows.delete()
        StreetPlan.objects.bulk_create(
            [StreetPlan(schedule_id=schedule, usrn=usrn, minute=minute) for usrn, minute in minutes]
        )
    return True


def move_collections(schedule: str, day: date, new_day: date, *, by: Actor, at: datetime) -> int:
    """Do a round on another day: whatever was to be collected on ``day`` goes on ``new_day``. Returns how many bins.

    Bin days and what is said of a missed bin follow at once; bringing in the schedule again changes none of it.

    Raises:
        Refused: the actor may not.
    """
    require(by, "rounds.record")
    with transaction.atomic():
        goes = Q(moved_to=day) | Q(moved_to__isnull=True, day=day)
        moved = Collection.objects.filter(goes, schedule_id=schedule).update(moved_to=new_day)
        if moved:
            record(
                [
                    Happening(
                        name=events.MOVED, subject_kind="round", subject_id=None, occurred_at=at,
                        data={"schedule": schedule, "day": day.isoformat(), "new_day": new_day.isoformat(), "bins": moved},
                    )
                ],
                by=by,
            )  # fmt: skip
    return moved
