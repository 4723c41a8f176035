"""Rows for spreadsheets, as CSV (RFC 4180): what somebody wrote never runs there as a formula."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Final

_RUNS: Final = ("=", "+", "-", "@", "\t", "\r")
_FIGURE: Final = re.compile(r"[+-]?\d[\d,]*(\.\d+)?")


def csv_line(cells: Iterable[object]) -> str:
    """Return one line with its end. A text that a spreadsheet would take for a formula is made text by an apostrophe; a
    figure, with its sign, stays one."""
    held = StringIO()
    csv.writer(held).writerow([_safe(cell) for cell in cells])
    return held.getvalue()


def csv_lines(head: Iterable[object], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Return the lines of a file: its head, then its rows as they are read."""
    yield csv_line(head)
    yield from (csv_line(row) for row in rows)


def _safe(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_RUNS) and not _FIGURE.fullmatch(cell) else cell
