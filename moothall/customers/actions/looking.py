"""Writing down who looked at whom, and why."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection

from moothall.core.actors import Actor
from moothall.core.ids import new_id
from moothall.customers.models import Look

SEARCH: Final = "search"
"""The purpose of a look that only chose among those found."""
ONCE_IN: Final = timedelta(hours=1)


def log_look(*, customer_id: UUID, screen: str, case_id: UUID | None = None, by: Actor, at: datetime) -> Look:
    """Write down that the actor saw this person's record on this screen, for the purpose it acts for.

    Every screen that shows a person calls this in the request that shows her. The row can never be changed.
    """
    return Look.objects.create(
        at=at,
        customer_id=customer_id,
        actor_kind=by.kind.value,
        actor_id=by.id,
        purpose=by.purpose,
        screen=screen,
        case_id=case_id,
    )


def log_shown(customer_ids: Iterable[UUID], *, screen: str, by: Actor, at: datetime) -> None:
    """Write down that these people stood in a list the actor chose from: what was typed is not kept. One statement, none
    for nobody.

    Typing on shows the same people again and again; the same person is written down once an hour for an officer and screen.
    """
    shown = list(dict.fromkeys(customer_ids))
    if not shown:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_look (id, at, customer_id, actor_kind, actor_id, purpose, screen)"
            " SELECT s.id, %(at)s, s.customer, %(kind)s, %(actor)s, %(purpose)s, %(screen)s"
            " FROM unnest(%(ids)s::uuid[], %(people)s::uuid[]) AS s(id, customer)"
            " WHERE NOT EXISTS (SELECT FROM customers_look l WHERE l.customer_id = s.customer AND l.at > %(since)s"
            " AND l.actor_id IS NOT DISTINCT FROM %(actor)s AND l.screen = %(screen)s)",
            {
                "ids": [new_id() for _ in shown], "people": shown, "at": at, "since": at - ONCE_IN, "kind": by.kind.value,
                "actor": by.id, "purpose": SEARCH, "screen": screen,
            },
        )  # fmt: skip
