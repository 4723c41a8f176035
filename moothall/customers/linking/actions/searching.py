"""A look through every record at once: what it finds is written down, then taken a few at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from moothall.core import clock
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.events import Happening, record, together
from moothall.core.jobs import enqueue
from moothall.customers.linking import events, weighing
from moothall.customers.linking.actions.placing import REVIEWED, take_pairs
from moothall.customers.linking.models import BulkRun, FoundPair
from moothall.customers.linking.rules.explaining import parts_of
from moothall.customers.linking.weighing import Likely
from moothall.customers.matching import queries as matching

if TYPE_CHECKING:
    import pyarrow as pa

Say = Callable[[str], None]
BATCH: Final = 100
"""Pairs taken in one transaction: a stop loses at most these, and whoever waits for a customer waits shortly."""
SEARCH: Final = "linking.search"
TAKE: Final = "linking.take"
_LINES: Final = 50_000
_HEAD: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TAIL: Final = b"\xff\xff"


class NothingToCompare(ValueError):
    """There are fewer than two records."""


def ask_for_search(*, by: Actor, at: datetime) -> None:
    """Have every record looked through, in the background. Asked for twice, it is done once. Raises Refused."""
    require(by, "customer.import")
    enqueue(SEARCH, once=SEARCH, lock=SEARCH)


def search_all(*, by: Actor, at: datetime, say: Say = lambda text: None) -> BulkRun:
    """Look through every record with the weights in use, and write down what was found, to be taken by `take_found`.

    What an earlier run found and nobody has taken yet is forgotten: this one found it again.

    Raises:
        NothingToCompare, Refused.
    """
    require(by, "customer.import")
    from moothall.customers.matching.bulk import link_all

    if (known := matching.known_records(most=2)) < 2:
        raise NothingToCompare(f"Matching knows {known} records. There is nothing to compare.")
    trained = matching.model_in_use()
    linked = link_all(
        matching.people_arrow(), trained.model, owned=True, engine=settings.LINK_ENGINE, say=say
    )  # held by nobody else: it is let go of
    try:
        found = linked.found(REVIEWED)
        records, compared = linked.count, linked.compared
    finally:
        linked.close()
    kinds = found.column("kind").value_counts().to_pylist()
    counted = {one["values"]: one["counts"] for one in kinds}
    with transaction.atomic(), together():
        BulkRun.objects.filter(finished_at__isnull=True).update(finished_at=at)
        FoundPair.objects.all().delete()
        run = BulkRun.objects.create(
            model_version=trained.version, records=records, compared=compared, joins=counted.get("auto", 0),
            asks=counted.get("review", 0), started_at=at, found_at=clock.now(),
        )  # fmt: skip
        _write(run.id, found)
        data = {"records": records, "joins": run.joins, "asks": run.asks, "version": trained.version}
        record([Happening(events.SEARCHED, "bulk_run", run.id, at, data=data)], by=by)
        enqueue(TAKE, once=TAKE, lock=TAKE)
    say(f"{run.joins:,} pairs to join, {run.asks:,} to ask about")
    return run


def take_found(*, say: Say = lambda text: None, stop_after: int | None = None) -> BulkRun | None:
    """Take what the last run found: join what is sure, list what may be; from where it was. Returns the run, if there is one.

    ``stop_after`` stops after so many batches, as a kill would (tests).
    """
    taken = 0
    run = BulkRun.objects.filter(finished_at__isnull=True).order_by("-started_at", "-id").first()
    while run is not None and run.finished_at is None and (stop_after is None or taken < stop_after):
        run = _take_batch(run.id, clock.now())
        taken += 1
        if taken % 50 == 0:
            say(f"{run.joined:,} joined, {run.listed:,} listed")
    return run


def search_firms(*, by: Actor, at: datetime) -> tuple[int, int]:
    """Look through every organisation: join what is sure, list what may be. Returns (joined, newly listed).

    They are weighed by the numbers of registers, with nothing learnt: so this needs no weights. Run again it changes nothing.

    Raises:
        Refused.
    """
    require(by, "customer.import")
    joined = listed = 0
    found = iter(weighing.matcher().pairs_of_firms())
    while batch := list(islice(found, BATCH)):
        with transaction.atomic():
            made = take_pairs(batch, at=at)
        joined, listed = joined + made[0], listed + made[1]
    return joined, listed


def _take_batch(run_id: UUID, at: datetime) -> BulkRun:
    """Take a few, and where to go on, in one transaction: a kill leaves both or neither."""
    with transaction.atomic():
        run = BulkRun.objects.select_for_update().get(pk=run_id)
        rows = list(FoundPair.objects.filter(run=run, number__gte=run.next_found).order_by("number")[:BATCH])
        if run.finished_at is not None or not rows:
            FoundPair.objects.filter(run=run).delete()
            run.finished_at = run.finished_at or at
            run.save(update_fields=["finished_at"])
            return run
        pairs = [(row.one, row.other) for row in rows]
        owners = matching.owners_of({record for pair in pairs for record in pair})
        explained = matching.scores_of(pairs)
        taken = [
            (owners[row.one], owners[row.other], Likely(owners[row.other], row.weight, parts_of(score), row.kind))
            for row, score in zip(rows, explained, strict=True)
            if score is not None and row.one in owners and row.other in owners
        ]
        joined, listed = take_pairs(taken, at=at)
        run.joined, run.listed, run.next_found = run.joined + joined, run.listed + listed, rows[-1].number + 1
        run.save(update_fields=["joined", "listed", "next_found"])
        return run


def _write(run_id: UUID, found: pa.Table) -> None:
    """Write what was found: Arrow's columns as PostgreSQL's binary COPY has them, with no text in between."""
    import numpy as np

    kinds = found.column("kind").to_numpy(zero_copy_only=False)
    numbers = np.arange(1, found.num_rows + 1)
    statement = (
        "COPY customer_linking_foundpair (run_id, number, one, other, weight, kind) FROM STDIN WITH (FORMAT binary)"
    )
    with connection.cursor() as cursor, cursor.copy(statement) as into:
        into.write(_HEAD)
        for kind in sorted(set(kinds)):  # of one kind, every line is as long
            some = np.flatnonzero(kinds == kind)
            for first in range(0, len(some), _LINES):
                at = some[first : first + _LINES]
                part = found.take(at)
                rows = np.zeros(len(at), dtype=_line(len(kind)))
                rows["values"], rows["kind_length"], rows["kind"] = 6, len(kind), kind.encode()
                for name, size in (("run", 16), ("number", 4), ("one", 16), ("other", 16), ("weight", 8)):
                    rows[f"{name}_length"] = size
                rows["run"], rows["number"] = np.void(run_id.bytes), numbers[at]
                rows["one"], rows["other"] = _ids(part.column(0)), _ids(part.column(1))
                rows["weight"] = part.column("weight").to_numpy()
                into.write(rows.tobytes())
        into.write(_TAIL)


def _line(kind: int) -> list[tuple[str, str]]:
    """A line of the binary COPY: how many values, then each with its length before it; numbers as the network has them."""
    values = (
        ("run", "V16"),
        ("number", ">i4"),
        ("one", "V16"),
        ("other", "V16"),
        ("weight", ">f8"),
        ("kind", f"S{kind}"),
    )
    return [("values", ">i2"), *(part for name, form in values for part in ((f"{name}_length", ">i4"), (name, form)))]


def _ids(column: pa.ChunkedArray) -> Any:
    """Ids as sixteen bytes each."""
    import numpy as np
    import pyarrow.compute as pc

    plain = pc.replace_substring(column, "-", "").to_pylist()
    return np.frombuffer(bytes.fromhex("".join(plain)), dtype="V16")
