"""Files in which every value has its place in the line, as systems of the eighties still write them. No headings."""

from __future__ import annotations

from collections.abc import Iterator

from moothall.customers.linking.adapters.text import digest_of, plain_text
from moothall.customers.linking.pack import Column, Layout
from moothall.customers.linking.protocols import CannotRead, Row


class FixedLot:
    """One file of fixed width. Headings are the names the layout gives its places."""

    def __init__(self, content: bytes, layout: Layout, figures: tuple[Column, ...] = ()) -> None:
        self.digest = digest_of(content)
        self._lines = [line.rstrip("\r") for line in plain_text(content).split("\n")]
        self._places: dict[str, tuple[int, int]] = {}
        for column in (*layout.columns.values(), *figures):
            if column.at is not None and column.names:
                self._places[column.names[0]] = column.at
        if not any(line.strip() for line in self._lines):
            raise CannotRead("The file is empty. Ask the system for its export again.")
        self.headings = tuple(self._places)

    def rows(self) -> Iterator[Row]:
        """Yield a row per line that is not blank; a line too short for what is needed says so."""
        least = min(start for start, _ in self._places.values()) if self._places else 1
        for number, line in enumerate((one for one in self._lines if one.strip()), 1):
            values = {
                name: line[start - 1 : start - 1 + length].strip() for name, (start, length) in self._places.items()
            }
            yield Row(number, values, "" if len(line) >= least else f"The line has {len(line)} characters only.")


def read(content: bytes, layout: Layout, figures: tuple[Column, ...] = ()) -> FixedLot:
    """Return the lot in a file of fixed width, plain or gzipped."""
    return FixedLot(content, layout, figures)
