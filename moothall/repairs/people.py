"""What this room keeps of a person: the orders for her home and what contractors said of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.cases.models import Case
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.people import PersonEntry, PersonProvider, register_person_provider
from moothall.repairs.models import Order, Step


def timeline(customer_ids: Iterable[UUID], visible_to: Actor, limit: int, until: datetime | None) -> list[PersonEntry]:
    """Return nothing: what a contractor did stands on the time line with its case."""
    return []


def export(customer_id: UUID) -> Mapping[str, Any]:
    """Return the orders for her home, why she was thought at risk, and each step."""
    cases = Case.objects.filter(customer_id=customer_id).values("id")
    orders, steps = Order.objects.filter(case_id__in=cases), Step.objects.filter(order__case_id__in=cases)
    return {
        "orders_for_repairs": list(
            orders.order_by("made_at").values("contractor", "kind", "what", "reason", "why_at_risk", "state", "made_at")
        ),
        "said_of_repairs": list(steps.order_by("occurred_at").values("kind", "by", "occurred_at", "words")),
    }


def erase(customer_id: UUID, by: Actor, at: datetime) -> int:
    """Empty what was written of her and her home; that there was an order, and how it went, stays."""
    require(by, "customer.erase")
    cases = Case.objects.filter(customer_id=customer_id).values("id")
    gone = Step.objects.filter(order__case_id__in=cases).exclude(words="").update(words="")
    return gone + Order.objects.filter(case_id__in=cases).update(what="", reason="", why_at_risk="")


register_person_provider(PersonProvider("repairs", timeline, export, erase))
