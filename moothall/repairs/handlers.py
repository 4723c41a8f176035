"""What this room does when something happens: work is ordered with its case, the tenant hears of each step."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from moothall.cases.models import CaseState
from moothall.core import clock
from moothall.core.actors import SYSTEM
from moothall.core.events import Recorded, handles
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.notifications.actions import queue_message
from moothall.notifications.values import about_case
from moothall.promises.rules import say_time
from moothall.repairs.actions import cancel_orders, order_new
from moothall.repairs.actions.hearing import offers_of
from moothall.repairs.links import order_link
from moothall.repairs.models import Order
from moothall.repairs.pack import CONTRACTORS, service_rule
from moothall.repairs.queries.words import say_window

TEMPLATES: Final = {
    "repair.offered": "repair-times", "repair.booked": "repair-booked", "repair.agreed": "repair-booked",
    "repair.going": "repair-on-the-way", "repair.no_access": "repair-no-access", "repair.follow_on": "repair-follow-on",
    "repair.inspected": "repair-inspected",
}  # fmt: skip
MOST_IN_A_TEXT: Final = 2


@handles("case.opened", "case.reopened", as_="repairs.order")
def order(event: Recorded) -> None:
    """A new case of a repair is an order at once; what was said to be done and was not is ordered again."""
    if event.case_id is not None and event.service and service_rule(current_pack(), event.service) is not None:
        order_new(event.case_id, by=SYSTEM, at=clock.now())


@handles("case.closed", "case.merged", "referral.made", as_="repairs.cancel")
def cancel(event: Recorded) -> None:
    """Nobody comes for what is over, or others' to do."""
    if event.case_id is not None:
        cancel_orders(event.case_id, by=SYSTEM, at=clock.now())


@handles(*TEMPLATES, as_="repairs.tell_tenant")
def tell_tenant(event: Recorded) -> None:
    """She hears what happened and what comes next, while it is still so."""
    row = Order.objects.filter(id=UUID(str(event.data["order"]))).first()
    about = about_case(event.case_id, clock.now()) if event.case_id else None
    if row is None or about is None or about.case.state not in (CaseState.OPEN, CaseState.WAITING):
        return
    template, values = TEMPLATES[event.name], _values(row)
    if (template == "repair-times" and not values["times"]) or (template == "repair-booked" and not values["when"]):
        return  # every time that was offered or booked is past: there is nothing to choose and nobody to wait for
    whom = about.to.customer_id or (about.to.addresses[0].value if about.to.addresses else about.case.id)
    queue_message(
        key=f"{event.id}:{whom}:{template}", template=template, to=about.to, values={**about.values, **values},
        at=clock.now(), case_id=row.case_id, event_id=event.id,
    )  # fmt: skip


def _today(row: Order, now: datetime) -> bool:
    return row.ends_at is not None and council_date(row.ends_at) == council_date(now)


def _values(row: Order) -> dict[str, Any]:
    contractor, now = current_pack().of(CONTRACTORS).get(row.contractor), clock.now()
    times = [say_window(one, two, now) for one, two in offers_of(row) if one > now]
    over = row.ends_at or row.starts_at
    coming = row.starts_at is not None and over is not None and over > now
    return {
        "contractor": contractor.name if contractor else "",
        "contractor_phone": (contractor.phone if contractor else "") or "",
        "when": say_window(row.starts_at, row.ends_at, now) if row.starts_at and coming else "", "times": times,
        "some": " or ".join(times[:MOST_IN_A_TEXT]), "reason": row.reason.rstrip("."), "visit": order_link(row.id),
        "until": say_time(row.ends_at.astimezone(clock.LONDON)) if row.ends_at and coming and _today(row, now) else "",
    }  # fmt: skip
