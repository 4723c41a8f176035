"""The folders that scanners and the fax line write into: what is whole is taken in, once, and moved aside."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from moothall.channels.post.whole import is_whole
from moothall.core import clock
from moothall.core.actors import SYSTEM
from moothall.documents.rules import FileRefused
from moothall.inbox.post_actions import begin_reading, note_trouble, read_so_far
from moothall.inbox.post_queries import FOLDERS
from moothall.postroom.actions import CannotTake, take_scan

log = logging.getLogger("moothall.post")
QUIET_SECONDS: Final = 5
"""A file that has not changed for this long is whole: scanners write slowly."""
HALF_SECONDS: Final = 600
"""One whose end is missing is waited for as long as this: a scanner may rest between two pages."""
ENDINGS: Final = frozenset({".pdf", ".tif", ".tiff", ".jpg", ".jpeg", ".png"})
TAKEN, REFUSED = "taken", "refused"
MOST_NAMED: Final = 3


class FolderAway(Exception):
    """A folder, or something in it, cannot be read or moved, or what is in it cannot be kept; the message says which."""


def watch_folder(folder: Path, channel: str, *, at: datetime) -> int:
    """Take in what a folder holds; return how many scans were new. Never raises for the folder's sake.

    While it is in trouble that is noted, so that the post room and the console say since when nothing comes.
    """
    feed = FOLDERS[channel]
    begin_reading(feed, at=at)
    try:
        new = take_folder(folder, channel, at=at)
    except FolderAway as away:
        log.warning("A folder of scans is in trouble: %s", away)
        note_trouble(feed, str(away), at=at, wait=timedelta())
        return 0
    read_so_far(feed, {}, at=at)
    return new


def take_folder(
    folder: Path, channel: str, *, at: datetime, quiet: float = QUIET_SECONDS, half: float = HALF_SECONDS
) -> int:
    """Take in every whole scan of a folder; return how many were new.

    What was taken goes to ``taken/`` beside them, what cannot be taken to ``refused/`` with a text that says why; neither
    blocks the next. When the post came is when the scanner wrote the file. ``quiet`` and ``half`` are seconds.

    Raises:
        FolderAway: it is not there, or files in it cannot be read, kept or moved; those behind them were taken in first.
    """
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise FolderAway(f"It cannot be opened: {_why(error)}.") from error
    new, stuck = 0, list[tuple[str, str]]()
    for path in paths:
        try:
            new += _take(path, folder, channel, at, quiet, half)
        except FileNotFoundError:
            continue  # somebody else took it meanwhile
        except OSError as error:
            stuck.append((path.name, _why(error)))
    if stuck:
        named = ", ".join(name for name, _ in stuck[:MOST_NAMED]) + (" and more" if len(stuck) > MOST_NAMED else "")
        raise FolderAway(f"{named} cannot be read, kept or moved: {stuck[0][1]}.")
    return new


def _take(path: Path, folder: Path, channel: str, at: datetime, quiet: float, half: float) -> int:
    """Take in one file; return 1 where it is a new scan."""
    if path.suffix.lower() not in ENDINGS or path.is_symlink() or not path.is_file():
        return 0
    changed = path.stat().st_mtime
    still = time.time() - changed
    if still < quiet:
        return 0
    content = path.read_bytes()
    if still < half and not is_whole(content):
        return 0  # half of it: taken in now, the rest would be written to where nobody looks
    try:
        _scan, fresh = take_scan(
            name=path.name, content=content, channel=channel, source="folder",
            received_at=datetime.fromtimestamp(at.timestamp() - max(0.0, still), tz=at.tzinfo), by=SYSTEM, at=at,
        )  # fmt: skip
    except (CannotTake, FileRefused) as wrong:
        _aside(path, folder / REFUSED, str(wrong))
        return 0
    _aside(path, folder / TAKEN)
    return int(fresh)


def _aside(path: Path, folder: Path, why: str = "") -> None:
    folder.mkdir(exist_ok=True)
    target = folder / f"{clock.machine_now():%Y%m%dT%H%M%S%f}-{path.name}"
    path.rename(target)
    if why:
        target.with_suffix(".txt").write_text(f"{why}\n", encoding="utf-8")


def _why(error: OSError) -> str:
    return error.strerror or type(error).__name__
