"""How the feeds and folders stand that we fetch deliveries from, for whoever looks after them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.customers.linking.models import Source
from moothall.customers.linking.pack import SYSTEMS
from moothall.customers.linking.registry import feed_of


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One feed or folder: whose, how far it is read, when something came of it last, and what is wrong since when."""

    system: str
    name: str
    how: str
    place: str
    answered_at: datetime | None
    problem: str
    since: datetime | None


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
                found.append(SourceLine(code, system.name, how, row.place, row.answered_at, row.problem, row.since))
    return found
