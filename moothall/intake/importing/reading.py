"""Reading a table of another system: comma-separated, plain or gzipped, said to be what it is before anything is kept."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

LONGEST_FIELD = 1_000_000


class CannotReadFile(ValueError):
    """The file is not one that can be brought in; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row: `number` as a spreadsheet shows it (the headings are row 1). `problem` is set where it cannot be read."""

    number: int
    values: Mapping[str, str]
    problem: str = ""


@contextmanager
def opened(path: Path) -> Iterator[IO[str]]:
    """The file as text, gzipped or not.

    Raises:
        CannotReadFile: not there, empty, not gzip where the name says so, cut off, or not UTF-8.
    """
    if not path.exists():
        raise CannotReadFile(f"There is no file {path}.")
    if path.is_dir():
        raise CannotReadFile(f"{path} is a folder. Name the file in it.")
    try:
        with path.open("rb") as raw:
            start = raw.read(2)
            if not start:
                raise CannotReadFile(f"{path.name} is empty.")
            raw.seek(0)
            plain: IO[bytes] = gzip.open(raw) if start == b"\x1f\x8b" else raw  # type: ignore[assignment]  # noqa: SIM115 - closed with `raw`
            with io.TextIOWrapper(plain, encoding="utf-8-sig", newline="") as text:
                yield text
    except (EOFError, zlib.error) as wrong:
        raise CannotReadFile(f"{path.name} is cut off or damaged: fetch it again.") from wrong
    except gzip.BadGzipFile as wrong:
        raise CannotReadFile(f"{path.name} is damaged: fetch it again.") from wrong
    except UnicodeDecodeError as wrong:
        raise CannotReadFile(
            f"{path.name} is not written in UTF-8 (at byte {wrong.start:,} of a piece of it). Save it as CSV UTF-8."
        ) from wrong
    except OSError as wrong:
        raise CannotReadFile(f"{path.name} cannot be read: {wrong.strerror or wrong}.") from wrong


def check_whole(path: Path) -> int:
    """Read a file once through and return how many rows it has under its headings: nothing is kept of one that is cut off.

    Raises:
        CannotReadFile: see `opened`.
    """
    with opened(path) as text:
        csv.field_size_limit(LONGEST_FIELD)
        try:
            return max(sum(1 for row in csv.reader(text) if row) - 1, 0)
        except csv.Error as wrong:
            raise CannotReadFile(f"{path.name} is not a table of comma-separated values: {wrong}.") from wrong


def headings(path: Path) -> list[str]:
    """Return the names of a file's columns."""
    with opened(path) as text:
        try:
            found = [name.strip() for name in next((row for row in csv.reader(text) if row), [])]
        except csv.Error as wrong:
            raise CannotReadFile(f"{path.name} is not a table of comma-separated values: {wrong}.") from wrong
    if not any(found):
        raise CannotReadFile(f"{path.name} has no headings in its first row.")
    return found


def find_columns(
    there: Sequence[str], wanted: Mapping[str, Sequence[str]], required: Sequence[str], *, file: str
) -> dict[str, str]:
    """Return for each field the column of the file it stands under, whatever its capitals.

    Raises:
        CannotReadFile: a required field's column is missing; the message names it and the columns there are.
    """
    known = {name.casefold(): name for name in reversed(there)}
    found = {
        field: known[name.casefold()]
        for field, names in wanted.items()
        for name in reversed(names)
        if name.casefold() in known
    }
    missing = [" or ".join(wanted[field]) for field in required if field not in found]
    if missing:
        raise CannotReadFile(
            f"{file} has no column {', '.join(missing)}. Its columns are: {', '.join(there) or 'none'}. "
            "Nothing was brought in."
        )
    return found


def rows_of(path: Path) -> Iterator[RawRow]:
    """Yield the rows of a file by the names of its columns; a row of another width is yielded with its problem."""
    with opened(path) as text:
        csv.field_size_limit(LONGEST_FIELD)
        reader = csv.reader(text)
        named = next(((number, row) for number, row in enumerate(reader, 1) if row), (1, []))
        names = [name.strip() for name in named[1]]
        for number, row in enumerate(reader, named[0] + 1):  # an empty row counts: a spreadsheet numbers it too
            if not row:
                continue
            if len(row) != len(names):
                yield RawRow(number, {}, f"it has {len(row)} fields where the headings have {len(names)}")
                continue
            yield RawRow(number, dict(zip(names, row, strict=True)))
