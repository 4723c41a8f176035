"""Which adapters there are: readers of deliveries by format, feeds of changes, takers of changes by name."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings

from moothall.customers.linking.adapters import csv_file, fixed_width, json_file
from moothall.customers.linking.adapters.change_feed import ChangeFeed
from moothall.customers.linking.adapters.rest import RestHolder
from moothall.customers.linking.pack import System
from moothall.customers.linking.protocols import CannotRead, Feed, Holder, Lot

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


def feed_of(code: str) -> Feed | None:
    """Return the feed a system's changes are read from, by the installation's settings; ``None`` where it has none."""
    address = _address(settings.SYSTEM_FEEDS, code)
    return ChangeFeed(address, settings.SYSTEM_TOKEN) if address else None


def holder_of(code: str) -> Holder | None:
    """Return the way to tell a system of changes, by the installation's settings; ``None`` where it has no address."""
    address = _address(settings.SYSTEM_ADDRESSES, code)
    return RestHolder(address, settings.SYSTEM_TOKEN) if address else None


def _address(known: Mapping[str, str], code: str) -> str:
    """The address of a system: its own, or under its code where all others are; empty where it has none."""
    if code in known:
        return known[code]
    others = known.get("*", "")
    return f"{others.rstrip('/')}/{code}" if others else ""
