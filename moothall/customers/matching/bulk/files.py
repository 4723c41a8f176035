"""Files of records as columns of text: CSV (commas, semicolons, tabs or bars; gzip too) and Parquet."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

_PARTED: Final = ",;\t|"
_PARQUET: Final = b"PAR1"
_TWO_BYTES: Final = (b"\xff\xfe", b"\xfe\xff")  # how UTF-16 begins: “Unicode text”, as spreadsheets call it
_FRAMED: Final = r"^-?\d+\.0$"


class CannotReadFile(ValueError):
    """A file cannot be read as records; the message says what to do."""


def read_columns(path: Path) -> tuple[list[str], list[pa.Array]]:
    """Return a file's column names as they stand there, and each column as plain text, empty where nothing is said.

    Raises:
        CannotReadFile: with the sentence to show.
    """
    if _is_parquet(path):
        table = pyarrow.parquet.read_table(path)
        return table.column_names, [_text(column) for column in table.columns]
    headers, mark = _first_line(path)
    if _bytes(path, 2) in _TWO_BYTES:
        return headers, _row_by_row(path, mark, len(headers))
    try:
        table = pyarrow.csv.read_csv(
            path,
            read_options=pyarrow.csv.ReadOptions(column_names=[str(at) for at in range(len(headers))], skip_rows=1),
            parse_options=pyarrow.csv.ParseOptions(delimiter=mark, newlines_in_values=True),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types={str(at): pa.string() for at in range(len(headers))}, strings_can_be_null=False
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return headers, _row_by_row(path, mark, len(headers))
    return headers, [_whole_numbers(_text(column)) for column in table.columns]


def headers_of(path: Path) -> list[str]:
    """Return a file's column names as they stand there.

    Raises:
        CannotReadFile: the file is empty.
    """
    if _is_parquet(path):
        return list(pyarrow.parquet.read_schema(path).names)
    return _first_line(path)[0]


def rows_of(path: Path, columns: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the values of some columns, row by row, without the blanks around them. Columns are named as they stand there."""
    headers, arrays = read_columns(path)
    kept = [[value.strip() for value in arrays[headers.index(name)].to_pylist()] for name in columns]
    return list(zip(*kept, strict=True))


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == _PARQUET


def _bytes(path: Path, most: int = -1) -> bytes:
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
        return file.read(most)


def _decoded(said: bytes) -> str:
    if said[:2] in _TWO_BYTES:
        return said[: len(said) // 2 * 2].decode("utf-16", errors="replace")
    try:
        return said.decode("utf-8-sig")
    except UnicodeDecodeError:
        return said.decode("cp1252", errors="replace")  # what older systems export


def _first_line(path: Path) -> tuple[list[str], str]:
    start = _decoded(_bytes(path, 65_536).rpartition(b"\n")[0] or _bytes(path, 65_536))
    line = start.splitlines()[0] if start.splitlines() else ""
    mark = max(_PARTED, key=line.count)
    headers = next(csv.reader(io.StringIO(start), delimiter=mark), None)
    if not headers:
        raise CannotReadFile(f"{path.name} is empty. It needs a first line with the names of the columns.")
    return headers, mark


def _row_by_row(path: Path, mark: str, width: int) -> list[pa.Array]:
    """Rows that lack cells, or text of another encoding: slower, and whatever stands there is taken."""
    rows = csv.reader(io.StringIO(_decoded(_bytes(path)), newline=""), delimiter=mark)
    next(rows)
    kept = [(row if len(row) == width else [*row, *[""] * width][:width]) for row in rows if row]
    return [_whole_numbers(pa.array([row[at] for row in kept], pa.string())) for at in range(width)]


def _whole_numbers(column: pa.Array) -> pa.Array:
    """Without the `.0` that data frames write behind whole numbers of a column with gaps: `19840403.0`, `2119.0`."""
    for part in (column.slice(0, 1_000), column):  # the whole of it only where its beginning looks so
        said = pc.utf8_trim_whitespace(part)
        framed = pc.match_substring_regex(said, _FRAMED)
        if not pc.any(framed).as_py() or not pc.all(pc.or_(framed, pc.equal(said, ""))).as_py():
            return column
    return pc.replace_substring_regex(said, r"\.0$", "")


def _text(column: pa.ChunkedArray) -> pa.Array:
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.date32())
    if pa.types.is_floating(column.type):  # whole numbers with gaps, as data frames write them
        column = pc.if_else(
            pc.equal(pc.floor(column), column),
            column.cast(pa.int64(), safe=False).cast(pa.string()),
            column.cast(pa.string()),
        )
    whole = pc.fill_null(column.cast(pa.string()), "")
    return whole.combine_chunks() if whole.num_chunks != 1 else whole.chunk(0)
