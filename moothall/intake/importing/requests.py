"""Bringing in another system's requests: each row becomes a contact, a case and, where it had a due time, a promise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Final

from django.db import connection, transaction

from moothall.cases.actions import import_cases
from moothall.contacts.importing import import_contacts
from moothall.core.actors import Actor
from moothall.intake.importing.building import Builder, Built, Refusal
from moothall.intake.importing.mapping import RequestsMapping
from moothall.intake.importing.reading import RawRow
from moothall.places.actions import import_areas
from moothall.promises.imported import ImportedStandards
from moothall.promises.importing import import_promises
from moothall.services.actions import keep_past_names
from moothall.services.models import PastKind

BATCH: Final = 2_000

Say = Callable[[int, str, bool, str], None]
"""Told of every row there is something to say about: its number, its id, whether it was kept, and why."""


@dataclass(slots=True)
class Tally:
    """What an import did. `by_type`: type of request to (due times named to the day, due times there are)."""

    read: int = 0
    new: int = 0
    already: int = 0
    refused: int = 0
    noted: int = 0
    judged: int = 0
    agreeing: int = 0
    without_flag: int = 0
    by_type: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def kept(self) -> int:
        """Rows of the file that are here now."""
        return self.new + self.already

    @property
    def predicted(self) -> tuple[int, int]:
        """How many due times the mapping's standards name to the day, and how many there are."""
        return sum(right for right, _ in self.by_type.values()), sum(of for _, of in self.by_type.values())


def import_requests(
    rows: Iterable[RawRow], builder: Builder, standards: ImportedStandards | None, *, say: Say,
    done: Callable[[int], None] = lambda count: None, by: Actor, at: datetime,
) -> Tally:  # fmt: skip
    """Bring in rows, a batch to a transaction: killed in the middle, the same again goes on; run twice, nothing changes.

    Each row is kept, or refused with its reason by `say`; `say` is also told of rows kept with something to note. What was
    kept is judged from the database: the agreement with the file's own flag is of what stands there, not of what was read.

    Raises:
        Refused: the actor may not import. NoPack: no council's pack is applied.
    """
    tally, seen, waiting = Tally(), set[str](), iter(rows)
    first, named = True, set[tuple[str, str]]()
    while batch := list(islice(waiting, BATCH)):
        tally.read += len(batch)
        built = list(_built(batch, builder, seen, tally, say))
        with transaction.atomic():
            known = _known(builder.mapping.source, [one.id for one in built])
            new = [one for one in built if one.id not in known]
            _keep(new, by=by, at=at)
            _name(built, builder.mapping, named, by=by)
        tally.new += len(new)
        tally.already += len(built) - len(new)
        if first and new:
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE cases_case, promises_promise")
            first = False
        _compare(builder.mapping.source, built, tally)
        _predict(built, standards, tally)
        done(len(batch))
    return tally


def _built(batch: Sequence[RawRow], builder: Builder, seen: set[str], tally: Tally, say: Say) -> Iterator[Built]:
    for row in batch:
        try:
            one = builder.build(row)
            if one.id in seen:
                raise Refusal(one.id, "its id stands in an earlier row of the file")
        except Refusal as why:
            tally.refused += 1
            say(row.number, why.id, False, str(why))
            continue
        seen.add(one.id)
        tally.without_flag += one.judged_without_flag
        for note in one.notes:
            tally.noted += 1
            say(row.number, one.id, True, note)
        yield one


def _known(source: str, ids: Sequence[str]) -> set[str]:
    """Which of these rows are here. Holds a lock until the transaction ends, so that two imports of one source take turns."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"import:{source}"])
        cursor.execute(
            "SELECT external_id FROM cases_case WHERE source = %s AND external_id = ANY(%s) AND NOT (external_id = '')",
            [source, list(ids)],
        )
        return {external_id for (external_id,) in cursor.fetchall()}


def _keep(new: Sequence[Built], *, by: Actor, at: datetime) -> None:
    import_areas({(one.area, "imported", one.area_name) for one in new if one.area}, by=by)
    import_contacts([one.contact for one in new], by=by)
    import_promises([one.promise for one in new if one.promise is not None], by=by, at=at)
    import_cases([one.case for one in new], by=by)


def _name(built: Sequence[Built], mapping: RequestsMapping, named: set[tuple[str, str]], *, by: Actor) -> None:
    """Keep what the other system calls the services and teams of these rows: `named` are those of earlier batches."""
    services = {one.case.new.service: mapping.service_name(one.type) for one in built}
    teams = {one.case.new.team: mapping.team_name(one.team_word) for one in built}
    for kind, names in ((PastKind.SERVICE, services), (PastKind.TEAM, teams)):
        fresh = {code: name for code, name in names.items() if (kind, code) not in named}
        if fresh:
            keep_past_names(kind, fresh, source=mapping.source, by=by)
            named |= {(kind, code) for code in fresh}


def _compare(source: str, built: Sequence[Built], tally: Tally) -> None:
    """Compare what our clock says of each promise that ended with the file's own flag."""
    flags = {one.id: one.flag for one in built if one.flag is not None and one.case.closed_at is not None}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.external_id, p.state, p.broken_at IS NOT NULL FROM cases_case c"
            " JOIN promises_promise p ON p.subject_id = c.id"
            " WHERE c.source = %s AND c.external_id = ANY(%s) AND NOT (c.external_id = '')",
            [source, list(flags)],
        )
        for external_id, state, broken in cursor.fetchall():
            tally.judged += 1
            tally.agreeing += flags[external_id] == (state == "met" and not broken)


def _predict(built: Sequence[Built], standards: ImportedStandards | None, tally: Tally) -> None:
    """Work out when each request was due from its type, its title and when it was opened; compare with the file's date."""
    if standards is None:
        return
    tz = standards.built.tz
    for one in built:
        if one.due is None:
            continue
        due = standards.due(one.type, one.opened.astimezone(tz), one.title)
        right, of = tally.by_type.get(one.type, (0, 0))
        hit = due is not None and due.date() == one.due.astimezone(tz).date()
        tally.by_type[one.type] = (right + hit, of + 1)
