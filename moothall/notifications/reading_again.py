"""Who can read again what was put into quarantine: each way in registers how, by the source it put there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

Reader = Callable[[bytes, datetime, Mapping[str, Any]], object]
"""Takes in what was put aside: as it came, when it arrived, what else was kept of it. Twice is once. Raises StillUnread."""


class StillUnread(ValueError):
    """It cannot be read now either; the message says why."""


_readers: dict[str, Reader] = {}


def reads_again(source: str, reader: Reader) -> None:
    """Register how what came by a source is read again: the source itself, or what stands before the colon in it."""
    _readers[source] = reader


def reader_of(source: str) -> Reader | None:
    """Return who reads what came by a source; ``None`` where nobody does."""
    return _readers.get(source) or _readers.get(source.partition(":")[0])
