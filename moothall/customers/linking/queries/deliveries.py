"""What other systems delivered, for whoever looks after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.core.paging import Page, page_of, unpack_moment
from moothall.customers.linking.models import Delivery, DeliveryState, RefusedRow
from moothall.customers.linking.pack import SYSTEMS

MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """One delivery, with what became of its rows."""

    id: UUID
    system: str
    how: str
    name: str
    as_of: datetime
    received_at: datetime
    finished_at: datetime | None
    state: str
    state_words: str
    problem: str
    missing: tuple[str, ...]
    whole: bool
    new: int
    changed: int
    same: int
    late: int
    gone: int
    refused: int


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """A delivery with the rows there is something to say of: number, key, kept or refused, why. At most 200."""

    line: DeliveryLine
    rows: tuple[tuple[int, str, bool, str], ...]
    more: bool


def deliveries(visible_to: Actor, *, after: str = "", size: int = 25) -> Page[DeliveryLine]:
    """Return a page of deliveries, newest first. One query."""
    require(visible_to, "delivery.manage")
    rows = Delivery.objects.all()
    if after:
        at, last = unpack_moment(after)
        rows = rows.filter(Q(received_at__lt=at) | Q(received_at=at, id__lt=last))
    found = list(rows.order_by("-received_at", "-id")[: size + 1])
    return page_of(found, size, lambda row: (row.received_at, row.id), _line, first=not after)


def held_deliveries(visible_to: Actor, *, most: int) -> int:
    """Return how many deliveries wait for somebody, counting no further than ``most``."""
    require(visible_to, "delivery.manage")
    return len(Delivery.objects.filter(state=DeliveryState.HELD).values_list("id")[:most])


def delivery_page(delivery_id: UUID, visible_to: Actor) -> DeliveryPage | None:
    """Return one delivery, or ``None``. Two queries. What stood in a row is not shown: it may be of a restricted system."""
    require(visible_to, "delivery.manage")
    row = Delivery.objects.filter(pk=delivery_id).first()
    if row is None:
        return None
    told = list(
        RefusedRow.objects.filter(delivery=row)
        .order_by("row")
        .values_list("row", "key", "kept", "reason")[: MOST_ROWS + 1]
    )
    return DeliveryPage(_line(row), tuple(told[:MOST_ROWS]), len(told) > MOST_ROWS)


def told_rows(delivery: Delivery) -> list[dict[str, Any]]:
    """Return every row of a delivery that there is something to say of, for a report. One query."""
    rows = RefusedRow.objects.filter(delivery=delivery).order_by("row")
    return [{"row": row.row, "key": row.key, "kept": row.kept, "reason": row.reason} for row in rows.defer("raw")]


def _line(row: Delivery) -> DeliveryLine:
    system = current_pack().of(SYSTEMS).get(row.system)
    return DeliveryLine(
        row.id, system.name if system else row.system, row.how, row.name, row.as_of, row.received_at, row.finished_at,
        row.state, DeliveryState(row.state).label, row.problem, tuple(row.missing), row.whole, row.new, row.changed,
        row.same, row.late, row.gone, row.refused,
    )  # fmt: skip
