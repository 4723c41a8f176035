"""How far a way to reach somebody is known to be hers: shown by whoever had proved who she is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from moothall.customers.models import ContactPoint


def points_proved(customer_ids: Iterable[UUID], values: Iterable[str], *, at: datetime) -> int:
    """Keep that these addresses (as they are kept) are hers: she signs in by them, and has proved who she is. In the caller's
    transaction; proved already stays as it is. Returns how many are new."""
    rows = ContactPoint.objects.filter(customer_id__in=list(customer_ids), value__in=list(values))
    return rows.filter(proved_at__isnull=True).update(proved_at=at)


def points_unproved(customer_ids: Iterable[UUID]) -> int:
    """Take that back, with the proof of who she is. In the caller's transaction; returns how many."""
    return ContactPoint.objects.filter(customer_id__in=list(customer_ids), proved_at__isnull=False).update(
        proved_at=None
    )
