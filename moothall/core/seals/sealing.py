"""Making seals: in the order of the feed, one chain for each month."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from moothall.core.event_feed import NOWHERE, horizon
from moothall.core.models import Cursor, EventSeal

CURSOR: Final = "core.seals"
BATCH: Final = 5_000
START: Final = "0" * 64
WIDTH: Final = 48
"""Bytes kept for each row: its id (16) and its digest (32)."""

CANONICAL: Final = (
    "jsonb_build_array(id, (extract(epoch from recorded_at) * 1000000)::bigint,"
    " (extract(epoch from occurred_at) * 1000000)::bigint, tx, name, actor_kind, actor_id, purpose, subject_kind, subject_id,"
    " case_id, contact_id, customer_id, service, channel, team, area, imported, data)::text"
)
"""A row as text, the same on every server: times in microseconds since 1970, everything in the order of the table."""
_ROWS: Final = (
    f"SELECT id, tx, to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM'), sha256(convert_to({CANONICAL}, 'UTF8'))"  # noqa: S608
    " FROM core_event WHERE (tx, id) > (%s, %s) AND tx < %s ORDER BY tx, id LIMIT %s"
)


def seal_next(*, at: datetime, limit: int = BATCH) -> int:
    """Seal the next events that are settled; return how many. Nobody else seals meanwhile, and no writer waits."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended('core.seals', 0))")
        if not cursor.fetchone()[0]:
            return 0
        place, _ = Cursor.objects.get_or_create(name=CURSOR, defaults={"moved_at": at})
        cursor.execute(_ROWS, [place.tx, place.event_id or NOWHERE, horizon(), limit])
        rows = [(row[0], row[1], row[2], bytes(row[3])) for row in cursor.fetchall()]
        if not rows:
            return 0
        for month, found in groupby(sorted(rows, key=lambda row: row[2]), key=lambda row: row[2]):
            _seal(month, list(found), at)
        place.tx, place.event_id, place.moved_at = rows[-1][1], rows[-1][0], at
        place.save(update_fields=["tx", "event_id", "moved_at"])
    return len(rows)


def _seal(month: str, rows: Sequence[tuple[UUID, int, str, bytes]], at: datetime) -> None:
    last = EventSeal.objects.filter(month=month).order_by("-number").first()
    held = b"".join(row[0].bytes + row[3] for row in rows)
    number, before = (last.number + 1, last.digest) if last else (1, START)
    EventSeal.objects.create(
        month=month, number=number, rows=len(rows), last_tx=rows[-1][1], last_id=rows[-1][0], held=held, before=before,
        digest=chain(before, month, number, held), sealed_at=at,
    )  # fmt: skip


def chain(before: str, month: str, number: int, held: bytes) -> str:
    """Return the digest of a seal: of the one before, its place, and the digests of its rows."""
    return hashlib.sha256(f"{before}:{month}:{number}:".encode() + held).hexdigest()


def entries(held: bytes) -> dict[UUID, bytes]:
    """Return the digest of each row that a seal holds, by the row's id."""
    return {
        UUID(bytes=bytes(held[at : at + 16])): bytes(held[at + 16 : at + WIDTH]) for at in range(0, len(held), WIDTH)
    }
