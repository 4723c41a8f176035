"""Copies as who looks through them sees them, and as the person fetches hers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q

from moothall.core.access import Refused, require
from moothall.core.actors import Actor, ActorKind
from moothall.core.packs import current_pack
from moothall.core.people import HeldFile, person_providers
from moothall.customers.privacy.models import Copy, CopyLine, CopyState
from moothall.customers.privacy.pack import PRIVACY
from moothall.customers.queries import survivor_of

PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class CopyView:
    """A copy: whose, how far, until when it may be fetched."""

    id: UUID
    customer_id: UUID
    case_id: UUID | None
    state: str
    state_words: str
    asked_at: datetime
    asked_by_kind: str
    built_at: datetime | None
    released_at: datetime | None
    fetch_until: datetime | None
    fetched_at: datetime | None

    def may_be_fetched(self, at: datetime) -> bool:
        """Whether it is there to fetch."""
        return self.state == CopyState.RELEASED and self.fetch_until is not None and at < self.fetch_until


@dataclass(frozen=True, slots=True)
class LineView:
    """One line: its number, the record it belongs to, what it is, what it says, and why it is taken out (code, words)."""

    number: int
    record: str
    label: str
    value: str
    withheld: str
    why: str
    is_file: bool


@dataclass(frozen=True, slots=True)
class SectionView:
    """One part of a copy: its code and title, how many lines, how many of them taken out."""

    code: str
    title: str
    lines: int
    out: int


def copies_open(*, visible_to: Actor, most: int = 50) -> list[CopyView]:
    """Return the copies that need somebody, the longest asked first. One query. Raises Refused."""
    require(visible_to, "copy.manage")
    rows = Copy.objects.filter(state__in=(CopyState.BUILDING, CopyState.REVIEW)).order_by("asked_at", "id")[:most]
    return [_view(row) for row in rows]


def copies_done(*, visible_to: Actor, most: int = 50) -> list[CopyView]:
    """Return the copies released last. One query. Raises Refused."""
    require(visible_to, "copy.manage")
    rows = Copy.objects.filter(state__in=(CopyState.RELEASED, CopyState.OVER)).order_by("-released_at")[:most]
    return [_view(row) for row in rows]


def copies_of(customer_id: UUID, *, visible_to: Actor) -> list[CopyView]:
    """Return a person's own copies, newest first. Two queries. Raises Refused for anybody else's."""
    _own(customer_id, visible_to)
    return [_view(row) for row in Copy.objects.filter(customer_id=customer_id).order_by("-asked_at")[:20]]


def copy_view(copy_id: UUID, *, visible_to: Actor) -> CopyView | None:
    """Return one copy, for who manages copies or the person herself; ``None`` otherwise."""
    row = Copy.objects.filter(id=copy_id).first()
    if row is None:
        return None
    if not visible_to.may("copy.manage"):
        try:
            _own(row.customer_id, visible_to)
        except Refused:
            return None
    return _view(row)


def sections(copy_id: UUID, *, visible_to: Actor) -> list[SectionView]:
    """Return the parts of a copy. One query. Raises Refused."""
    require(visible_to, "copy.manage")
    rows = CopyLine.objects.filter(copy_id=copy_id).values("section").order_by("section")
    return [
        SectionView(row["section"], words_of(row["section"]), row["all"], row["out"])
        for row in rows.annotate(all=Count("id"), out=Count("id", filter=~Q(withheld="")))
    ]


def lines(copy_id: UUID, section: str, *, visible_to: Actor, after: int = 0) -> tuple[list[LineView], int]:
    """Return a hundred lines of one part and where the next begin (0: none). One query. Raises Refused."""
    require(visible_to, "copy.manage")
    rows = list(
        CopyLine.objects.filter(copy_id=copy_id, section=section, number__gt=after).order_by("number")[: PAGE + 1]
    )
    return [_line(row) for row in rows[:PAGE]], rows[PAGE - 1].number if len(rows) > PAGE else 0


def all_lines(copy_id: UUID) -> Iterator[tuple[str, list[str | int], Any, LineView, str]]:
    """Yield every line for the file: section, path, value (the reason's words where it is taken out), as shown, file key."""
    for row in CopyLine.objects.filter(copy_id=copy_id).order_by("number").iterator(chunk_size=2000):
        shown = _line(row)
        yield (
            row.section,
            row.path,
            shown.why if row.withheld else row.value,
            shown,
            "" if row.withheld else row.file_key,
        )


def files_by_key(customer_ids: tuple[UUID, ...]) -> dict[str, HeldFile]:
    """Return every file that may go into a copy of these ids, by its key."""
    return {
        f"{provider.room}:{file.key}": file
        for provider in person_providers() if provider.files
        for one in customer_ids for file in provider.files(one)
    }  # fmt: skip


def words_of(code: str) -> str:
    """Return a name of a field as words: ``ways_to_reach_you`` is “Ways to reach you”."""
    plain = code.replace("_", " ").replace("-", " ").strip()
    return plain[:1].upper() + plain[1:]


def _own(customer_id: UUID, actor: Actor) -> None:
    if actor.kind is not ActorKind.CUSTOMER or actor.id is None or survivor_of(actor.id) != customer_id:
        raise Refused(hidden=True)


def _view(row: Copy) -> CopyView:
    return CopyView(
        row.id, row.customer_id, row.case_id, row.state, CopyState(row.state).label, row.asked_at, row.asked_by_kind,
        row.built_at, row.released_at, row.fetch_until, row.fetched_at,
    )  # fmt: skip


def _line(row: CopyLine) -> LineView:
    says = {one.code: one.says for one in current_pack().one(PRIVACY).withhold}
    rest = list(row.path[1:])
    record = str(rest.pop(0) + 1) if rest and isinstance(rest[0], int) else ""
    label = ", ".join(str(part + 1) if isinstance(part, int) else words_of(str(part)) for part in rest)
    return LineView(
        row.number, record, label or words_of(row.section), str(row.value), row.withheld,
        says.get(row.withheld, words_of(row.withheld)) if row.withheld else "", bool(row.file_key),
    )  # fmt: skip
