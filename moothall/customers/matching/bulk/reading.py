"""Records from a file, standardised: several processes where there are many."""

from __future__ import annotations

import csv
import gzip
import multiprocessing
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from typing import TextIO

import pyarrow as pa

from moothall.customers.matching.bulk.tables import SCHEMA, batch_of
from moothall.customers.matching.rules.columns import plain_header, read_mapping
from moothall.customers.matching.rules.person import standardise

CHUNK = 20_000
MANY = 60_000


class CannotReadFile(ValueError):
    """A file cannot be read as records; the message says what to do."""


def open_text(path: Path) -> TextIO:
    """Open a file of text, packed by gzip or not; a byte-order mark is left out."""
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def headers_of(path: Path) -> list[str]:
    """Return a file's column names as they stand there.

    Raises:
        CannotReadFile: the file is empty.
    """
    with open_text(path) as file:
        first = next(csv.reader(file), None)
    if not first:
        raise CannotReadFile(f"{path.name} is empty. It needs a first line with the names of the columns.")
    return first


def id_column(headers: list[str], said: str = "") -> int:
    """Return where a record's own number stands: as said, else a column named like one, else the first.

    Raises:
        CannotReadFile: there is no column of the name given.
    """
    plain = [plain_header(header) for header in headers]
    if said:
        if plain_header(said) not in plain:
            raise CannotReadFile(f"There is no column “{said}”. There are: {', '.join(headers)}.")
        return plain.index(plain_header(said))
    for name in ("unique_id", "record_id", "rec_id", "id"):
        if name in plain:
            return plain.index(name)
    return 0


def read_people(
    path: Path, mapping: Iterable[str] = (), *, record: str = "", source: str = "", processes: int = 2
) -> pa.Table:
    """Return a CSV file's records, standardised, as `train` and `link` take them.

    `mapping`: `given_name=Forename` words, over what the columns' names give away. `record`, `source`: the columns of the
    record's number and of the system it is from; without a source column, the file's name stands for it.

    Raises:
        CannotReadFile, UnknownColumn: with the sentence to show.
    """
    headers = headers_of(path)
    columns = {key: headers.index(column) for key, column in read_mapping(mapping, headers).items()}
    at_id = id_column(headers, record)
    plain = [plain_header(header) for header in headers]
    at_source = plain.index(plain_header(source or "source")) if plain_header(source or "source") in plain else None
    if source and at_source is None:
        raise CannotReadFile(f"There is no column “{source}”. There are: {', '.join(headers)}.")
    work = (at_id, at_source, path.stem, columns)
    with open_text(path) as file:
        rows = csv.reader(file)
        next(rows)
        pieces = _pieces(rows, len(headers))
        first = list(islice(pieces, MANY // CHUNK))
        if len(first) < MANY // CHUNK or processes < 2:
            return pa.Table.from_batches([_batch(piece, work) for piece in [*first, *pieces]], SCHEMA)
        with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("fork")) as pool:
            batches: list[pa.RecordBatch] = []
            waiting = [pool.submit(_packed, piece, work) for piece in first]
            for piece in pieces:
                waiting.append(pool.submit(_packed, piece, work))
                while len(waiting) > 3 * processes:
                    batches += _unpacked(waiting.pop(0).result())
            for each in waiting:
                batches += _unpacked(each.result())
    return pa.Table.from_batches(batches, SCHEMA)


Work = tuple[int, int | None, str, dict[str, int]]


def _pieces(rows: Iterator[list[str]], width: int) -> Iterator[list[list[str]]]:
    while piece := list(islice(rows, CHUNK)):
        yield [row if len(row) == width else [*row, *[""] * width][:width] for row in piece if row]


def _batch(rows: list[list[str]], work: Work) -> pa.RecordBatch:
    at_id, at_source, source, columns = work
    items = list(columns.items())
    return batch_of(
        [
            (
                row[at_id].strip(),
                row[at_source] if at_source is not None else source,
                standardise({key: row[at] for key, at in items}),
            )
            for row in rows
        ]
    )


def _packed(rows: list[list[str]], work: Work) -> bytes:
    batch = _batch(rows, work)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return bytes(sink.getvalue())


def _unpacked(packed: bytes) -> list[pa.RecordBatch]:
    return list(pa.ipc.open_stream(packed))
