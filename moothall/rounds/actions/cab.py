"""What the cab sends of a round, kept once whatever the order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.bulk import merge_rows
from moothall.core.events import Happening, record
from moothall.rounds import events
from moothall.rounds.models import CabKind
from moothall.rounds.queries import streets_of_rounds

MOST_EVENTS = 1_000
FUTURE = timedelta(minutes=10)
AT_A_DOOR = frozenset({CabKind.NOT_OUT, CabKind.CONTAMINATED, CabKind.TOO_HEAVY})
ON_A_STREET = frozenset({CabKind.PASSED, CabKind.BLOCKED})


@dataclass(frozen=True, slots=True)
class CabReport:
    """One event as a device sends it. ``id`` is the device's own and makes sending it again harmless.

    A street is meant by its number, or by its name among those of the round (``street``, ``locality``).
    """

    id: UUID
    schedule: str
    day: date
    bin: str
    kind: str
    occurred_at: datetime
    usrn: int | None = None
    uprn: int | None = None
    street: str = ""
    locality: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch: how many were new, how many we had, and which were refused with the reason."""

    new: int
    known: int
    refused: tuple[tuple[UUID, str], ...] = ()


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
    for sent, unknown in _numbered(reports):
        report, wrong = sent, unknown or _wrong_with(sent, bins, at)
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
        _tell(fit, fresh, by=by, at=at)
    return Taken(new=len(fresh), known=len(reports) - len(refused) - len(fresh), refused=tuple(refused))


def _numbered(reports: Sequence[CabReport]) -> Iterator[tuple[CabReport, str]]:
    """Each report with its street's number, found by name where it came without; or why it cannot be. One query at most."""
    named = [one for one in reports if one.usrn is None and one.street and one.kind in ON_A_STREET]
    streets = streets_of_rounds(sorted({one.schedule for one in named})) if named else None
    for one in reports:
        if streets is None or one.usrn is not None or not one.street or one.kind not in ON_A_STREET:
            yield one, ""
            continue
        usrn, why = streets.find(one.schedule, usrn=None, street=one.street, locality=one.locality)
        yield replace(one, usrn=usrn), f"{why[0].upper()}{why[1:]}." if why else ""


def _wrong_with(report: CabReport, bins: frozenset[str], at: datetime) -> str:
    """Say what cannot be right with an event, and what to send instead; empty when nothing is wrong."""
    if report.kind not in CabKind.values:
        return f"There is no kind {report.kind}. Kinds: {', '.join(CabKind.values)}."
    if report.bin not in bins:
        return f"There is no bin {report.bin}. Bins: {', '.join(sorted(bins))}."
    if report.kind in AT_A_DOOR and report.uprn is None:
        return f"{report.kind} is of one door: send its uprn."
    if report.kind in ON_A_STREET and report.usrn is None:
        return f"{report.kind} is of one street: send its usrn, or its name as street."
    if report.kind not in AT_A_DOOR and report.uprn is not None:
        return f"{report.kind} is not of one door: leave uprn out."
    if report.occurred_at.tzinfo is None:
        return "occurred_at needs its zone: 2026-07-06T09:12:00+01:00."
    if report.occurred_at > at + FUTURE:
        return "occurred_at is still to come: set the device’s clock."
    return ""


Key = tuple[str, date, str]
_STILL = """
    SELECT schedule_id, day, bin, max(occurred_at) FILTER (WHERE kind = 'broken_down') AS broken,
           max(occurred_at) FILTER (WHERE kind NOT IN ('broken_down', 'finished')) AS since
      FROM rounds_cabevent WHERE schedule_id = ANY(%s) AND day = ANY(%s) AND occurred_at <= %s
     GROUP BY schedule_id, day, bin
"""


def _tell(fit: dict[UUID, CabReport], fresh: Sequence[UUID], *, by: Actor, at: datetime) -> None:
    """Record what others act on: a round that stopped, or goes again. Streets and doors are read from the rows.

    A crew that empties bins is going again, whether or not it thinks of saying so; whoever acts on it asks how things are
    (`queries.stopped_since`), for the events of a day come in any order.
    """
    new = [fit[one] for one in fresh]
    said: dict[tuple[str, Key], CabReport] = {}
    for one in new:
        if one.kind == CabKind.BROKEN_DOWN:
            said[events.STOPPED, (one.schedule, one.day, one.bin)] = one
    going = {(one.schedule, one.day, one.bin): one for one in new if one.kind != CabKind.BROKEN_DOWN}
    if going:
        with connection.cursor() as cursor:
            cursor.execute(_STILL, [sorted({k[0] for k in going}), sorted({k[1] for k in going}), at + FUTURE])
            for *key, broken, since in cursor.fetchall():
                again = going.get((key[0], key[1], key[2]))
                if again and broken and since and since > broken:
                    said[events.RESUMED, (again.schedule, again.day, again.bin)] = again
    record(
        [
            Happening(
                name=name, subject_kind="cab_event", subject_id=one.id, occurred_at=one.occurred_at,
                data={"schedule": one.schedule, "day": one.day.isoformat(), "bin": one.bin},
            )
            for (name, _), one in said.items()
        ],
        by=by,
    )  # fmt: skip
