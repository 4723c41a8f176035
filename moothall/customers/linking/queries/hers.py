"""Which addresses of the records that are one say where what concerns her goes, and who it is that speaks (adr/0085)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from moothall.customers.linking.models import Decided, Merge, SourceRecord
from moothall.customers.models import Customer
from moothall.customers.queries import CustomerCard, PointOf, PointView


@dataclass(frozen=True, slots=True)
class _Edge:
    """A merge that stands: two records, who decided, when."""

    joined: UUID
    into: UUID
    how: str
    at: datetime

    def holds(self, heard_at: datetime | None) -> bool:
        """Whether it carries an address across: an officer said it, or heard the address when it was made already."""
        return self.how != Decided.MACHINE or (heard_at is not None and self.at <= heard_at)


def speaking_for(customer_id: UUID, told: Iterable[PointOf]) -> set[PointOf]:
    """Return which of these ways to reach her set may be used for what was asked for with ``customer_id``.

    Its own; of a record that an officer said is one with it; of one that a system delivered; what whoever proved who she is
    has shown to be hers; and what an officer heard from her, for all that was one by then. Not what anybody typed and the
    machine took for hers: name, date of birth and address are no secret, and with them a stranger would have her messages
    sent to him. Two queries at most.
    """
    wanted = set(told)
    if all(one.customer_id == customer_id or one.proved for one in wanted):
        return wanted
    sure, edges = _sure({one.customer_id for one in wanted}), _edges(customer_id)
    return {one for one in wanted if _counts(one, customer_id, sure, edges)}


def spoken_for(told: Iterable[PointOf], others: Iterable[UUID]) -> set[UUID]:
    """Return with which of these records of one set something was asked for that may be told to whoever has an address: the
    other way round. ``told`` says which records have it. Two queries at most."""
    having, wanted = set(told), set(others)
    if not having or not wanted:
        return set()
    if any(one.proved for one in having) or wanted <= {one.customer_id for one in having}:
        return wanted
    sure, edges = _sure({one.customer_id for one in having}), _edges(next(iter(wanted)))
    return {one for one in wanted if any(_counts(point, one, sure, edges) for point in having)}


def not_used(card: CustomerCard) -> dict[UUID, datetime | None]:
    """Return which ways to reach her are used only for the request they came with, by the id of each, and when the machine
    joined that with what is hers (``None``: nobody knows). Two queries; none where nothing was joined."""
    if len(card.ids) < 2:
        return {}
    told = {one for point in card.points for one in point.of}
    sure, edges = _sure({one.customer_id for one in told}), _edges(card.id)
    return {
        point.id: _joined_at(point.of[0], card.id, edges)
        for point in card.points
        if point.of and not any(_counts(one, card.id, sure, edges) for one in point.of)
    }


def used_points(card: CustomerCard) -> tuple[PointView, ...]:
    """Return the ways to reach her that may be used as hers: to fill in a form, to send her a link. Not what is stopped.
    Two queries; none where nothing was joined."""
    waiting = not_used(card)
    return tuple(point for point in card.points if not point.stopped and point.id not in waiting)


def _counts(point: PointOf, customer_id: UUID, sure: set[UUID], edges: Sequence[_Edge]) -> bool:
    if point.proved or point.customer_id == customer_id or point.customer_id in sure:
        return True
    found, before = {point.customer_id}, 0
    holding = [{edge.joined, edge.into} for edge in edges if edge.holds(point.heard_at)]
    while len(found) != before:
        before = len(found)
        found |= {one for pair in holding if found & pair for one in pair}
    return customer_id in found


def _joined_at(point: PointOf, root: UUID, edges: Sequence[_Edge]) -> datetime | None:
    """When the machine last joined two on the way from a record to who stands for the set."""
    leads = {edge.joined: edge for edge in edges}
    at, dates = point.customer_id, []
    while at != root and at in leads:
        edge = leads.pop(at)
        dates += [] if edge.holds(point.heard_at) else [edge.at]
        at = edge.into
    return max(dates, default=None)


def _edges(customer_id: UUID) -> list[_Edge]:
    """The merges that stand in the set of a record."""
    root = Customer.objects.filter(pk=customer_id).values(top=Coalesce("joined_to_id", "id"))
    rows = Merge.objects.filter(undone_at__isnull=True, joined__joined_to__in=root).order_by("at", "id")
    return [_Edge(*row) for row in rows.values_list("joined_id", "into_id", "how", "at")]


def _sure(customer_ids: set[UUID]) -> set[UUID]:
    """Records that a system delivered."""
    sure = Q(imported=True) | Q(Exists(SourceRecord.objects.filter(own=OuterRef("pk"))))
    return set(Customer.objects.filter(pk__in=customer_ids).filter(sure).values_list("pk", flat=True))
