"""The only readers of the post room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.documents import storage
from moothall.postroom.actions import PERMISSION
from moothall.postroom.models import Letter, LetterState, Original, OriginalState, PrintedForm, Scan, ScanState, Sheet

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class SheetView:
    """One side of a letter. ``sure`` (0–100) says how well it could be read."""

    id: UUID
    place: int
    text: str
    sure: float
    codes: tuple[Mapping[str, Any], ...]
    filled: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OriginalView:
    """A cheque or original paper: where it is. ``pence`` only for money."""

    id: UUID
    kind: str
    kind_words: str
    description: str
    pence: int | None
    state: str
    state_words: str
    recorded_at: datetime
    settled_at: datetime | None
    how: str
    writing_id: UUID | None
    customer_id: UUID | None

    @property
    def is_money(self) -> bool:
        """Whether it is banked rather than given to a service."""
        return self.pence is not None


@dataclass(frozen=True, slots=True)
class LetterView:
    """A letter with its pages, what is proposed and what came with it."""

    id: UUID
    channel: str
    state: str
    received_at: datetime
    language: str
    proposal: Mapping[str, Any]
    sheets: tuple[SheetView, ...]
    originals: tuple[OriginalView, ...]
    writing_id: UUID | None

    @property
    def text(self) -> str:
        """All its words, a blank line between pages."""
        return "\n\n".join(sheet.text for sheet in self.sheets if sheet.text)

    @property
    def codes(self) -> tuple[Mapping[str, Any], ...]:
        """The codes of ours on any of its pages."""
        return tuple(code for sheet in self.sheets for code in sheet.codes)

    @property
    def form(self) -> str:
        """The mark of the form of ours that it is; empty for a letter, or where its pages are of several forms."""
        marks = {str(sheet.filled["mark"]) for sheet in self.sheets if sheet.filled.get("mark")}
        return marks.pop() if len(marks) == 1 else ""


@dataclass(frozen=True, slots=True)
class LetterLine:
    """A letter in the list of those that wait."""

    id: UUID
    channel: str
    received_at: datetime
    pages: int
    first: UUID | None
    sure: bool
    proposal: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """How the post room stands. ``oldest`` is when the letter that waits longest came."""

    waiting: int
    oldest: datetime | None
    unread: int
    failed: int
    held: int
    filed_today: int
    by_machine: int


def standing(*, visible_to: Actor, since: datetime) -> Standing:
    """Return how many letters wait, scans not read or failed, papers in the safe, letters done since. Four queries."""
    require(visible_to, PERMISSION)
    letters = Letter.objects.filter(state=LetterState.WAITING).aggregate(count=Count("id"), oldest=Min("received_at"))
    scans = Scan.objects.filter(state__in=[ScanState.WAITING, ScanState.FAILED]).aggregate(
        waiting=Count("id", filter=Q(state=ScanState.WAITING)), failed=Count("id", filter=Q(state=ScanState.FAILED))
    )
    done = Letter.objects.filter(done_at__gte=since, state=LetterState.FILED).aggregate(
        all=Count("id"), machine=Count("id", filter=Q(done_by__isnull=True))
    )
    held = Original.objects.filter(state=OriginalState.HELD).count()
    return Standing(
        letters["count"], letters["oldest"], scans["waiting"], scans["failed"], held, done["all"], done["machine"]
    )


def waiting_letters(*, visible_to: Actor, most: int = MOST_SHOWN) -> list[LetterLine]:
    """Return the letters that wait to be filed, the longest waiting first. Two queries."""
    require(visible_to, PERMISSION)
    rows = list(Letter.objects.filter(state=LetterState.WAITING).order_by("received_at", "id")[:most])
    pages: dict[UUID, list[UUID]] = {row.id: [] for row in rows}
    for letter_id, sheet_id in (
        Sheet.objects.filter(letter_id__in=pages).order_by("place").values_list("letter_id", "id")
    ):
        if letter_id is not None:
            pages[letter_id].append(sheet_id)
    return [
        LetterLine(
            row.id, row.channel, row.received_at, len(pages[row.id]), next(iter(pages[row.id]), None), row.sure, row.proposal
        )
        for row in rows
    ]  # fmt: skip


def next_letter(after: UUID | None = None, *, visible_to: Actor) -> UUID | None:
    """Return the letter that waits longest after this one; past the last, the first of all but this. Two queries at most."""
    require(visible_to, PERMISSION)
    rows = Letter.objects.filter(state=LetterState.WAITING).order_by("received_at", "id")
    if after is not None:
        here = Letter.objects.filter(id=after).values_list("received_at", flat=True).first()
        if here is not None:
            later = rows.filter(Q(received_at__gt=here) | Q(received_at=here, id__gt=after))
            return (
                later.values_list("id", flat=True).first()
                or rows.exclude(id=after).values_list("id", flat=True).first()
            )
    return rows.values_list("id", flat=True).first()


def letter(letter_id: UUID, *, visible_to: Actor) -> LetterView | None:
    """Return one letter with its pages and papers, or ``None``. Three queries."""
    require(visible_to, PERMISSION)
    row = Letter.objects.filter(id=letter_id).first()
    if row is None:
        return None
    sheets = tuple(
        SheetView(one.id, one.place, one.text, one.sure, tuple(one.codes), one.filled)
        for one in row.sheets.order_by("place")
    )
    originals = tuple(_original(one) for one in row.originals.order_by("recorded_at", "id"))
    return LetterView(
        row.id, row.channel, row.state, row.received_at, row.language, row.proposal, sheets, originals, row.writing_id
    )


def picture(sheet_id: UUID, *, visible_to: Actor) -> bytes | None:
    """Return the picture of a page of a letter that waits (a JPEG), or ``None``."""
    require(visible_to, PERMISSION)
    row = Sheet.objects.filter(id=sheet_id).exclude(path="").first()
    return storage.get(row.path) if row else None


def pictures_of(letter_id: UUID) -> list[bytes]:
    """Return the pictures of a letter's pages in order: for filing it."""
    return [
        storage.get(path)
        for path in Sheet.objects.filter(letter_id=letter_id).order_by("place").values_list("path", flat=True)
        if path
    ]


def scan_content(scan_id: UUID) -> tuple[str, bytes] | None:
    """Return the channel and content of a scan that waits to be read, or ``None`` when there is nothing to do."""
    row = Scan.objects.filter(id=scan_id, state=ScanState.WAITING).exclude(path="").first()
    return (row.channel, storage.get(row.path)) if row else None


def unread_scans(most: int = 100) -> list[UUID]:
    """Return scans that wait to be read, the oldest first."""
    return list(Scan.objects.filter(state=ScanState.WAITING).order_by("arrived_at").values_list("id", flat=True)[:most])


@dataclass(frozen=True, slots=True)
class FailedScan:
    """A scan that could not be read, and why."""

    id: UUID
    name: str
    channel: str
    arrived_at: datetime
    error: str


def failed_scans(*, visible_to: Actor) -> list[FailedScan]:
    """Return scans that could not be read, newest first. One query."""
    require(visible_to, PERMISSION)
    rows = Scan.objects.filter(state=ScanState.FAILED).order_by("-arrived_at", "-id")[:MOST_SHOWN]
    return [FailedScan(row.id, row.name, row.channel, row.arrived_at, row.error) for row in rows]


def register(*, visible_to: Actor, most: int = 200) -> list[OriginalView]:
    """Return what is in the safe, oldest first, then what left it lately. Two queries."""
    require(visible_to, PERMISSION)
    rows = Original.objects.select_related("letter")
    held = rows.filter(state=OriginalState.HELD).order_by("recorded_at", "id")[:most]
    gone = rows.exclude(state=OriginalState.HELD).order_by("-settled_at", "-id")[:MOST_SHOWN]
    return [_original(one) for one in (*held, *gone)]


def originals_of(customer_id: UUID) -> list[dict[str, Any]]:
    """Return a person's papers as plain values, for the copy of her data."""
    fields = ("kind", "description", "pence", "state", "recorded_at", "settled_at", "how")
    return list(Original.objects.filter(customer_id=customer_id).order_by("recorded_at", "id").values(*fields))


def _original(row: Original) -> OriginalView:
    return OriginalView(
        row.id, row.kind, row.get_kind_display(), row.description, row.pence, row.state, row.get_state_display(),
        row.recorded_at, row.settled_at, row.how, row.letter.writing_id, row.customer_id,
    )  # fmt: skip


def printed_form(mark: str) -> PrintedForm | None:
    """Return how a form was printed, by its mark, or ``None`` when it is none of ours."""
    return PrintedForm.objects.filter(mark=mark).first()
