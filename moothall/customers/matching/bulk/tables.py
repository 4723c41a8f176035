"""People as a table: from standardised records to Arrow and into DuckDB."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

import duckdb
import pyarrow as pa

from moothall.customers.matching.rules.person import COLUMNS, LISTS, Person

ID: Final = "record_id"
SOURCE: Final = "source"
SCHEMA: Final = pa.schema(
    [
        (ID, pa.string()),
        (SOURCE, pa.string()),
        *((name, pa.list_(pa.string()) if name in LISTS else pa.string()) for name in COLUMNS),
    ]
)
CHUNK: Final = 50_000


def people_table(people: Iterable[tuple[str, str, Person]]) -> pa.Table:
    """Return (id, source, person) as an Arrow table, as `link` and `train` take it. Reads in pieces."""
    return pa.Table.from_batches(list(people_batches(people)), SCHEMA)


def people_batches(people: Iterable[tuple[str, str, Person]]) -> Iterator[pa.RecordBatch]:
    """Yield (id, source, person) as record batches."""
    coming = iter(people)
    while rows := list(islice(coming, CHUNK)):
        yield batch_of(rows)


def batch_of(rows: Sequence[tuple[str, str, Person]]) -> pa.RecordBatch:
    """Return (id, source, person) rows as one record batch."""
    ids, sources, persons = zip(*rows, strict=True)
    columns: list[Any] = [ids, sources, *zip(*persons, strict=True)]
    arrays = [pa.array(values, type=field.type) for values, field in zip(columns, SCHEMA, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def connect(*, threads: int = 2, memory: str = "1200MB") -> duckdb.DuckDBPyConnection:
    """Return a DuckDB of its own in memory: nothing is downloaded or written, but what does not fit spills to a temporary folder."""
    con = duckdb.connect(
        ":memory:",
        config={
            "threads": threads,
            "memory_limit": memory,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    con.execute("SET preserve_insertion_order = false").fetchall()
    return con


def put_people(con: duckdb.DuckDBPyConnection, people: pa.Table | pa.RecordBatchReader) -> int:
    """Put people into DuckDB's table `people`, numbered (`unique_id`); return how many."""
    con.register("people_arriving", people)
    con.execute(
        "CREATE OR REPLACE TABLE people AS SELECT row_number() OVER ()::INTEGER AS unique_id, * FROM people_arriving"
    ).fetchall()
    con.unregister("people_arriving")
    (count,) = con.execute("SELECT count(*) FROM people").fetchall()[0]
    return int(count)
