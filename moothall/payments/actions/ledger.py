"""Writing in the ledger: once for a key, and never anything that does not come to nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Sum

from moothall.core import clock
from moothall.core.ids import new_id
from moothall.payments.models import Attempt, Intent, Posting, Refund
from moothall.payments.rules.ledger import Side, balanced


def post(
    kind: str, sides: Iterable[Side], *, key: str, at: datetime, intent: Intent | None = None,
    attempt: Attempt | None = None, refund: Refund | None = None,
) -> bool:  # fmt: skip
    """Write one entry in the caller's transaction; the same ``key`` again writes nothing. Returns whether it wrote.

    Raises:
        ValueError: the sides do not come to nothing. (The database refuses such an entry too, at commit.)
    """
    wanted = [side for side in sides if side.pence]
    if not balanced(wanted):
        raise ValueError("The sides of an entry come to nothing, or it is not written.")
    if not wanted:
        return False
    entry_id = new_id()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_entry (id, key, kind, at, recorded_at, intent_id, attempt_id, refund_id)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (key) DO NOTHING",
            [
                entry_id,
                key,
                kind,
                at,
                clock.now(),
                intent.id if intent else None,
                attempt.id if attempt else None,
                refund.id if refund else None,
            ],
        )
        if cursor.rowcount == 0:
            return False
        marks = ", ".join(["(%s, %s, %s, %s)"] * len(wanted))
        values: list[Any] = []
        for side in wanted:
            values += [new_id(), entry_id, side.account, side.pence]
        cursor.execute(
            f"INSERT INTO payments_posting (id, entry_id, account, pence) VALUES {marks}",  # noqa: S608 - marks only
            values,
        )
    return True


def standing(intent_id: UUID) -> dict[str, int]:
    """Return what stands on each account for one intent, in pence; what we owe her is plus here."""
    rows = Posting.objects.filter(entry__intent_id=intent_id).values_list("account").annotate(pence=Sum("pence"))
    return {account: -int(pence) for account, pence in rows}
