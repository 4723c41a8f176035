"""Who still uses an account is still in touch."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from moothall.core.retention import register_in_touch
from moothall.customers.accounts.models import Account


def in_touch(since: datetime) -> list[tuple[QuerySet[Any], str]]:
    """Say whose account was opened or signed in to since then."""
    used = Q(signed_in_at__gte=since) | Q(created_at__gte=since)
    return [(Account.objects.filter(used, closed_at=None), "customer_id")]


register_in_touch("accounts", in_touch)
