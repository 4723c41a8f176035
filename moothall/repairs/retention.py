"""What was written of a home and who lives there goes with the case; that it was repaired, and how it went, stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.retention import register_companion
from moothall.repairs.models import Order, Step


def forget(ids: Sequence[UUID], by: Actor, at: datetime) -> int:
    """Empty the orders for these cases and what contractors said of them."""
    require(by, "customer.erase")
    gone = Step.objects.filter(order__case_id__in=ids).exclude(words="").update(words="")
    return gone + Order.objects.filter(case_id__in=ids).update(what="", reason="", why_at_risk="")


register_companion("case", "repairs", forget)
