"""Which adapters there are: readers of deliveries by format, takers of changes by name."""

from __future__ import annotations

from moothall.customers.linking.adapters import csv_file, fixed_width, json_file
from moothall.customers.linking.pack import System
from moothall.customers.linking.protocols import CannotRead, Lot

FORMATS = ("csv", "fixed-width", "json")


def read_file(content: bytes, system: System) -> Lot:
    """Return the lot in a file of this system.

    Raises:
        CannotRead: it is no file of the system's format; the message says what to do.
    """
    layout = system.records
    if layout.format == "csv":
        return csv_file.read(content, layout)
    if layout.format == "fixed-width":
        return fixed_width.read(content, layout, tuple(figure.column for figure in system.shows))
    if layout.format == "json":
        return json_file.read(content, layout)
    raise CannotRead(f"There is no adapter that reads “{layout.format}”. There are: {', '.join(FORMATS)}.")
