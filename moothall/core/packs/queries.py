"""The pack in force and the packs that were: read once per process, since an applied version never changes.

Whether a newer version has been applied is asked at most once a second; a request therefore costs one small query at
the most.
"""

import logging
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from pydantic import ValidationError

from .loader import pack_from_content
from .models import PackVersion
from .pack import Pack

CHECK_EVERY = 1.0  # seconds

_log = logging.getLogger(__name__)
_lock = threading.Lock()
_known: tuple[float, UUID] | None = None


class NoPack(Exception):
    """No pack has been applied yet."""


class OutdatedPack(NoPack):
    """The pack in force was applied under an earlier release, and this one cannot read it: nothing can be served."""


@dataclass(frozen=True, slots=True)
class VersionLine:
    """An applied version without its content."""

    id: UUID
    number: int
    council: str
    sha256: str
    applied_at: datetime
    applied_by: UUID | None


def current_pack() -> Pack:
    """The pack in force. Raises NoPack before the first `moothall pack apply`."""
    global _known  # noqa: PLW0603 - one answer per process
    held = _known
    if held is not None and time.monotonic() - held[0] < CHECK_EVERY:
        return pack_at(held[1])
    newest = PackVersion.objects.order_by("-number").values_list("id", flat=True).first()
    if newest is None:
        raise NoPack("No council pack has been applied. Run `moothall pack apply NAME`.")
    with _lock:
        _known = (time.monotonic(), newest)
    return pack_at(newest)


def last_pack() -> Pack | None:
    """The pack this process knew last, without asking: for pages that must stand while the database does not."""
    return pack_at(_known[1]) if _known is not None else None


def pack_at(version_id: UUID) -> Pack:
    """The pack as applied in that version; the pack in force where this release cannot read that version any more.

    Raises:
        KeyError: there is no such version.
        OutdatedPack: it is the version in force that cannot be read.
    """
    held = _read(version_id)
    if isinstance(held, Pack):
        return held
    newest = PackVersion.objects.order_by("-number").values_list("id", flat=True).first()
    if newest is None or newest == version_id:
        raise OutdatedPack(held)
    return pack_at(newest)


@lru_cache(maxsize=24)
def _read(version_id: UUID) -> Pack | str:
    """A stored version, or why this release cannot read it: releases add rules that older content need not keep."""
    row = PackVersion.objects.filter(pk=version_id).values("council", "content", "number").first()
    if row is None:
        raise KeyError(version_id)
    try:
        return pack_from_content(row["council"], row["content"], version_id=version_id, number=row["number"])
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_context=False)[0]
        why = (
            f"This release cannot read version {row['number']} of the pack {row['council']}: "
            f"{wrong.title} {'.'.join(map(str, first['loc']))}: {first['msg']}. Run `moothall pack apply {row['council']}`."
        )
        _log.warning("pack outdated: %s", why)
        return why


def versions(limit: int = 50) -> list[VersionLine]:
    """The applied versions, newest first."""
    rows = PackVersion.objects.order_by("-number").values(
        "id", "number", "council", "sha256", "applied_at", "applied_by"
    )[:limit]
    return [VersionLine(**row) for row in rows]


def forget() -> None:
    """Look again at the next call: after applying, and between tests."""
    global _known  # noqa: PLW0603
    with _lock:
        _known = None
