"""Cases of one thing: which were joined to which, however often, and which of them is worked on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection

_UNDER = """
    WITH RECURSIVE under(id, since) AS (
        SELECT id, NULL::timestamptz FROM cases_case WHERE id = %s
        UNION
        SELECT below.id, greatest(under.since, below.closed_at)
        FROM cases_case below JOIN under ON below.joined_to_id = under.id WHERE below.state = 'merged'
    )
    SELECT id, since FROM under ORDER BY id
"""
_CHAIN = """
    WITH RECURSIVE chain(id, step) AS (
        SELECT id, 0 FROM cases_case WHERE id = %s
        UNION ALL
        SELECT one.joined_to_id, chain.step + 1
        FROM chain JOIN cases_case one ON one.id = chain.id
        WHERE one.state = 'merged' AND one.joined_to_id IS NOT NULL AND chain.step < 100
    )
    SELECT id FROM chain ORDER BY step
"""


def cases_under(case_id: UUID) -> dict[UUID, datetime | None]:
    """Return a case with all that were joined to it, directly or through others, and since when each is of one with it.

    The case itself is among them, with no date. One query.
    """
    with connection.cursor() as cursor:
        cursor.execute(_UNDER, [case_id])
        return dict(cursor.fetchall())


def joined_chain(case_id: UUID) -> list[UUID]:
    """Return a case, the one it was joined to, the one that was joined to, and so on: last the one that is worked on.

    Empty where there is no such case. One query.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CHAIN, [case_id])
        return [row[0] for row in cursor.fetchall()]
