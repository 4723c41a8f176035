"""What is due to go and when, what is on hold, and what the nights did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.core.paging import pack_cursor, unpack_moment
from moothall.core.retention import DueRecord, RecordClass, record_class, record_classes
from moothall.customers.models import Customer
from moothall.customers.privacy.models import Hold, RetentionRun
from moothall.customers.privacy.pack import PRIVACY, RETENTION

SOON: Final = timedelta(days=90)
MOST: Final = 1_000
"""A class is counted up to here; beyond, there are “1,000 or more”."""
EVER: Final = datetime(2200, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ClassLine:
    """One class: how long it is kept and why; how many are due now and within 90 days, and when the first is."""

    code: str
    name: str
    months: int | None
    because: str
    due: int
    soon: int
    first: date | None


@dataclass(frozen=True, slots=True)
class HoldLine:
    """A hold that stands. ``what`` names the class, or says that it is everything of a person."""

    id: UUID
    what: str
    reference: str
    reason: str
    note: str
    review_on: date
    overdue: bool
    placed_at: datetime
    placed_by: UUID | None


@dataclass(frozen=True, slots=True)
class DueLine:
    """One record that is due or will be; ``held`` says why it stays."""

    id: UUID
    says: str
    reference: str
    since: datetime
    due: date
    held: str


@dataclass(frozen=True, slots=True)
class RunLine:
    """What a night did: records let go and left, by class in words; ``finished_at`` is none while it goes on."""

    started_at: datetime
    finished_at: datetime | None
    forgot: tuple[tuple[str, int], ...]
    left: tuple[tuple[str, str, int], ...]


def schedule(*, visible_to: Actor, at: datetime) -> list[ClassLine]:
    """Return every class with what is due: as reckoned at the end of the last night, else now. Raises Refused."""
    require(visible_to, "retention.manage")
    last = RetentionRun.objects.exclude(finished_at=None).order_by("-started_at", "-id").first()
    rules = current_pack().of(RETENTION)
    found = []
    for kept in record_classes():
        ahead = last.ahead.get(kept.code) if last else None
        ahead = ahead or ahead_of(kept, at=at)
        rule = rules.get(kept.code)
        found.append(
            ClassLine(
                kept.code, kept.name, rule.months if rule else None, str(rule.because) if rule else "", ahead["due"],
                ahead["soon"], date.fromisoformat(ahead["first"]) if ahead["first"] else None,
            )
        )  # fmt: skip
    return found


def ahead_of(kept: RecordClass, *, at: datetime) -> dict[str, Any]:
    """Return how many of a class are due without what is on hold, how many will be in 90 days, and when the first is."""
    first = kept.due(_horizon(kept, at), None, 1)
    if not first and kept.ahead:
        return {"due": 0, "soon": 0, "first": ""}
    due = kept.due(at, None, MOST)
    soon = len(kept.due(at + SOON, None, MOST)) - len(due)
    now = len(due) - len(held_among(kept.code, due))
    return {"due": now, "soon": max(soon, 0), "first": first[0].due.isoformat() if first else ""}


def due_page(
    code: str, *, visible_to: Actor, at: datetime, after: str = "", size: int = 25
) -> tuple[str, list[DueLine], str] | None:
    """Return a class's name, its records from the oldest on with the day each goes, and where the next page begins.

    ``None`` where there is no such class. Raises Refused, BadCursor.
    """
    require(visible_to, "retention.manage")
    kept = record_class(code)
    if kept is None:
        return None
    rows = kept.due(_horizon(kept, at), unpack_moment(after) if after else None, size + 1)
    shown, held, says = rows[:size], held_among(code, rows[:size]), _reasons()
    more = pack_cursor((shown[-1].since, shown[-1].id)) if len(rows) > size else ""
    lines = [
        DueLine(one.id, one.says, one.reference, one.since, one.due, says.get(held.get(one.id, ""), ""))
        for one in shown
    ]
    return kept.name, lines, more


def find_due(kept: RecordClass, record_id: UUID, since: datetime, *, at: datetime) -> DueRecord | None:
    """Return one record of a class by its place in the list, while it still says something of somebody. As one page."""
    rows = kept.due(_horizon(kept, at), (since, UUID(int=record_id.int - 1)), 1)
    return rows[0] if rows and rows[0].id == record_id else None


def _horizon(kept: RecordClass, at: datetime) -> datetime:
    """Until when a list reaches: as far as days are known."""
    return EVER if kept.ahead else at


def held_among(code: str, rows: Sequence[DueRecord]) -> dict[UUID, str]:
    """Return which of these are on hold, by themselves or with their person, and the reason's code. Three queries."""
    if not rows:
        return {}
    standing = Hold.objects.filter(lifted_at=None)
    alone = dict(
        standing.filter(record_class=code, record_id__in=[one.id for one in rows]).values_list("record_id", "reason")
    )
    people = {one.customer_id for one in rows if one.customer_id}
    heads = dict(Customer.objects.filter(pk__in=people, joined_to__isnull=False).values_list("id", "joined_to_id"))
    wanted = people | set(heads.values())
    whole = dict(standing.filter(record_id=None, customer_id__in=wanted).values_list("customer_id", "reason"))
    found = {}
    for one in rows:
        owner = heads.get(one.customer_id, one.customer_id) if one.customer_id else None
        reason = alone.get(one.id) or (whole.get(owner) if owner else None)
        if reason:
            found[one.id] = reason
    return found


def holds_standing(*, visible_to: Actor, on: date, limit: int = 200) -> list[HoldLine]:
    """Return the holds that stand, those first that are to be looked at again soonest. One query. Raises Refused."""
    require(visible_to, "retention.manage")
    says = _reasons()
    rows = Hold.objects.filter(lifted_at=None).order_by("review_on", "id")[:limit]
    return [
        HoldLine(
            row.id, _what(row), row.reference, says.get(row.reason, row.reason), row.note, row.review_on,
            row.review_on <= on, row.placed_at, row.placed_by,
        )
        for row in rows
    ]  # fmt: skip


def nights(*, visible_to: Actor, limit: int = 7, empty: bool = False) -> list[RunLine]:
    """Return what the last nights did, the newest first; with ``empty`` also those that did nothing. One query.

    Raises:
        Refused.
    """
    require(visible_to, "retention.manage")
    names = {kept.code: kept.name for kept in record_classes()}
    told = RetentionRun.objects.all() if empty else RetentionRun.objects.filter(~Q(forgot={}) | Q(finished_at=None))
    rows = told.order_by("-started_at", "-id")[:limit]
    return [
        RunLine(
            row.started_at, row.finished_at,
            tuple((names.get(code, code), number) for code, number in sorted(row.forgot.items()) if number),
            tuple(
                (names.get(code, code), why, number)
                for code, left in sorted(row.left.items()) for why, number in sorted(left.items())
            ),
        )
        for row in rows
    ]  # fmt: skip


def _what(row: Hold) -> str:
    if row.record_id is None:
        return "Everything of a person"
    kept = record_class(row.record_class)
    return kept.name if kept else row.record_class


def _reasons() -> dict[str, str]:
    return {one.code: str(one.name) for one in current_pack().one(PRIVACY).holds}
