"""How the feeds and folders stand that we fetch deliveries from, for whoever looks after them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.customers.linking.adapters.drop_folder import refused_files
from moothall.customers.linking.models import Source
from moothall.customers.linking.pack import SYSTEMS
from moothall.customers.linking.registry import feed_of


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One feed or folder: whose, how far it is read, when something came of it last, what is wrong since when, and how many
    files lie aside in it that were refused."""

    system: str
    name: str
    how: str
    place: str
    answered_at: datetime | None
    problem: str
    since: datetime | None
    refused: int = 0


def sources(visible_to: Actor) -> list[SourceLine]:
    """Return every feed that has an address here and every folder that is there. One query.

    Raises:
        Refused.
    """
    require(visible_to, "delivery.manage")
    held = {(row.system, row.how): row for row in Source.objects.order_by("system", "how")}
    found: list[SourceLine] = []
    for code, system in current_pack().of(SYSTEMS).items():
        folder = Path(settings.SYSTEM_FOLDER) / code if settings.SYSTEM_FOLDER else None
        for how, there in (("feed", feed_of(code) is not None), ("folder", folder is not None and folder.is_dir())):
            if there:
                row = held.get((code, how)) or Source(system=code, how=how)
                refused = _refused(folder) if how == "folder" and folder is not None else 0
                found.append(
                    SourceLine(code, system.name, how, row.place, row.answered_at, row.problem, row.since, refused)
                )
    return found


def _refused(folder: Path) -> int:
    try:
        return len(refused_files(folder))
    except OSError:
        return 0
