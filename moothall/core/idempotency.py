"""Every write can be sent twice and happens once."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from moothall.core.events import together
from moothall.core.models import IdempotencyKey
from moothall.core.rows import add_rows, prepared_cursor

KEPT_FOR: Final = timedelta(days=31)
"""How long a second asking is known: the month of `technical` in the pack's retention."""
LASTING: Final = frozenset({"demo"})
"""What sets a database up, and must not do it again however long it lives."""


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

    The key is written with what ``do`` writes. Two at the same moment: the second waits on the unique index until the
    first commits, undoes what it did itself and gets the first's answer. If ``do`` raises, the key is free again.
    With ``expires`` a key older than that counts as new (keys we derived ourselves).

    Raises:
        KeyReused: the key was used for a different request.
    """
    mark = fingerprint(request) if request is not None else ""
    known = _known(scope, key)
    stale = known is not None and expires is not None and known.created_at < at - expires
    if known is None or stale:
        try:
            with transaction.atomic(), together():
                if known is not None:
                    IdempotencyKey.objects.filter(id=known.id).delete()
                answer = do()
                add_rows(IdempotencyKey(scope=scope, key=key, fingerprint=mark, answer=answer, created_at=at))
            return answer, True
        except Exception:
            # Whatever went wrong may have gone wrong because the other of two at the same moment was first.
            before, known = known, _known(scope, key)
            if known is None or (before is not None and known.id == before.id):
                raise
    if mark and known.fingerprint and known.fingerprint != mark:
        raise KeyReused("This key was already used for a different request. Use a new key for a new request.")
    return known.answer, False


def used(scope: str, key: str) -> bool:
    """Say whether something was done once under this key. One query."""
    return _known(scope, key) is not None


def forget_old(at: datetime) -> int:
    """Remove the keys that nobody sends again, with the answers that were kept for them. Returns how many."""
    return IdempotencyKey.objects.filter(created_at__lt=at - KEPT_FOR).exclude(scope__in=LASTING).delete()[0]


@dataclass(frozen=True, slots=True)
class _Known:
    id: UUID
    fingerprint: str
    answer: dict[str, Any]
    created_at: datetime


def _known(scope: str, key: str) -> _Known | None:
    with prepared_cursor() as cursor:
        cursor.execute(
            "SELECT id, fingerprint, answer, created_at FROM core_idempotencykey WHERE scope = %s AND key = %s",
            [scope, key],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    return _Known(row[0], row[1], json.loads(row[2]) if isinstance(row[2], str) else row[2], row[3])
