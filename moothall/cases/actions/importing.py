"""Bringing in cases of the past, many at once: another system's record, the history of a demonstration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from moothall.cases import events
from moothall.cases.actions.opening import NewCase
from moothall.cases.models import CaseState
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.bulk import copy_events, copy_rows
from moothall.core.events import Happening
from moothall.core.ids import new_id, new_ids
from moothall.core.reference_numbers import next_references


@dataclass(frozen=True, slots=True)
class ImportedNote:
    """What was written on a case, when, and by what kind of actor."""

    at: datetime
    text: str
    visible_to_customer: bool = False
    actor_kind: str = "staff"
    actor_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ImportedCase:
    """One case as it stands. Closed when `closed_at` is given; `joined` are later contacts as (contact, role, when)."""

    new: NewCase
    opened_at: datetime
    closed_at: datetime | None = None
    outcome: str = ""
    resolved: bool | None = None
    waiting_for: str = ""
    joined: Sequence[tuple[UUID, str, datetime]] = ()
    notes: Sequence[ImportedNote] = ()
    id: UUID = field(default_factory=new_id)


_CASE = (
    "id", "reference", "service", "kind", "restricted", "pack_version_id", "state", "status", "priority", "channel",
    "customer_id", "contact_id", "team", "assignee_id", "uprn", "area", "place_text", "latitude", "longitude", "answers",
    "decisions", "fee_pence", "opened_at", "changed_at", "closed_at", "outcome", "resolved", "due_at", "late",
    "track_email", "track_postcode", "external_id", "source", "imported", "version",
)  # fmt: skip
_LINK = ("id", "case_id", "contact_id", "role", "at")
_NOTE = ("id", "case_id", "at", "actor_kind", "actor_id", "text", "visible_to_customer")


def import_cases(cases: Sequence[ImportedCase], *, by: Actor) -> list[str]:
    """Bring in cases with the contacts that belong to them, notes and events, in one transaction; nobody is told.

    Import their promises first: what the queues show is read from those. Returns the new references, in order.

    Raises:
        Refused: the actor may not import. IntegrityError: a source's `external_id` is there already.
    """
    require(by, "import.run")
    with transaction.atomic():
        references = next_references(len(cases))
        due = _open_dues([case.id for case in cases if case.closed_at is None])
        pairs = list(zip(cases, references, strict=True))
        copy_rows("cases_case", _CASE, (_row(c, r, *due.get(c.id, (None, False))) for c, r in pairs))
        copy_rows("cases_casecontact", _LINK, _links(cases))
        copy_rows("cases_note", _NOTE, _notes(cases))
        copy_events((h for c, r in pairs for h in _happenings(c, r)), by=by)
    return references


def _open_dues(case_ids: Sequence[UUID]) -> dict[UUID, tuple[datetime | None, bool]]:
    """When the next open promise of each open case falls due, and whether one is broken. One query."""
    if not case_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject_id, min(due_at), bool_or(broken_at IS NOT NULL) FROM promises_promise"
            " WHERE subject_id = ANY(%s) AND state IN ('running', 'paused') GROUP BY subject_id",
            [list(case_ids)],
        )
        return {case_id: (due, late) for case_id, due, late in cursor.fetchall()}


def _row(c: ImportedCase, reference: str, due: datetime | None, late: bool) -> Sequence[Any]:
    n, closed = c.new, c.closed_at
    if closed is not None:
        state, status = CaseState.CLOSED.value, "done" if c.resolved else "closed_not_done"
    elif c.waiting_for:
        state, status = CaseState.WAITING.value, "waiting_for_you"
    else:
        state, status = CaseState.OPEN.value, n.status
    last = max([closed or c.opened_at, *(at for _, _, at in c.joined), *(note.at for note in c.notes)])
    return (
        c.id, reference, n.service, n.kind, n.restricted, n.pack_version_id, state, status, n.priority, n.channel,
        n.customer_id, n.contact_id, n.team, n.assignee_id, n.uprn, n.area, n.place_text[:300], n.latitude, n.longitude,
        dict(n.answers), [dict(decision) for decision in n.decisions], n.fee_pence, c.opened_at, last, closed,
        c.outcome[:120], c.resolved, due, late, n.track_email, n.track_postcode, n.external_id, n.source, True, 1,
    )  # fmt: skip


def _links(cases: Sequence[ImportedCase]) -> Iterator[Sequence[Any]]:
    ids = new_ids()
    for c in cases:
        if c.new.contact_id is not None:
            yield next(ids), c.id, c.new.contact_id, "opened", c.opened_at
        for contact_id, role, at in c.joined:
            yield next(ids), c.id, contact_id, role, at


def _notes(cases: Sequence[ImportedCase]) -> Iterator[Sequence[Any]]:
    ids = new_ids()
    for c in cases:
        for note in c.notes:
            yield next(ids), c.id, note.at, note.actor_kind, note.actor_id, note.text, note.visible_to_customer


def _happenings(c: ImportedCase, reference: str) -> Iterator[Happening]:
    n = c.new

    def said(name: str, at: datetime, **data: Any) -> Happening:
        return Happening(
            name=name, subject_kind="case", subject_id=c.id, occurred_at=at, case_id=c.id, contact_id=n.contact_id,
            customer_id=n.customer_id, service=n.service, channel=n.channel, team=n.team, area=n.area, data=data,
        )  # fmt: skip

    rows = [str(decision.get("row", "")) for decision in n.decisions]
    yield said(events.OPENED, c.opened_at, priority=n.priority, reference=reference, kind=n.kind, decisions=rows)
    if n.assignee_id is not None:
        yield said(
            events.ASSIGNED, c.opened_at, team=n.team, assignee_id=str(n.assignee_id), from_team=n.team, reason=""
        )
    for _, role, at in c.joined:
        yield said(events.JOINED, at, role=role)
    if c.closed_at is not None:
        days = (c.closed_at - c.opened_at).days
        yield said(events.CLOSED, c.closed_at, outcome=c.outcome[:120], resolved=c.resolved, days=days)
