"""Receipts of erasures, for who answers for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.paging import Page, page_of, unpack_moment
from moothall.core.people import Kept
from moothall.customers.privacy.models import Erasure


@dataclass(frozen=True, slots=True)
class ErasureLine:
    """One erasure, done or refused; ``rows`` were emptied or deleted, ``kept`` stays or was in the way."""

    id: UUID
    number: str
    reference: str
    done: bool
    rows: int
    kept: tuple[Kept, ...]
    at: datetime
    by_staff_id: UUID | None


def erasures(*, visible_to: Actor, after: str = "", size: int = 25) -> Page[ErasureLine]:
    """Return erasures, the newest first. One query. Raises Refused, BadCursor."""
    require(visible_to, "customer.erase")
    rows = Erasure.objects.order_by("-at", "-id")
    if after:
        at, last = unpack_moment(after)
        rows = rows.filter(Q(at__lt=at) | Q(at=at, id__lt=last))
    return page_of(list(rows[: size + 1]), size, lambda row: (row.at, row.id), _line, first=not after)


def erasure(erasure_id: UUID, *, visible_to: Actor) -> ErasureLine | None:
    """Return one receipt. One query. Raises Refused."""
    require(visible_to, "customer.erase")
    row = Erasure.objects.filter(id=erasure_id).first()
    return _line(row) if row else None


def _line(row: Erasure) -> ErasureLine:
    kept = tuple(
        Kept(
            one["what"],
            one["count"],
            one["because"],
            date.fromisoformat(one["until"]) if one["until"] else None,
            stops=not row.done,
        )
        for one in row.kept
    )
    return ErasureLine(
        row.id, row.number, row.reference, row.done, sum(row.counts.values()), kept, row.at, row.by_staff_id
    )
