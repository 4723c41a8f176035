"""A look through every record at once: what it finds is written down, then taken a few at a time."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import connection, transaction

from moothall.core import clock
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.events import Happening, record, together
from moothall.core.jobs import enqueue
from moothall.customers.linking import events
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
        matching.people_arrow(), trained.model, owned=True, say=say
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
    """Write what was found, by COPY."""
    import pyarrow as pa
    import pyarrow.csv

    numbers = pa.array(range(1, found.num_rows + 1), pa.int32())
    runs = pa.array([str(run_id)], pa.string()).take(pa.array([0] * found.num_rows, pa.int32()))
    whole = pa.table([runs, numbers, *found.columns], names=["run_id", "number", "one", "other", "weight", "kind"])
    statement = (
        "COPY customer_linking_foundpair (run_id, number, one, other, weight, kind) FROM STDIN WITH (FORMAT csv)"
    )
    with connection.cursor() as cursor, cursor.copy(statement) as into:
        for batch in whole.to_batches(_LINES):
            out = io.BytesIO()
            pyarrow.csv.write_csv(batch, out, pyarrow.csv.WriteOptions(include_header=False))
            into.write(out.getvalue())
