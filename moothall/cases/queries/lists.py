"""Lists of cases: queues, the newest, one person's. Keyset pages; one query each."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from moothall.cases.models import Case, CaseContact, CaseState, Task
from moothall.cases.named import case_named
from moothall.core.access import require, restrictions_visible_to
from moothall.core.actors import Actor
from moothall.core.paging import Page, page_of, unpack_moment, unpack_place
from moothall.core.references import NotAReference, read_reference
from moothall.customers.models import ContactPoint

Picked = TypeVar("Picked")
OPEN = (CaseState.OPEN, CaseState.WAITING)


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One row of a list of cases. ``late`` means an open promise is broken; ``due_at`` is the next one's."""

    id: UUID
    reference: str
    service: str
    kind: str
    state: str
    status: str
    priority: str
    channel: str
    team: str
    assignee_id: UUID | None
    customer_id: UUID | None
    place_text: str
    area: str
    opened_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    late: bool
    outcome: str
    resolved: bool | None


def visible(rows: QuerySet[Case], actor: Actor) -> QuerySet[Case]:
    """Leave out what this actor may not know of: restricted kinds are invisible, not locked."""
    require(actor, "case.view")
    allowed = restrictions_visible_to(actor)
    if allowed is None:
        return rows
    return rows.filter(restricted__in=["", *sorted(allowed)])


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases: nothing named is all of them. ``customer_ids``: of these people, of nobody where it is empty."""

    service: str = ""
    team: str = ""
    state: str = ""
    late: bool | None = None
    customer_ids: Sequence[UUID] | None = None


def newest_cases(wanted: CaseFilter, *, visible_to: Actor, after: str = "", size: int = 25) -> Page[CaseLine]:
    """Return cases, newest first."""
    rows = visible(Case.objects.all(), visible_to)
    for column in ("service", "team", "state"):
        if value := getattr(wanted, column):
            rows = rows.filter(**{column: value})
    if wanted.late is not None:
        rows = rows.filter(late=wanted.late)
    if wanted.customer_ids is not None:
        rows = rows.filter(customer_id__in=list(wanted.customer_ids))
    if after:
        opened, last = unpack_moment(after)
        rows = rows.filter(Q(opened_at__lt=opened) | Q(opened_at=opened, id__lt=last))
    found = _lines(rows.order_by("-opened_at", "-id")[: size + 1])
    return page_of(found, size, lambda case: (case.opened_at, case.id), lambda case: case, first=not after)


def cases_of(customer_ids: Iterable[UUID], *, visible_to: Actor, limit: int = 50) -> list[CaseLine]:
    """Return a person's newest cases."""
    rows = visible(Case.objects.filter(customer_id__in=list(customer_ids)), visible_to)
    return _lines(rows.order_by("-opened_at", "-id")[:limit])


def last_asked(customer_ids: Iterable[UUID], *, visible_to: Actor) -> dict[UUID, datetime]:
    """Return when each of these people last asked for something this actor may know of: never for what. One query."""
    rows = visible(Case.objects.filter(customer_id__in=list(customer_ids)), visible_to)
    newest = rows.order_by("customer_id", "-opened_at", "-id").distinct("customer_id")
    return {found: at for found, at in newest.values_list("customer_id", "opened_at") if found is not None}


def own_case_of(customer_ids: Iterable[UUID], *, visible_to: Actor) -> UUID | None:
    """Return the newest open case of a person that is this officer's, or her team's; ``None`` without one. One query."""
    rows = visible(Case.objects.filter(customer_id__in=list(customer_ids), state__in=OPEN), visible_to)
    hers = rows.filter(Q(assignee_id=visible_to.id) | Q(team__in=sorted(visible_to.teams)))
    return hers.order_by("-opened_at").values_list("id", flat=True).first()


def is_case_of(case_id: UUID, *, visible_to: Actor) -> bool:
    """Say whether a case, open or closed, is this officer's or her teams'. One query."""
    hers = Q(assignee_id=visible_to.id) | Q(team__in=sorted(visible_to.teams))
    return visible(Case.objects.filter(hers, id=case_id), visible_to).exists()


def open_of_service(
    service: str, *, visible_to: Actor, customer_ids: Iterable[UUID] = (), most: int = 50
) -> list[CaseLine]:
    """Return the open cases of one service, of these people where any are named, the oldest first. One query."""
    rows = visible(Case.objects.filter(service=service, state__in=[CaseState.OPEN, CaseState.WAITING]), visible_to)
    if people := list(customer_ids):
        rows = rows.filter(customer_id__in=people)
    return _lines(rows.order_by("opened_at", "id")[:most])


def hidden_cases(actor: Actor) -> QuerySet[Case] | None:
    """Return the cases of restricted kinds that this actor may not know of, for rooms above to leave out what hangs on
    them; ``None`` when nothing is hidden from the actor."""
    allowed = restrictions_visible_to(actor)
    return None if allowed is None else Case.objects.exclude(restricted__in=["", *sorted(allowed)])


def hidden_among(ids: Iterable[UUID], *, actor: Actor) -> set[UUID]:
    """Return which of these cases this actor may not know of. One query."""
    hidden = hidden_cases(actor)
    return set() if hidden is None else set(hidden.filter(id__in=set(ids)).values_list("id", flat=True))


def cases_by_id(ids: Iterable[UUID], *, visible_to: Actor) -> dict[UUID, CaseLine]:
    """Return the visible ones of these cases by id."""
    rows = visible(Case.objects.filter(id__in=list(ids)), visible_to)
    return {case.id: case for case in _lines(rows)}


def cases_opened_in(contact_ids: Iterable[UUID], *, visible_to: Actor) -> dict[UUID, CaseLine]:
    """Return the cases that these contacts opened, by contact. Two queries."""
    opened = CaseContact.objects.filter(contact_id__in=list(contact_ids), role="opened")
    by_case = dict(opened.values_list("case_id", "contact_id"))
    found = cases_by_id(by_case, visible_to=visible_to) if by_case else {}
    return {by_case[case_id]: case for case_id, case in found.items()}


def cases_made_with(values: Iterable[tuple[str, str]], *, limit: int = 50) -> list[CaseLine]:
    """Return the newest cases of records with one of these addresses (kind, normalised value), for somebody who has shown
    that the addresses are hers. Restricted kinds are left out: an address may be a household's. One query.
    """
    wanted = Q()
    for kind, value in values:
        wanted |= Q(kind=kind, value=value)
    if not wanted:
        return []
    people = ContactPoint.objects.filter(wanted, sealed="").values("customer_id")
    rows = Case.objects.filter(customer_id__in=people, restricted="")
    return _lines(rows.order_by("-opened_at", "-id")[:limit])


def find_by_reference(text: str, *, visible_to: Actor) -> CaseLine | None:
    """Return the case whose reference somebody read out, or whose booking's, payment's or referral's, if this actor may
    know of it."""
    try:
        case_id = case_named(read_reference(text), for_officer=True)
    except NotAReference:
        return None
    found = _lines(visible(Case.objects.filter(id=case_id), visible_to)[:1]) if case_id else []
    return found[0] if found else None


def asked_at_address(
    service: str, uprn: int, pick: Callable[[Mapping[str, Any]], Picked], *, since: datetime, but: Collection[str] = ()
) -> list[Picked]:
    """Return what ``pick`` takes of the answers, for each time this service was asked for at this address since then, without
    those that ended as one of ``but``. For rules, at most a hundred: no person, no case is told. One query.
    """
    rows = Case.objects.filter(uprn=uprn, service=service, opened_at__gte=since).exclude(outcome__in=list(but))
    return [pick(answers) for answers in rows.order_by("-opened_at", "-id").values_list("answers", flat=True)[:100]]


def raised_at_address(service: str, uprn: int, *, since: datetime) -> bool:
    """Say whether this service was asked for at this address since then. For rules: no person, no case is told."""
    return Case.objects.filter(uprn=uprn, service=service, opened_at__gte=since).exists()


@dataclass(frozen=True, slots=True)
class TeamTask:
    """An open task in a team's list."""

    id: UUID
    case_id: UUID
    reference: str
    service: str
    title: str
    kind: str
    team: str
    assignee_id: UUID | None
    due_at: datetime | None
    created_at: datetime


def tasks_of_team(
    teams: Iterable[str], *, visible_to: Actor, assignee_id: UUID | None = None, after: str = "", size: int = 25
) -> Page[TeamTask]:
    """Return open tasks of teams (or of one person) by due time, those without one last."""
    require(visible_to, "case.view")
    rows = Task.objects.filter(done_at=None, team__in=list(teams)).select_related("case")
    allowed = restrictions_visible_to(visible_to)
    if allowed is not None:
        rows = rows.filter(case__restricted__in=["", *sorted(allowed)])
    if assignee_id:
        rows = rows.filter(assignee_id=assignee_id)
    if after:
        due, last = unpack_place(after)
        if due is None:
            rows = rows.filter(due_at=None, id__gt=last)
        else:
            rows = rows.filter(Q(due_at__gt=due) | Q(due_at=due, id__gt=last) | Q(due_at=None))
    found = list(rows.order_by("due_at", "id")[: size + 1])
    return page_of(found, size, lambda task: (task.due_at, task.id), _task, first=not after)


@dataclass(frozen=True, slots=True)
class KindTask:
    """A task of one kind, done or not: for the room that raised it."""

    id: UUID
    case_id: UUID
    title: str
    team: str
    due_at: datetime | None
    done_at: datetime | None
    outcome: str


def tasks_of_kind(case_id: UUID, kind: str) -> list[KindTask]:
    """Return the tasks of one kind of a case, the oldest first. One query. For rooms above, of what they raised."""
    return _of_kind(Task.objects.filter(case_id=case_id, kind=kind))


def overdue_of_kind(kind: str, *, at: datetime, unless: str, limit: int = 200) -> list[KindTask]:
    """Return open tasks of one kind that are overdue, of cases that have none of the kind ``unless`` about it: one whose
    title ends as theirs. The longest overdue first. One query.
    """
    known = Task.objects.filter(case_id=OuterRef("case_id"), kind=unless, title__endswith=OuterRef("title"))
    rows = Task.objects.filter(kind=kind, done_at=None, due_at__lte=at, case__state__in=["open", "waiting"])
    return _of_kind(rows.exclude(Exists(known)).order_by("due_at", "id")[:limit])


def _of_kind(rows: QuerySet[Task]) -> list[KindTask]:
    return [KindTask(t.id, t.case_id, t.title, t.team, t.due_at, t.done_at, t.outcome) for t in rows]


def _task(task: Task) -> TeamTask:
    return TeamTask(
        id=task.id, case_id=task.case_id, reference=task.case.reference, service=task.case.service, title=task.title,
        kind=task.kind, team=task.team, assignee_id=task.assignee_id, due_at=task.due_at, created_at=task.created_at,
    )  # fmt: skip


SHOWN = tuple(field.name for field in fields(CaseLine))
"""A line's fields are columns of the same names."""


def _lines(rows: QuerySet[Case]) -> list[CaseLine]:
    return [CaseLine(*row) for row in rows.values_list(*SHOWN)]


def line(case: Case) -> CaseLine:
    """Return a row as lists show it."""
    return CaseLine(*(getattr(case, name) for name in SHOWN))
