"""The only writers beside the catalogue, of the nation's list and of past names: imports, which may be run again and change
only what changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.services import past
from moothall.services.models import ListedService, PastKind, PastName


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry to bring in. What is empty says nothing: an entry that is there keeps what it has."""

    lgsl: int
    name: str = ""
    description: str = ""
    navigation: str = ""
    tier: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of entries: ``nameless`` are the numbers that are new and have no name, and were not kept."""

    new: int = 0
    changed: int = 0
    same: int = 0
    nameless: tuple[int, ...] = ()


def keep_listed(rows: Sequence[Listed], *, by: Actor, at: datetime) -> Kept:
    """Keep entries of the list, in one transaction; the last of two with one number wins. Again changes nothing.

    A file without names says what a service is in one line: that line is the name of what had none.

    Raises:
        Refused: the actor may not import.
    """
    require(by, "import.run")
    given = {row.lgsl: row for row in rows}
    nameless: list[int] = []
    writing: list[ListedService] = []
    new = 0
    with transaction.atomic():
        known = ListedService.objects.select_for_update().in_bulk(list(given))
        for number, row in given.items():
            held = known.get(number)
            name = row.name or (held.name if held else row.description[:200])
            if not name:
                nameless.append(number)
                continue
            told = {
                "name": name,
                "description": (row.description if row.name else "") or (held.description if held else ""),
                "navigation": row.navigation or (held.navigation if held else ""),
                "tier": row.tier or (held.tier if held else ""),
            }
            if held is not None and held.gone_at is None and all(getattr(held, key) == told[key] for key in told):
                continue
            new += held is None
            writing.append(ListedService(lgsl=number, seen_at=at, gone_at=None, **told))
        ListedService.objects.bulk_create(
            writing, update_conflicts=True, unique_fields=["lgsl"],
            update_fields=["name", "description", "navigation", "tier", "seen_at", "gone_at"],
        )  # fmt: skip
    changed = len(writing) - new
    return Kept(new, changed, len(given) - len(nameless) - new - changed, tuple(nameless))


def end_unlisted(numbers: Collection[int], *, by: Actor, at: datetime) -> int:
    """Let what is no more on the list go: all but these numbers. Returns how many. Again changes nothing.

    Raises:
        Refused: the actor may not import.
    """
    require(by, "import.run")
    return ListedService.objects.filter(gone_at=None).exclude(lgsl__in=list(numbers)).update(gone_at=at)


def keep_past_names(kind: PastKind, names: Mapping[str, str], *, source: str, by: Actor) -> None:
    """Keep what another system calls its services or teams, by code; one that is there stays as it is.

    Raises:
        Refused: the actor may not import.
    """
    require(by, "import.run")
    rows = [PastName(kind=kind, code=code, name=name[:200], source=source) for code, name in sorted(names.items())]
    PastName.objects.bulk_create(rows, ignore_conflicts=True)
    transaction.on_commit(past.forget)
