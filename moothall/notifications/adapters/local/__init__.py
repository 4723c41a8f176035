"""Takes messages and keeps them in a folder, where the demonstration shows them; nothing leaves the machine."""

import json
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from moothall.core import clock
from moothall.notifications.protocols import Accepted, Envelope

_REFERENCE = re.compile(r"[0-9a-f-]{36}\.\d{1,6}")


@dataclass(frozen=True, slots=True)
class Kept:
    """One message as its reader would have had it."""

    reference: str
    channel: str
    to: str
    subject: str
    text: str
    html: str
    sender: str
    at: datetime


class LocalSender:
    """Takes everything, one file a message in ``OUTBOX_DIR``, written in one step; without a folder it keeps nothing.

    Files are named by our reference, whose beginning rises with time, so that the newest come last.
    """

    name = "local"
    can_ask = True

    def __init__(self, folder: Path | None = None) -> None:
        self.folder: Path | None = folder or settings.OUTBOX_DIR

    def send(self, envelope: Envelope) -> Accepted:
        """Take the message."""
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            kept = Kept(
                envelope.reference, envelope.channel, envelope.to, envelope.subject, envelope.text, envelope.html,
                envelope.sender, clock.now(),
            )  # fmt: skip
            handle, temporary = tempfile.mkstemp(dir=self.folder, prefix=".new-")
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                json.dump(asdict(kept) | {"at": kept.at.isoformat()}, out, ensure_ascii=False)
            if envelope.pdf:
                (self.folder / f"{envelope.reference}.pdf").write_bytes(envelope.pdf)
            os.replace(temporary, self.folder / f"{envelope.reference}.json")
        return Accepted(provider_id=f"local:{envelope.reference}")

    def find(self, reference: str) -> Accepted | None:
        """Say whether a try of ours was taken."""
        there = self.folder is not None and (self.folder / f"{reference}.json").exists()
        return Accepted(provider_id=f"local:{reference}") if there else None


def outbox(*, limit: int = 50) -> Iterator[Kept]:
    """Yield what was taken, newest first."""
    folder: Path | None = settings.OUTBOX_DIR
    if folder is None or not folder.is_dir():
        return
    for name in sorted((one for one in os.listdir(folder) if one.endswith(".json")), reverse=True)[:limit]:
        kept = read(name.removesuffix(".json"))
        if kept is not None:
            yield kept


def read(reference: str) -> Kept | None:
    """Return one message by its reference."""
    folder: Path | None = settings.OUTBOX_DIR
    if folder is None or not _REFERENCE.fullmatch(reference):
        return None
    try:
        raw = json.loads((folder / f"{reference}.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Kept(**raw | {"at": datetime.fromisoformat(raw["at"])})
