"""Letters for a printer: one PDF each in a folder, a folder a day, each file there whole or not at all.

The print room (or a mailing house's upload) takes what it finds; a file's name is our reference of the try, so that
the same letter is never there twice. `moothall letters` makes one file of a day for who prints in one go.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from django.conf import settings

from moothall.core import clock
from moothall.core.zone import LONDON
from moothall.notifications.protocols import NOT_DRAWN, Accepted, Envelope, NotNow


class FolderSender:
    """Puts letters into ``MOOTHALL_PRINT_FOLDER``, a folder a day."""

    name = "folder"
    can_ask = True

    def __init__(self, folder: Path | None = None) -> None:
        self.folder: Path | None = folder or settings.PRINT_FOLDER

    def send(self, envelope: Envelope) -> Accepted:
        """Write the letter. NotNow: it was not drawn, or the folder cannot be written."""
        if not envelope.pdf:
            raise NotNow(NOT_DRAWN, unreachable=True)
        if self.folder is None:
            raise NotNow("No print folder is set.", unreachable=True)
        if not self.folder.is_dir():  # never made here: a share that is not mounted would be written into beside it
            raise NotNow("The print folder is not there.", unreachable=True)
        day = self.folder / f"{clock.now().astimezone(LONDON):%Y-%m-%d}"
        try:
            day.mkdir(exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=day, prefix=".new-")
            with os.fdopen(handle, "wb") as out:
                out.write(envelope.pdf)
                out.flush()
                os.fsync(out.fileno())
            Path(temporary).replace(day / f"{envelope.reference}.pdf")
        except OSError as wrong:
            raise NotNow(f"The print folder cannot be written: {wrong.strerror}.", unreachable=True) from wrong
        return Accepted(provider_id=f"folder:{day.name}/{envelope.reference}.pdf")

    def find(self, reference: str) -> Accepted | None:
        """Say whether a letter lies there."""
        if self.folder is None or not self.folder.is_dir():
            raise NotNow("The print folder cannot be read.", unreachable=True)
        found = next(iter(self.folder.glob(f"*/{reference}.pdf")), None)
        return Accepted(provider_id=f"folder:{found.parent.name}/{found.name}") if found else None
