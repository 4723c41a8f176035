"""The folders that scanners and the fax line write into: what is whole is taken in, once, and moved aside."""

from __future__ import annotations

import logging
import time
from datetime import datetime
from pathlib import Path
from typing import Final

from moothall.core import clock
from moothall.core.actors import SYSTEM
from moothall.documents.rules import FileRefused
from moothall.postroom.actions import CannotTake, take_scan

log = logging.getLogger("moothall.post")
QUIET_SECONDS: Final = 5
"""A file that has not changed for this long is whole: scanners write slowly."""
ENDINGS: Final = frozenset({".pdf", ".tif", ".tiff", ".jpg", ".jpeg", ".png"})
TAKEN, REFUSED = "taken", "refused"


def take_folder(folder: Path, channel: str, *, at: datetime, quiet: float = QUIET_SECONDS) -> int:
    """Take in every whole scan of a folder; return how many were new.

    What was taken goes to ``taken/`` beside them, what cannot be taken to ``refused/`` with a text that says why; neither
    blocks the next. When the post came is when the scanner wrote the file.
    """
    if not folder.is_dir():
        log.warning("the folder for scans is not there", extra={"folder": str(folder)})
        return 0
    new = 0
    for path in sorted(folder.iterdir()):
        try:
            if not path.is_file() or path.is_symlink() or path.suffix.lower() not in ENDINGS:
                continue
            changed = path.stat().st_mtime
            if time.time() - changed < quiet:
                continue
            content = path.read_bytes()
        except OSError:
            continue  # somebody else took it meanwhile, or it is being written
        try:
            age = max(0.0, time.time() - changed)
            _scan, fresh = take_scan(
                name=path.name, content=content, channel=channel, source="folder",
                received_at=datetime.fromtimestamp(at.timestamp() - age, tz=at.tzinfo), by=SYSTEM, at=at,
            )  # fmt: skip
        except (CannotTake, FileRefused) as wrong:
            _aside(path, folder / REFUSED, str(wrong))
            continue
        new += fresh
        _aside(path, folder / TAKEN)
    return new


def _aside(path: Path, folder: Path, why: str = "") -> None:
    folder.mkdir(exist_ok=True)
    target = folder / f"{clock.machine_now():%Y%m%dT%H%M%S%f}-{path.name}"
    path.rename(target)
    if why:
        target.with_suffix(".txt").write_text(f"{why}\n", encoding="utf-8")
