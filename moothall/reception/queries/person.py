"""A person's visits."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from moothall.reception.models import Visit


def visit_rows_of(customer_id: UUID) -> list[dict[str, Any]]:
    """Return all that is kept about one person's visits, for her copy. One query."""
    fields = (
        "centre", "ticket", "state", "how", "service", "shown_as", "phone", "find_by", "about", "needs", "language",
        "interpreter", "booked_for", "arrived_at", "seen_at", "ended_at", "ended_because", "call_by",
    )  # fmt: skip
    return list(Visit.objects.filter(customer_id=customer_id).order_by("arrived_at", "id").values(*fields))
