"""The one clock: every moment Moothall works with comes from here.

In tests and demonstrations the clock may follow a file (``MOOTHALL_CLOCK_FILE``), so that the server, the
workers and a browser journey share one time that can be moved. Production refuses that setting.

The file holds either a moment (``2026-03-02T09:00:00+00:00``: the clock stands still there) or a number of
seconds with a sign (``+86400``: the clock runs, that far ahead of the machine's).
"""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from moothall.core import zone

LONDON = zone.LONDON

_read: tuple[str, tuple[int, int, int], datetime | timedelta] | None = None


class ClockError(Exception):
    """The clock file cannot be understood, or there is none to move."""


def now() -> datetime:
    """The present moment, aware, in UTC."""
    path: Path | None = getattr(settings, "CLOCK_FILE", None)
    if path is None:
        return machine_now()
    setting = _setting(path)
    return setting if isinstance(setting, datetime) else machine_now() + setting


def machine_now() -> datetime:
    """The machine's own time in UTC, whatever the clock file says: for measuring, leases and heartbeats only."""
    return datetime.now(UTC)


def set_to(moment: datetime, *, running: bool = False) -> datetime:
    """Move the clock file to `moment` (aware); it stands still there, or runs on from there. Returns the new time."""
    if moment.tzinfo is None:
        raise ClockError(f"{moment.isoformat()} has no time zone.")
    moment = moment.astimezone(UTC)
    if running:
        _write(f"{(moment - machine_now()).total_seconds():+.6f}")
    else:
        _write(moment.isoformat())
    return now()


def advance(by: timedelta) -> datetime:
    """Move the clock file on by `by` (it may be negative); a running clock stays running. Returns the new time."""
    setting = _setting(_file())
    if isinstance(setting, datetime):
        _write((setting + by).isoformat())
    else:
        _write(f"{(setting + by).total_seconds():+.6f}")
    return now()


def _file() -> Path:
    path: Path | None = getattr(settings, "CLOCK_FILE", None)
    if path is None:
        raise ClockError("There is no movable clock: MOOTHALL_CLOCK_FILE is not set.")
    return path


def _setting(path: Path) -> datetime | timedelta:
    """What the file says, read again only when the file has changed."""
    global _read  # noqa: PLW0603 - one small cache for the process, keyed by the file's own stamp
    try:
        stat = path.stat()
    except FileNotFoundError:
        return timedelta(0)
    stamp = (stat.st_mtime_ns, stat.st_ino, stat.st_size)
    if _read is not None and _read[0] == str(path) and _read[1] == stamp:
        return _read[2]
    setting = parse(path.read_text(encoding="utf-8"))
    _read = (str(path), stamp, setting)
    return setting


def parse(text: str) -> datetime | timedelta:
    """What a clock file means: a moment in UTC, or how far ahead of the machine the clock runs."""
    words = text.strip()
    try:
        if not words:
            return timedelta(0)
        if words[0] in "+-":
            return timedelta(seconds=float(words))
        moment = datetime.fromisoformat(words)
    except (ValueError, OverflowError) as wrong:
        raise ClockError(
            f"The clock file says {words!r}, which is neither a moment nor a number of seconds."
        ) from wrong
    if moment.tzinfo is None:
        raise ClockError(f"The clock file says {words!r}, which has no time zone.")
    return moment.astimezone(UTC)


def _write(text: str) -> None:
    """Replace the file in one step, so that no reader sees half of it."""
    path = _file()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".clock-")
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text + "\n")
    os.chmod(temporary, 0o644)
    os.replace(temporary, path)
