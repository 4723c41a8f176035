"""Files of comma-separated values with headings. Columns are found by their heading, wherever they stand."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from moothall.customers.linking.adapters.text import digest_of, plain_text
from moothall.customers.linking.pack import Layout
from moothall.customers.linking.protocols import CannotRead, Row


class CsvLot:
    """One CSV file."""

    def __init__(self, content: bytes, layout: Layout) -> None:
        self.digest = digest_of(content)
        self._text = plain_text(content)
        self._separator = layout.separator
        first = next(self._cells(), None)
        if first is None:
            raise CannotRead("The file is empty. Ask the system for its export again.")
        self.headings = tuple(cell.strip() for cell in first)
        twice = {one for one in self.headings if one and self.headings.count(one) > 1}
        if twice:
            raise CannotRead(f"The column {sorted(twice)[0]} is there twice. Which one counts cannot be told.")

    def rows(self) -> Iterator[Row]:
        """Yield the rows after the headings. Empty lines are no rows."""
        wanted = len(self.headings)
        cells = self._cells()
        next(cells, None)
        for number, row in enumerate((one for one in cells if any(one)), 1):
            wrong = "" if len(row) == wanted else f"It has {len(row)} cells where the heading has {wanted}."
            yield Row(number, dict(zip(self.headings, row, strict=False)), wrong)

    def _cells(self) -> Iterator[list[str]]:
        csv.field_size_limit(1_000_000)
        try:
            yield from csv.reader(io.StringIO(self._text, newline=""), delimiter=self._separator)
        except csv.Error as wrong:
            raise CannotRead(f"The file cannot be read as CSV: {wrong}.") from wrong


def read(content: bytes, layout: Layout) -> CsvLot:
    """Return the lot in a CSV file, plain or gzipped."""
    return CsvLot(content, layout)
