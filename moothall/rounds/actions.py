"""The only writers of rounds: what the waste system delivers, what the cab sends, what a crew must know of a door."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.bulk import merge_rows
from moothall.core.events import Happening, record
from moothall.core.ids import new_id, new_ids
from moothall.core.zone import council_date
from moothall.rounds import events
from moothall.rounds.models import CabKind, Collection, Flag, FlagKind, StreetPlan
from moothall.rounds.rules import Help, beside_list

BATCH = 50_000
MOST_EVENTS = 1_000
LISTED_AT_ONCE = 2_000
FUTURE = timedelta(minutes=10)
AT_A_DOOR = frozenset({CabKind.NOT_OUT, CabKind.CONTAMINATED, CabKind.TOO_HEAVY})
ON_A_STREET = frozenset({CabKind.PASSED, CabKind.BLOCKED})


@dataclass(frozen=True, slots=True)
class CabReport:
    """One event as a device sends it. ``id`` is the device's own and makes sending it again harmless."""

    id: UUID
    schedule: str
    day: date
    bin: str
    kind: str
    occurred_at: datetime
    usrn: int | None = None
    uprn: int | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch: how many were new, how many we had, and which were refused with the reason."""

    new: int
    known: int
    refused: tuple[tuple[UUID, str], ...] = ()


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


def plan_streets(schedule: str, minutes: Sequence[tuple[int, int]], *, by: Actor) -> None:
    """Say when a round passes its streets: (USRN, minutes after the start). Replaces what was planned before."""
    require(by, "import.run")
    with transaction.atomic():
        StreetPlan.objects.filter(schedule_id=schedule).delete()
        StreetPlan.objects.bulk_create(
            [StreetPlan(schedule_id=schedule, usrn=usrn, minute=minute) for usrn, minute in minutes]
        )


def take_cab_events(reports: Sequence[CabReport], *, bins: frozenset[str], by: Actor, at: datetime) -> Taken:
    """Keep what a cab sent, each event once, in whatever order and however often it comes. One transaction.

    What cannot be right (a street event without its street, a time to come) is refused by itself; the rest is kept.

    Raises:
        Refused: the actor may not. ValueError: more than a thousand at once.
    """
    require(by, "rounds.record")
    if len(reports) > MOST_EVENTS:
        raise ValueError(f"Send at most {MOST_EVENTS:,} events at once; this call has {len(reports):,}.")
    refused: list[tuple[UUID, str]] = []
    fit: dict[UUID, CabReport] = {}
    for report in reports:
        wrong = _wrong_with(report, bins, at)
        if wrong:
            refused.append((report.id, wrong))
        else:
            fit.setdefault(report.id, report)
    rows = (
        (r.id, r.schedule, r.day, r.bin, r.kind, r.usrn, r.uprn, r.occurred_at, at) for r in fit.values()
    )  # written in the order of their ids: two batches that share events do not lock each other
    columns = ("id", "schedule_id", "day", "bin", "kind", "usrn", "uprn", "occurred_at", "recorded_at")
    with transaction.atomic():
        fresh = merge_rows("rounds_cabevent", columns, ("id",), rows, change=False)
        _tell(fit, fresh, by=by)
    return Taken(new=len(fresh), known=len(reports) - len(refused) - len(fresh), refused=tuple(refused))


def _wrong_with(report: CabReport, bins: frozenset[str], at: datetime) -> str:
    """Say what cannot be right with an event, and what to send instead; empty when nothing is wrong."""
    if report.kind not in CabKind.values:
        return f"There is no kind {report.kind}. Kinds: {', '.join(CabKind.values)}."
    if report.bin not in bins:
        return f"There is no bin {report.bin}. Bins: {', '.join(sorted(bins))}."
    if report.kind in AT_A_DOOR and report.uprn is None:
        return f"{report.kind} is of one door: send its uprn."
    if report.kind in ON_A_STREET and report.usrn is None:
        return f"{report.kind} is of one street: send its usrn."
    if report.kind not in AT_A_DOOR and report.uprn is not None:
        return f"{report.kind} is not of one door: leave uprn out."
    if report.occurred_at.tzinfo is None:
        return "occurred_at needs its zone: 2026-07-06T09:12:00+01:00."
    if report.occurred_at > at + FUTURE:
        return "occurred_at is still to come: set the device’s clock."
    return ""


def _tell(fit: dict[UUID, CabReport], fresh: Sequence[UUID], *, by: Actor) -> None:
    """Record what others act on: a round that stopped or goes again. Streets and doors are read from the rows."""
    names = {CabKind.BROKEN_DOWN: events.STOPPED, CabKind.RESUMED: events.RESUMED}
    told = [fit[one] for one in fresh if fit[one].kind in names]
    if told:
        record(
            [
                Happening(
                    name=names[CabKind(r.kind)], subject_kind="cab_event", subject_id=r.id, occurred_at=r.occurred_at,
                    data={"schedule": r.schedule, "day": r.day.isoformat(), "bin": r.bin},
                )
                for r in told
            ],
            by=by,
        )  # fmt: skip


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


def flag_door(
    uprn: int, kind: FlagKind, *, begins: date, ends: date | None, case_id: UUID | None, by: Actor, at: datetime
) -> bool:
    """Put a word to the crew on a door. Once for a case; returns whether it is new."""
    with transaction.atomic():
        flag = Flag(id=new_id(), uprn=uprn, kind=kind, case_id=case_id, begins=begins, ends=ends)
        made = Flag.objects.bulk_create([flag], ignore_conflicts=True)
        if not Flag.objects.filter(id=made[0].id).exists():
            return False
        record(
            [
                Happening(
                    name=events.FLAGGED, subject_kind="flag", subject_id=flag.id, occurred_at=at, case_id=case_id,
                    data={"kind": str(kind), "begins": begins.isoformat(), "ends": ends.isoformat() if ends else ""},
                )
            ],
            by=by,
        )  # fmt: skip
        return True


def end_flags(uprn: int, kind: FlagKind, *, last: date, by: Actor) -> int:
    """Take a word off a door from the day after ``last``, whoever put it there. Returns how many were in force.

    A list of another system that still has it does not bring it back: see `bring_list`.
    """
    require(by, "rounds.record")
    rows = Flag.objects.filter(Q(ends__isnull=True) | Q(ends__gt=last), uprn=uprn, kind=kind)
    return rows.update(ends=last, ended_here=True)


Say = Callable[[int, str, bool, str], None]


@dataclass(frozen=True, slots=True)
class ListedHome:
    """One home of a list of those whose bins the crew fetches. ``row`` is where it stands; days are both included."""

    row: int
    uprn: int
    begins: date | None = None
    ends: date | None = None
    note: str = ""


@dataclass(slots=True)
class Listed:
    """What became of the rows of a list. ``absent``: homes of it in force here, not in the file; ``ended`` of them were."""

    listed: int = 0
    repeated: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    over: int = 0
    ended_here: int = 0
    absent: int = 0
    ended: int = 0


def bring_list(
    homes: Iterable[ListedHome], *, source: str, may_end: Callable[[], bool], dry_run: bool = False, say: Say, by: Actor,
    at: datetime,
) -> Listed:  # fmt: skip
    """Bring in another system's list of the homes whose bins the crew fetches. All of it or none; again changes nothing.

    What becomes of each home is `rules.beside_list`. A home of the list that is not in it stays, unless ``may_end`` says,
    once all are read, that the list is whole: then its help ends with today. What was ended here at request and still stands
    in the list is told by ``say(row, uprn, kept, why)``. With ``dry_run`` nothing is written. Two deliveries of one list wait
    for each other.

    Raises:
        Refused: the actor may not import.
    """
    require(by, "import.run")
    done, today, rest = Listed(), council_date(at), iter(homes)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"rounds.list:{source}"])
        cursor.execute("CREATE TEMP TABLE listed_home (uprn bigint PRIMARY KEY) ON COMMIT DROP")
        while batch := list(islice(rest, LISTED_AT_ONCE)):
            _list(batch, source, done, today=today, say=say)
        done.absent = _absent(source, today, end=may_end())
        done.ended = done.absent if may_end() else 0
        cursor.execute("DROP TABLE listed_home")
        data = {"source": source, "listed": done.listed, "new": done.new, "changed": done.changed, "ended": done.ended}
        record([Happening(name=events.LISTED, subject_kind="list", subject_id=None, occurred_at=at, data=data)], by=by)
        if dry_run:
            transaction.set_rollback(True)
    return done


_LISTED = ("id", "uprn", "kind", "begins", "ends", "source", "note", "ended_here")


def _list(batch: Sequence[ListedHome], source: str, done: Listed, *, today: date, say: Say) -> None:
    """Lay some homes of a list over what is held of it; a home that stood in an earlier row is told and left out."""
    done.listed += len(batch)
    first = {home.uprn: home for home in reversed(batch)}
    fresh = set(merge_rows("listed_home", ("uprn",), ("uprn",), ((uprn,) for uprn in first), change=False))
    held: dict[int, list[Flag]] = {}
    for flag in Flag.objects.filter(source=source, kind=FlagKind.ASSISTED, uprn__in=list(fresh)).order_by("begins"):
        held.setdefault(flag.uprn, []).append(flag)
    rows = []
    for home in batch:
        if home.uprn not in fresh or home is not first[home.uprn]:
            done.repeated += 1
            say(home.row, str(home.uprn), False, "its home stands in an earlier row")
            continue
        times = held.get(home.uprn, [])
        last = times[-1] if times else None
        after = max((one.ends for one in times[:-1] if one.ends), default=None)
        told = Help(home.begins, home.ends, home.note)
        what, now = beside_list(told, _as_help(last) if last else None, after=after, today=today)
        setattr(done, what, getattr(done, what) + 1)
        if what == "ended_here" and last and last.ends:
            why = f"it was ended here on {last.ends.isoformat()}, at request: take it off the list"
            say(home.row, str(home.uprn), True, why)
        if now is not None:
            id_ = last.id if last and what == "changed" else new_id()
            rows.append((id_, home.uprn, str(FlagKind.ASSISTED), now.begins, now.ends, source, now.note, False))
    merge_rows("rounds_flag", _LISTED, ("id",), rows)


def _as_help(flag: Flag) -> Help:
    return Help(flag.begins, flag.ends, flag.note, flag.ended_here)


_GONE = """
    FROM rounds_flag WHERE source = %(source)s AND kind = 'assisted' AND (ends IS NULL OR ends > %(today)s)
        AND NOT EXISTS (SELECT FROM listed_home WHERE listed_home.uprn = rounds_flag.uprn)
"""


def _absent(source: str, today: date, *, end: bool) -> int:
    """Count the homes in force that are not in the list; end those with today. What was still to begin never does."""
    names: dict[str, str | date] = {"source": source, "today": today}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {_GONE}", names)
        count = int(cursor.fetchone()[0])
        if end:
            cursor.execute(f"DELETE {_GONE} AND begins > %(today)s", names)
            cursor.execute(f"UPDATE rounds_flag SET ends = %(today)s WHERE id IN (SELECT id {_GONE})", names)  # noqa: S608
    return count
