"""Who works here is still dealt with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from moothall.core.retention import register_in_touch
from moothall.customers.colleagues.models import Colleague


def in_touch(since: datetime) -> list[tuple[QuerySet[Any], str]]:
    """Say who has a colleague's record."""
    return [(Colleague.objects.all(), "customer_id")]


register_in_touch("colleagues", in_touch)
