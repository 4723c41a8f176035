"""One case, whole, for the officer who works it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from moothall.cases.models import Case, CaseContact, Note, Presence, Task
from moothall.cases.queries.lists import CaseLine, line, visible
from moothall.core.actors import Actor
from moothall.core.event_feed import events_of_case
from moothall.core.events import Recorded
from moothall.core.models import Staff
from moothall.promises.queries import PromiseView, promises_of

PRESENT_FOR = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NoteLine:
    """One note on a case."""

    id: UUID
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    text: str
    visible_to_customer: bool


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task of a case."""

    id: UUID
    title: str
    kind: str
    team: str
    assignee_id: UUID | None
    promise_id: UUID | None
    created_at: datetime
    due_at: datetime | None
    done_at: datetime | None
    outcome: str


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything a case page shows. ``staff`` names the officers that ids on the page stand for."""

    case: CaseLine
    version: int
    pack_version_id: UUID | None
    contact_id: UUID | None
    contact_ids: tuple[UUID, ...]
    uprn: int | None
    fee_pence: int
    answers: Mapping[str, Any]
    decisions: tuple[Mapping[str, Any], ...]
    promises: tuple[PromiseView, ...]
    tasks: tuple[TaskLine, ...]
    notes: tuple[NoteLine, ...]
    events: tuple[Recorded, ...]
    present: tuple[str, ...]
    joined_to: UUID | None
    staff: Mapping[UUID, str]


def case_page(case_id: UUID, *, visible_to: Actor, at: datetime) -> CasePage | None:
    """Return a case with all that belongs to it, or ``None`` where there is none that this actor may know of.

    Nine queries, whatever the case holds.
    """
    case = visible(Case.objects.filter(id=case_id), visible_to).first()
    if case is None:
        return None
    tasks = list(Task.objects.filter(case=case).order_by("created_at", "id"))
    notes = list(Note.objects.filter(case=case).order_by("-at", "-id")[:200])
    events = events_of_case(case.id)
    here = [p for p in Presence.objects.filter(case=case, seen_at__gt=at - PRESENT_FOR) if p.staff_id != visible_to.id]
    links = list(CaseContact.objects.filter(case=case).values_list("contact_id", flat=True))
    ids = {case.assignee_id, *(t.assignee_id for t in tasks), *(n.actor_id for n in notes), *(p.staff_id for p in here)}
    ids |= {e.actor_id for e in events if e.actor_kind == "staff"}
    known = [i for i in ids if i is not None]
    names = dict(Staff.objects.filter(id__in=known).values_list("id", "name"))
    return CasePage(
        case=line(case), version=case.version, pack_version_id=case.pack_version_id, contact_id=case.contact_id,
        contact_ids=tuple(links), uprn=case.uprn, fee_pence=case.fee_pence, answers=case.answers,
        decisions=tuple(case.decisions), promises=tuple(promises_of([case.id], at=at)[case.id]),
        tasks=tuple(_task(t) for t in tasks), notes=tuple(_note(n) for n in notes), events=tuple(events),
        present=tuple(names.get(p.staff_id, "A colleague") for p in here), joined_to=case.joined_to_id,
        staff=names,
    )  # fmt: skip


def _task(t: Task) -> TaskLine:
    return TaskLine(
        t.id, t.title, t.kind, t.team, t.assignee_id, t.promise_id, t.created_at, t.due_at, t.done_at, t.outcome
    )


def _note(n: Note) -> NoteLine:
    return NoteLine(n.id, n.at, n.actor_kind, n.actor_id, n.text, n.visible_to_customer)
