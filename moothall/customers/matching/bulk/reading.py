"""Records from a file, standardised."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from moothall.customers.matching.bulk.columns import standardise_columns
from moothall.customers.matching.bulk.files import CannotReadFile, read_columns
from moothall.customers.matching.rules.columns import guess_columns, plain_header, read_mapping


def id_column(headers: list[str], said: str = "") -> int | None:
    """Return where a record's own number stands: as said, else a column named like one, else the first.

    None where the first says something of the person: then records are numbered from 1, as they stand.

    Raises:
        CannotReadFile: there is no column of the name given.
    """
    plain = [plain_header(header) for header in headers]
    if said:
        if plain_header(said) not in plain:
            raise CannotReadFile(f"There is no column “{said}”. There are: {', '.join(headers)}.")
        return plain.index(plain_header(said))
    for name in ("unique_id", "record_id", "rec_id", "recid", "rid", "row_id", "tid", "id"):
        if name in plain:
            return plain.index(name)
    return None if headers[0] in guess_columns(headers).values() else 0


def read_people(path: Path, mapping: Iterable[str] = (), *, record: str = "", source: str = "") -> pa.Table:
    """Return a file's records, standardised, as `train` and `link` take them.

    `mapping`: `given_name=Forename` words, over what the columns' names give away. `record`, `source`: the columns of the
    record's number and of the system it is from; without a source column, the file's name stands for it.

    Raises:
        CannotReadFile, UnknownColumn: with the sentence to show.
    """
    headers, columns = read_columns(path)
    raw = {key: columns[headers.index(column)] for key, column in read_mapping(mapping, headers).items()}
    at_id = id_column(headers, record)
    plain = [plain_header(header) for header in headers]
    at_source = plain.index(plain_header(source or "source")) if plain_header(source or "source") in plain else None
    if source and at_source is None:
        raise CannotReadFile(f"There is no column “{source}”. There are: {', '.join(headers)}.")
    ids = (
        pc.utf8_trim_whitespace(columns[at_id])
        if at_id is not None
        else pa.array(range(1, len(columns[0]) + 1), pa.int64()).cast(pa.string())
    )
    sources = columns[at_source] if at_source is not None else pa.array([path.stem] * len(ids), pa.string())
    return standardise_columns(ids, sources, raw)
