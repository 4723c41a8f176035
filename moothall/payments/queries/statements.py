"""Statements and differences, for whoever reconciles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.paging import Page, page_of, unpack_moment
from moothall.payments.models import Attempt, Difference, Statement
from moothall.payments.rules.reconciling import say_amounts, say_refund

SIZE = 25


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """One difference that waits to be settled. ``pence`` is theirs less ours; ``amounts`` says both in words."""

    id: UUID
    kind: str
    source: str
    says: str
    pence: int
    found_at: datetime
    reference: str
    intent_id: UUID | None
    what: str
    taken_at: datetime | None
    line_reference: str
    line_on: date | None
    amounts: str


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One statement brought in."""

    name: str
    source: str
    rows: int
    at: datetime


def open_differences(
    *, visible_to: Actor, after: str = "", size: int = SIZE, intent_id: UUID | None = None
) -> Page[DifferenceLine]:
    """Return the differences nobody has settled, newest first; of one payment alone with ``intent_id``. One query."""
    require(visible_to, "payment.view")
    rows = Difference.objects.filter(settled_at=None).select_related("attempt__intent", "line", "refund")
    if intent_id is not None:
        rows = rows.filter(attempt__intent_id=intent_id)
    if after:
        at, last = unpack_moment(after)
        rows = rows.filter(Q(found_at__lt=at) | Q(found_at=at, id__lt=last))
    found = list(rows.order_by("-found_at", "-id")[: size + 1])
    return page_of(found, size, lambda row: (row.found_at, row.id), _line, first=not after)


def open_differences_count(*, visible_to: Actor, most: int) -> int:
    """Count the differences nobody has settled, up to ``most``. One query."""
    require(visible_to, "payment.view")
    return Difference.objects.filter(settled_at=None)[:most].count()


def newest_statements(*, visible_to: Actor, limit: int = 10) -> list[StatementRow]:
    """Return the statements brought in last. One query."""
    require(visible_to, "payment.view")
    rows = Statement.objects.order_by("-brought_at")[:limit]
    return [StatementRow(row.name, row.source, row.rows, row.brought_at) for row in rows]


def not_seen_yet(source: str, *, visible_to: Actor, limit: int = 5_000) -> list[tuple[str, str, int, datetime]]:
    """Return what was taken and is in no statement yet: provider's id, reference, pence, when. One query."""
    require(visible_to, "payment.view")
    rows = Attempt.objects.filter(provider=source, state="taken", matched_at=None).order_by("taken_at")
    found = rows.values_list("provider_id", "intent__reference", "number", "amount_pence", "taken_at")[:limit]
    return [(id_, f"{reference}-{number}", pence, at) for id_, reference, number, pence, at in found if at is not None]


def _line(row: Difference) -> DifferenceLine:
    intent = row.attempt.intent if row.attempt is not None else None
    return DifferenceLine(
        id=row.id, kind=row.kind, source=row.source, says=row.says, pence=row.pence, found_at=row.found_at,
        reference=intent.reference if intent else "", intent_id=intent.id if intent else None,
        what=intent.description if intent else "", taken_at=row.attempt.taken_at if row.attempt else None,
        line_reference=row.line.reference if row.line else "", line_on=row.line.on if row.line else None,
        amounts=_amounts(row),
    )  # fmt: skip


def _amounts(row: Difference) -> str:
    if row.kind == "wrong_amount" and row.refund is not None:
        return say_refund(row.refund.amount_pence, row.pence)
    return say_amounts(row.kind, row.attempt.amount_pence if row.attempt else 0, row.pence)
