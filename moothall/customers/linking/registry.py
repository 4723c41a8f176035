"""Which adapters there are: readers of deliveries by format, takers of changes by name."""

from __future__ import annotations

from django.conf import settings

from moothall.customers.linking.adapters import csv_file, fixed_width, json_file
from moothall.customers.linking.adapters.rest import RestHolder
from moothall.customers.linking.pack import System
from moothall.customers.linking.protocols import CannotRead, Holder, Lot

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


def holder_of(code: str) -> Holder | None:
    """Return the way to tell a system of changes, by the installation's settings; ``None`` where it has no address."""
    address = settings.SYSTEM_ADDRESSES.get(code) or settings.SYSTEM_ADDRESSES.get("*", "")
    if not address:
        return None
    if code not in settings.SYSTEM_ADDRESSES:
        address = f"{address.rstrip('/')}/{code}"
    return RestHolder(address, settings.SYSTEM_TOKEN)
