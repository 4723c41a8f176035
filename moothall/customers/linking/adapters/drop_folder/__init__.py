"""Folders that systems write their files into, one for each by its code. What is complete is taken, once, and moved aside.

A file is complete when nobody has written to it for half a minute; or, where the pack names a `marker`, when a file of the
same name with that ending beside it says so. Names that begin with a dot, or end as half-sent files do, are never complete.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from moothall.core.sheets import csv_lines

QUIET_SECONDS: Final = 30
HALF_SENT: Final = frozenset({".part", ".partial", ".filepart", ".tmp", ".temp", ".crdownload", ".swp"})
DONE, REFUSED = "done", "refused"
HEAD: Final = ("row", "key", "kept", "why")


@dataclass(frozen=True, slots=True)
class Dropped:
    """One complete file: where it is, what it holds, when it was written, and what beside it says that it is complete."""

    path: Path
    content: bytes
    written_at: datetime
    marker: Path | None = None


def complete_files(folder: Path, *, marker: str = "", quiet: float = QUIET_SECONDS) -> Iterator[Dropped]:
    """Yield the complete files of one system's folder, the oldest first. One that is written to while it is read is left."""
    found: list[tuple[float, Path, Path | None]] = []
    for path in sorted(folder.iterdir()):
        beside = path.with_name(path.name + marker) if marker else None
        try:
            if not path.is_file() or path.is_symlink() or path.name.startswith("."):
                continue
            if path.suffix.lower() in HALF_SENT or (marker and path.name.endswith(marker)):
                continue
            written = path.stat().st_mtime
            if (not beside.is_file()) if beside else (time.time() - written < quiet):
                continue
        except OSError:
            continue
        found.append((written, path, beside))
    for written, path, beside in sorted(found, key=lambda one: (one[0], one[1].name)):
        try:
            before = path.stat()
            content = path.read_bytes()
            after = path.stat()
        except OSError:
            continue
        if (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size) and len(content) == after.st_size:
            yield Dropped(path, content, datetime.fromtimestamp(written, tz=UTC), beside)


def put_aside(one: Dropped, to: str, said: str, rows: Iterable[Iterable[object]] = (), *, at: datetime) -> Path:
    """Move a file into ``done`` or ``refused`` beside it, with a report of the same name: what became of it, and of which
    rows there is something to say. Return where it is now."""
    folder = one.path.parent / to
    folder.mkdir(exist_ok=True)
    target = folder / f"{at.astimezone(UTC):%Y%m%dT%H%M%S%f}-{one.path.name}"
    report = target.with_name(target.name + ".report.csv")
    report.write_text("".join((*csv_lines(HEAD, rows), *csv_lines(("", "", "", said), ()))), encoding="utf-8")
    one.path.rename(target)
    if one.marker is not None:
        one.marker.unlink(missing_ok=True)
    return target
