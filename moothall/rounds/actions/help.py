"""Words to a crew on a door: a repeated miss, help with bins that somebody asked for, and lists of it from other systems."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.bulk import merge_rows
from moothall.core.events import Happening, record
from moothall.core.ids import new_id
from moothall.core.zone import council_date
from moothall.rounds import events
from moothall.rounds.models import Flag, FlagKind
from moothall.rounds.rules import Help, beside_list

LISTED_AT_ONCE = 2_000


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
