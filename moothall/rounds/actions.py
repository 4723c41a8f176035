"""The only writers of rounds: what the waste system delivers, what the cab sends, what a crew must know of a door."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.bulk import merge_rows
from moothall.core.events import Happening, record
from moothall.core.ids import new_id, new_ids
from moothall.rounds import events
from moothall.rounds.models import CabKind, Collection, Flag, FlagKind, StreetPlan

BATCH = 50_000
MOST_EVENTS = 1_000
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
    """Take a word off a door from the day after ``last``. Returns how many were in force."""
    require(by, "rounds.record")
    return Flag.objects.filter(uprn=uprn, kind=kind, ends__isnull=True).update(ends=last)
