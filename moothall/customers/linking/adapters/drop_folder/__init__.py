"""Folders that systems write their files into, one for each by its code. What is complete is taken, once, and moved aside.

A file is complete when nobody has written to it for half a minute; or, where the pack names a `marker`, when a file of the
same name with that ending beside it says so. Names that begin with a dot, or end as half-sent files do, are never complete.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from moothall.core.sheets import csv_lines

QUIET_SECONDS: Final = 30
HALF_SENT: Final = frozenset({".part", ".partial", ".filepart", ".tmp", ".temp", ".crdownload", ".swp"})
DONE, REFUSED = "done", "refused"
REPORT: Final = ".report.csv"
_MOMENT: Final = re.compile(r"^\d{8}T\d{12}-")
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


def refused_files(folder: Path) -> list[Path]:
    """Return the files of one system's folder that were refused and lie aside, the oldest refusal first; no reports."""
    aside = folder / REFUSED
    if not aside.is_dir():
        return []
    return [one for one in sorted(aside.iterdir()) if one.is_file() and not one.is_symlink() and not _is_report(one)]


def bring_back(folder: Path, *, marker: str = "", name: str = "") -> list[str]:
    """Move refused files back to be taken again: all, or those of one name. Return their names.

    Each keeps when it was written, and the moment of its refusal in its name, so that none is ever written over. The report
    of the refusal goes, another will be written. Stopped between two files, the same again moves the rest.
    """
    back = []
    for path in refused_files(folder):
        own = plain_name(path.name)
        if name and own != name:
            continue
        target = folder / path.name
        if marker:
            target.with_name(target.name + marker).touch()
        path.rename(target)
        path.with_name(path.name + REPORT).unlink(missing_ok=True)
        back.append(own)
    return back


def plain_name(name: str) -> str:
    """Return the name a file came with, without the moment it was put aside at."""
    return _MOMENT.sub("", name)


def _is_report(path: Path) -> bool:
    if not path.name.endswith(REPORT):
        return False
    with path.open("rb") as held:
        return held.readline().strip() == ",".join(HEAD).encode()


def put_aside(one: Dropped, to: str, said: str, rows: Iterable[Iterable[object]] = (), *, at: datetime) -> Path:
    """Move a file into ``done`` or ``refused`` beside it, with a report of the same name: what became of it, and of which
    rows there is something to say. Return where it is now."""
    folder = one.path.parent / to
    folder.mkdir(exist_ok=True)
    target = _aside(folder, one.path.name, at)
    while target.exists():  # another of that name, put aside at the same moment
        at += timedelta(microseconds=1)
        target = _aside(folder, one.path.name, at)
    report = target.with_name(target.name + REPORT)
    report.write_text("".join((*csv_lines(HEAD, rows), *csv_lines(("", "", "", said), ()))), encoding="utf-8")
    one.path.rename(target)
    if one.marker is not None:
        one.marker.unlink(missing_ok=True)
    return target


def _aside(folder: Path, name: str, at: datetime) -> Path:
    return folder / f"{at.astimezone(UTC):%Y%m%dT%H%M%S%f}-{plain_name(name)}"
