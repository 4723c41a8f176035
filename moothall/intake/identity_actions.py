"""Putting two people side by side whom nobody has compared yet."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.customers.linking.actions.pairs import compare_pair
from moothall.customers.queries import find_customers


class NobodyByThat(LookupError):
    """Nobody, or more than one, fits what was typed."""


def compare(customer_id: UUID, typed: str, *, by: Actor, at: datetime) -> UUID:
    """Return the pair of this customer and whoever has the reference that was typed, ready to be decided.

    Raises:
        NobodyByThat: nobody else has it. ValueError: they are one already, or never are to be. Refused.
    """
    require(by, "identity.decide")
    with transaction.atomic():
        hits = find_customers(typed, by, limit=3) if typed.strip() else []
        if len(hits) != 1:
            raise NobodyByThat(
                "Nobody has that reference. It is on their page."
                if not hits
                else "Several people fit that. Use the reference."
            )
        return compare_pair(customer_id, hits[0].id, by=by, at=at).id
