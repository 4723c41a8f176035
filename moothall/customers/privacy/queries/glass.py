"""Openings of sealed records: one's own while they last, and everybody's for who looks into them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from moothall.core.access import require, restrictions_visible_to
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.core.paging import Page, page_of, unpack_moment
from moothall.customers.privacy.models import Opening
from moothall.customers.privacy.pack import PRIVACY

MAY_OPEN: Final = "glass.break"


@dataclass(frozen=True, slots=True)
class OpeningLine:
    """One opening: of a case or a person, under one restricted kind, from when until when, and what was found of it."""

    id: UUID
    staff_id: UUID
    customer_id: UUID | None
    case_id: UUID | None
    kind: str
    kind_name: str
    reason: str
    opened_at: datetime
    until: datetime
    closed_at: datetime | None
    reviewed_at: datetime | None
    reviewed_by: UUID | None
    justified: bool | None
    finding: str
    sought: str = ""
    nobody: bool = False

    def is_open(self, at: datetime) -> bool:
        """Whether it still lets its officer in."""
        return self.closed_at is None and at < self.until


def may_break_glass(actor: Actor, kind: str) -> bool:
    """Say whether this actor may open records of this kind in need: by right to, and not seeing them anyway."""
    allowed = restrictions_visible_to(actor)
    sealed = {one.code for one in current_pack().one(PRIVACY).sealed}
    return actor.may(MAY_OPEN) and kind in sealed and allowed is not None and kind not in allowed


def opening(opening_id: UUID, *, visible_to: Actor) -> OpeningLine | None:
    """Return an opening of this officer's own, over or not; nobody else's. One query."""
    row = Opening.objects.filter(id=opening_id, staff_id=visible_to.id).first() if visible_to.id else None
    return _line(row) if row else None


def my_openings(*, visible_to: Actor, at: datetime) -> list[OpeningLine]:
    """Return what this officer has open now, the newest first. One query."""
    if visible_to.id is None:
        return []
    rows = Opening.objects.filter(staff_id=visible_to.id, until__gt=at, closed_at=None).order_by("-opened_at")
    return [_line(row) for row in rows[:10]]


def through(one: OpeningLine, actor: Actor, *, at: datetime) -> Actor | None:
    """Return the officer as she may look through this opening: with the one permission, for the purpose break-glass;
    ``None`` once it is over. Read with it only what the opening is of."""
    if one.staff_id != actor.id or not one.is_open(at) or not actor.may(MAY_OPEN):
        return None
    return replace(actor, permissions=actor.permissions | {f"restricted.{one.kind}"}, purpose="break-glass")


def openings_waiting(*, visible_to: Actor, most: int = 25) -> int:
    """Count the openings nobody has looked into yet; it stops at ``most``. One query."""
    require(visible_to, "glass.review")
    return Opening.objects.filter(reviewed_at=None).values("id")[:most].count()


def openings(*, visible_to: Actor, reviewed: bool, after: str = "", size: int = 25) -> Page[OpeningLine]:
    """Return openings for who looks into them: those that wait, the oldest first, or those looked into, the newest first.

    Raises:
        Refused, BadCursor.
    """
    require(visible_to, "glass.review")
    rows = _page(Opening.objects.filter(reviewed_at__isnull=not reviewed), after, newest=reviewed)
    return page_of(list(rows[: size + 1]), size, lambda row: (row.opened_at, row.id), _line, first=not after)


def _page(rows: QuerySet[Opening], after: str, *, newest: bool) -> QuerySet[Opening]:
    if after:
        at, last = unpack_moment(after)
        past = Q(opened_at__lt=at) | Q(opened_at=at, id__lt=last)
        to_come = Q(opened_at__gt=at) | Q(opened_at=at, id__gt=last)
        rows = rows.filter(past if newest else to_come)
    return rows.order_by("-opened_at", "-id") if newest else rows.order_by("opened_at", "id")


def _line(row: Opening) -> OpeningLine:
    names = {one.code: one.name for one in current_pack().one(PRIVACY).sealed}
    return OpeningLine(
        id=row.id, staff_id=row.staff_id, customer_id=row.customer_id, case_id=row.case_id, kind=row.kind,
        kind_name=names.get(row.kind, row.kind.replace("-", " ").capitalize()), reason=row.reason, opened_at=row.opened_at,
        until=row.until, closed_at=row.closed_at, reviewed_at=row.reviewed_at, reviewed_by=row.reviewed_by,
        justified=row.justified, finding=row.finding, sought=row.sought, nobody=row.nobody,
    )  # fmt: skip
