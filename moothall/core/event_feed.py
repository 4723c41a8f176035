"""Reading events back: one case's history, and the gap-free feed that insight, the API and webhooks follow."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from moothall.core.events import COLUMNS, Recorded

_SELECT = f"SELECT {', '.join(COLUMNS)}, tx FROM core_event "  # noqa: S608  our own column names
NOWHERE = UUID(int=0)


def _rows(sql: str, parameters: Sequence[Any]) -> list[Recorded]:
    with connection.cursor() as cursor:
        cursor.execute(_SELECT + sql, parameters)
        return [Recorded(**dict(zip((*COLUMNS, "tx"), _plain(row), strict=True))) for row in cursor.fetchall()]


def _plain(row: Sequence[Any]) -> list[Any]:
    import json

    values = list(row)
    at = COLUMNS.index("data")
    if isinstance(values[at], str):  # Django's cursor leaves jsonb as text
        values[at] = json.loads(values[at])
    return values


def event(event_id: UUID, recorded_at: datetime) -> Recorded | None:
    """Return one event; ``recorded_at`` names its partition so that one index is read, not thirteen."""
    found = _rows("WHERE id = %s AND recorded_at = %s", [event_id, recorded_at])
    return found[0] if found else None


def events_at(places: Iterable[tuple[UUID, datetime]]) -> dict[UUID, Recorded]:
    """Return several events by id and ``recorded_at``, in one query."""
    wanted = list(places)
    ids, moments = [event_id for event_id, _ in wanted], [at for _, at in wanted]
    found = (
        _rows("WHERE id = ANY(%s) AND recorded_at BETWEEN %s AND %s", [ids, min(moments), max(moments)]) if ids else []
    )
    return {row.id: row for row in found}


def events_of_case(case_id: UUID, *, limit: int = 500) -> list[Recorded]:
    """Return a case's events, oldest first by when they happened."""
    return _rows("WHERE case_id = %s ORDER BY occurred_at, id LIMIT %s", [case_id, limit])


def events_of_customers(customer_ids: Iterable[UUID], *, limit: int = 200) -> list[Recorded]:
    """Return the newest events about a person (every id that leads to her), newest first."""
    return _rows("WHERE customer_id = ANY(%s) ORDER BY occurred_at DESC, id DESC LIMIT %s", [list(customer_ids), limit])


def horizon() -> int:
    """Return the transaction number below which every event of this database is settled: committed, or never to be.

    Only this database's writers hold it back; a long transaction in another database of the same server does not. The
    number is read before the list of open writers, so one that begins in between is above it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else the list is the one this transaction saw first
        cursor.execute(_HORIZON)
        return int(cursor.fetchone()[0])


_HORIZON = """
SELECT least(h.beyond, min(CASE WHEN open.tx > h.beyond THEN open.tx - 4294967296 ELSE open.tx END))
FROM (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS beyond) AS h
LEFT JOIN LATERAL (
    SELECT ((h.beyond >> 32) << 32) | backend_xid::text::bigint AS tx FROM pg_stat_activity
    WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()
) AS open ON true
GROUP BY h.beyond
"""


def events_since(tx: int, event_id: UUID | None, *, limit: int = 1000) -> list[Recorded]:
    """Return the next events after a position, in commit-safe order: none that commits late is ever skipped.

    Rows of transactions still open (and of any younger one) wait for the next call, typically milliseconds.
    """
    return _rows(
        "WHERE (tx, id) > (%s, %s) AND tx < %s ORDER BY tx, id LIMIT %s",
        [tx, event_id or NOWHERE, horizon(), limit],
    )
