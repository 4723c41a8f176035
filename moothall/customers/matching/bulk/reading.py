"""Records from a file, standardised."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from moothall.customers.matching.bulk.columns import standardise_columns
from moothall.customers.matching.bulk.files import CannotReadFile, read_columns
from moothall.customers.matching.bulk.tables import ID
from moothall.customers.matching.rules.columns import guess_columns, plain_header, read_mapping
from moothall.customers.matching.rules.dates import day_before_month, month_first

_NUMBERS: Final = ("unique_id", "record_id", "rec_id", "recid", "rid", "row_id", "tid", "id")


@dataclass(frozen=True, slots=True)
class Numbers:
    """The records' own numbers. ``column``: where they stand; none where records are numbered from 1, as they stand.

    ``person``: a column named like a record's number that several records share, so it can only be the person's.
    """

    said: pa.Array
    column: int | None
    person: int | None = None


def numbers_of(headers: list[str], columns: Sequence[pa.Array], said: str = "") -> Numbers:
    """Return the records' own numbers: of the column said, else of one named like it, else of the first that says nothing
    of the person. No two records may share one: what repeats is passed over, and where nothing is left they are numbered.

    Raises:
        CannotReadFile: there is no column of the name given, or it says the same of two records.
    """
    plain = [plain_header(header) for header in headers]
    if said:
        if plain_header(said) not in plain:
            raise CannotReadFile(f"There is no column “{said}”. There are: {', '.join(headers)}.")
        at = plain.index(plain_header(said))
        if (own := _each_its_own(columns[at])) is None:
            raise CannotReadFile(
                f"“{said}” says the same of two records or more, so it does not number them. Name another column with "
                "--record, or none: then they are numbered as they stand."
            )
        return Numbers(own, at)
    named = [plain.index(name) for name in _NUMBERS if name in plain]
    told = guess_columns(headers).values()
    for at in [*named, *(at for at in [0] if headers[0] not in told)]:
        if (own := _each_its_own(columns[at])) is not None:
            return Numbers(own, at)
    as_they_stand = pa.array(range(1, len(columns[0]) + 1), pa.int64()).cast(pa.string())
    return Numbers(as_they_stand, None, named[0] if named else None)


def _each_its_own(column: pa.Array) -> pa.Array | None:
    said = pc.utf8_trim_whitespace(column)
    return said if pc.count_distinct(said).as_py() == len(said) else None


def read_people(path: Path, mapping: Iterable[str] = (), *, record: str = "", source: str = "") -> pa.Table:
    """Return a file's records, standardised, as `train` and `link` take them.

    `mapping`: `given_name=Forename` words, over what the columns' names give away. `record`, `source`: the columns of the
    record's number and of the system it is from; without a source column, the file's name stands for it. Dates in figures
    are read with the month first where the column shows that they are.

    Raises:
        CannotReadFile, UnknownColumn: with the sentence to show.
    """
    headers, columns = read_columns(path)
    raw = {key: columns[headers.index(column)] for key, column in read_mapping(mapping, headers).items()}
    if not raw:
        raise CannotReadFile(
            f"None of the columns of {path.name} has a name we know: {', '.join(headers)}. Say what they hold, "
            "like --map given_name=COLUMN --map family_name=COLUMN."
        )
    if "date_of_birth" in raw:
        raw["date_of_birth"] = _day_first(raw["date_of_birth"])
    ids = numbers_of(headers, columns, record).said
    plain = [plain_header(header) for header in headers]
    at_source = plain.index(plain_header(source or "source")) if plain_header(source or "source") in plain else None
    if source and at_source is None:
        raise CannotReadFile(f"There is no column “{source}”. There are: {', '.join(headers)}.")
    sources = columns[at_source] if at_source is not None else pa.array([path.stem] * len(ids), pa.string())
    return standardise_columns(ids, sources, raw)


def read_files(
    paths: Sequence[Path], mapping: Iterable[str] = (), *, record: str = "", source: str = ""
) -> tuple[pa.Table, list[str]]:
    """Return the records of several files as those of one, and what stands before the numbers of each file: nothing, or the
    file's name where two files have the same numbers.

    Raises:
        CannotReadFile, UnknownColumn: with the sentence to show.
    """
    mapping = tuple(mapping)
    tables = [read_people(path, mapping, record=record, source=source) for path in paths]
    together = pa.concat_tables(tables)
    if len(paths) == 1 or pc.count_distinct(together.column(ID)).as_py() == together.num_rows:
        return together, [""] * len(paths)
    stems = [path.stem for path in paths]
    marks = [f"{stem}:" if stems.count(stem) == 1 else f"{at}:" for at, stem in enumerate(stems, 1)]
    marked = [
        table.set_column(0, ID, pc.binary_join_element_wise(mark, table.column(ID), ""))
        for mark, table in zip(marks, tables, strict=True)
    ]
    return pa.concat_tables(marked), marks


def _day_first(column: pa.Array) -> pa.Array:
    coded = column.dictionary_encode()
    texts = coded.dictionary.to_pylist()
    if not month_first(texts):
        return column
    return pa.array([day_before_month(text) for text in texts], pa.string()).take(coded.indices)
