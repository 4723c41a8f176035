"""Who speaks for somebody, or is spoken for, is still dealt with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from moothall.core.retention import register_in_touch
from moothall.customers.representation.models import Representation


def in_touch(since: datetime) -> list[tuple[QuerySet[Any], str]]:
    """Say who spoke for whom since then, on either side."""
    live = Representation.objects.filter(Q(ended_at=None) | Q(ended_at__gte=since)).filter(
        Q(until=None) | Q(until__gte=since.date())
    )
    return [(live, "customer_id"), (live, "representative_id")]


register_in_touch("representation", in_touch)
