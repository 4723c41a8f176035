"""Every write can be sent twice and happens once."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from moothall.core.ids import new_id

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class KeyReused(ValueError):
    """The same key came with a different request. Nothing was done."""


def fingerprint(request: Any) -> str:
    """Return a digest of a request's content, to tell a repeat from a reuse of its key."""
    return hashlib.sha256(json.dumps(request, sort_keys=True, default=str).encode()).hexdigest()


def once(
    scope: str, key: str, *, at: datetime, request: Any = None, do: Callable[[], dict[str, Any]],
    expires: timedelta | None = None,
) -> tuple[dict[str, Any], bool]:  # fmt: skip
    """Run ``do`` unless this key was used before; return its JSON answer and whether it was run now.

    Two at the same moment: the second waits on the unique index until the first commits, then gets its answer. If ``do``
    raises, the key is free again. With ``expires`` a key older than that counts as new (keys we derived ourselves).

    Raises:
        KeyReused: the key was used for a different request.
    """
    mark = fingerprint(request) if request is not None else ""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_idempotencykey (id, scope, key, fingerprint, created_at) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (scope, key) DO UPDATE SET created_at = EXCLUDED.created_at, answer = NULL"
            " WHERE core_idempotencykey.created_at < %s",
            [new_id(), scope, key, mark, at, at - expires if expires else _NEVER],
        )
        if cursor.rowcount:
            answer = do()
            cursor.execute(
                "UPDATE core_idempotencykey SET answer = %s::jsonb WHERE scope = %s AND key = %s",
                [json.dumps(answer), scope, key],
            )
            return answer, True
        cursor.execute(
            "SELECT fingerprint, answer FROM core_idempotencykey WHERE scope = %s AND key = %s", [scope, key]
        )
        row = cursor.fetchone()
    if row is None:  # the first was rolled back between the two statements: try again as the first
        return once(scope, key, at=at, request=request, do=do)
    if mark and row[0] and row[0] != mark:
        raise KeyReused("This key was already used for a different request. Use a new key for a new request.")
    stored = json.loads(row[1]) if isinstance(row[1], str) else row[1]
    return stored, False
