"""The only readers of promises."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from moothall.core.money import pounds
from moothall.promises.actions.facts import OPEN, state_of
from moothall.promises.models import ClockFact, Promise, RedressOwed
from moothall.promises.rules import ClockState, State, allowed_pauses, say_amount, say_moment
from moothall.promises.terms import pack_of, pause_words, standard_now
from moothall.services.pack import REDRESS

_TAGS = {
    State.NOT_STARTED: "on_track",
    State.RUNNING: "on_track",
    State.OVERDUE: "late",
    State.PAUSED: "paused",
    State.MET: "kept",
    State.MET_LATE: "kept_late",
    State.WITHDRAWN: "withdrawn",
}


@dataclass(frozen=True, slots=True)
class RedressView:
    """What is owed for a broken promise. ``words`` say it to the customer; ``kind`` is apology, refund, priority, payment."""

    code: str
    kind: str
    words: str
    pence: int
    owed_at: datetime
    offered_at: datetime | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class PromiseView:
    """One promise as screens show it.

    ``tag`` is one of on_track, at_risk, late, paused, kept, kept_late, withdrawn. ``due_words`` is the date as a customer
    hears it ("Monday 23 November, 5pm"); ``explanation`` says how it was counted; ``paused_for`` holds codes and
    ``paused_words`` what they mean. ``redress`` says what we owe and have not given yet; ``owed`` is all of it.
    """

    id: UUID
    subject_id: UUID
    kind: str
    standard: str
    name: str
    length: str
    tag: str
    started_at: datetime
    due_at: datetime | None
    due_words: str
    new_date: datetime | None
    new_date_words: str
    ended_at: datetime | None
    paused_for: tuple[str, ...]
    may_pause_for: tuple[str, ...]
    extension_left: int
    unit: str
    explanation: str
    redress: str
    is_open: bool
    paused_words: tuple[str, ...] = ()
    owed: RedressView | None = None


def promises_of(subject_ids: Iterable[UUID], *, at: datetime) -> dict[UUID, list[PromiseView]]:
    """Return the promises of each subject, in order made. Two queries however many there are."""
    ids = list(subject_ids)
    found_rows = Promise.objects.filter(subject_id__in=ids).select_related("redress_owed")
    rows = list(found_rows.order_by("started_at", "id"))
    facts: dict[UUID, list[ClockFact]] = {row.id: [] for row in rows}
    for fact in ClockFact.objects.filter(promise_id__in=facts).order_by("sequence"):
        facts[fact.promise_id].append(fact)
    found: dict[UUID, list[PromiseView]] = {subject: [] for subject in ids}
    for row in rows:
        found[row.subject_id].append(_view(row, facts[row.id], at))
    return found


def clock_of(promise: Promise, facts: Iterable[ClockFact], at: datetime) -> ClockState:
    """Return the full state of one promise's clock."""
    return state_of(promise, list(facts), at)


def _view(row: Promise, facts: list[ClockFact], at: datetime) -> PromiseView:
    state = clock_of(row, facts, at)
    standard, words = state.standard, pause_words(row.pack_version_id)
    owed = _owed(row)
    due = state.due_at or row.due_at
    near = at.date()
    again = row.promised_again_at
    zone = due.tzinfo if due else None
    return PromiseView(
        id=row.id, subject_id=row.subject_id, kind=row.kind, standard=row.standard, name=standard.name,
        length=say_amount(standard.amount, standard.unit), tag="at_risk" if state.at_risk else _TAGS[state.state],
        started_at=row.started_at, due_at=due, due_words=say_moment(due, near) if due else "",
        new_date=again, new_date_words=say_moment(again.astimezone(zone), near) if again else "",
        ended_at=row.ended_at, paused_for=state.paused_for, may_pause_for=allowed_pauses(standard),
        extension_left=max(standard.extension_max - state.extended_by, 0), unit=standard.unit.value,
        explanation=state.explain(words) if state.counting else "",
        redress=owed.words if owed is not None and owed.settled_at is None else "", is_open=state.state.is_open,
        paused_words=tuple(words.get(code, code.replace("_", " ")) for code in state.paused_for), owed=owed,
    )  # fmt: skip


def _owed(row: Promise) -> RedressView | None:
    debt: RedressOwed | None = getattr(row, "redress_owed", None)
    if debt is None:
        return None
    entry = pack_of(row.pack_version_id).of(REDRESS).get(debt.code)
    words = entry.says if entry is not None else debt.kind.capitalize()
    return RedressView(
        code=debt.code, kind=debt.kind, words=words.replace("{amount}", pounds(debt.pence)), pence=debt.pence,
        owed_at=debt.owed_at, offered_at=debt.offered_at, settled_at=debt.settled_at,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class OpenPromise:
    """An open promise in short: what an action above needs to choose by."""

    id: UUID
    kind: str
    standard: str


def open_promises(subject_id: UUID) -> list[OpenPromise]:
    """Return the open promises of a subject in order made. One query, no clock counted."""
    rows = Promise.objects.filter(subject_id=subject_id, state__in=["running", "paused"]).order_by("started_at", "id")
    return [OpenPromise(*row) for row in rows.values_list("id", "kind", "standard")]


def open_dues(subject_id: UUID) -> dict[str, datetime | None]:
    """Return when each open promise of a subject falls due, by kind. One query, no clock counted."""
    rows = Promise.objects.filter(subject_id=subject_id, state__in=["running", "paused"]).order_by("due_at")
    return dict(rows.values_list("kind", "due_at"))


def teams_bound_by_law(subject_id: UUID) -> frozenset[str]:
    """Return the teams that owe a subject something by a date set by law which is not over yet. One query."""
    rows = Promise.objects.filter(subject_id=subject_id, state__in=OPEN)
    return frozenset(row.team for row in rows if standard_now(row.terms).statutory)


def next_due(subject_id: UUID) -> tuple[datetime | None, bool]:
    """Return when a subject's next open promise falls due, and whether any open one is broken: for queue columns."""
    rows = Promise.objects.filter(subject_id=subject_id, state__in=["running", "paused"])
    found = list(rows.values_list("due_at", "broken_at", "kind"))
    dues = [due for due, _, _ in found if due is not None]
    return (min(dues) if dues else None), any(broken is not None for _, broken, _ in found)


@dataclass(frozen=True, slots=True)
class PromiseMark:
    """A promise in a list: its state and dates from the cached columns, without counting the clock again."""

    subject_id: UUID
    kind: str
    tag: str
    due_at: datetime | None
    new_date: datetime | None


def marks_of(subject_ids: Iterable[UUID], *, at: datetime) -> dict[UUID, PromiseMark]:
    """Return for each subject the open promise that falls due first, for queues. One query, no clock counted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject_id, kind, state, due_at, warn_at, broken_at, promised_again_at FROM promises_promise "
            "WHERE subject_id = ANY(%s) AND state IN ('running', 'paused') ORDER BY due_at, id",
            [list(subject_ids)],
        )
        found: dict[UUID, PromiseMark] = {}
        for row in map(_Marked._make, cursor.fetchall()):
            found.setdefault(row.subject_id, _mark(row, at))
    return found


def people_promised(subject_kind: str, *, services: Iterable[str], area: str = "") -> list[tuple[UUID, UUID]]:
    """Return the subjects of a kind with an open promise of these services (in an area), each with its customer."""
    rows = Promise.objects.filter(
        subject_kind=subject_kind,
        service__in=list(services),
        state__in=["running", "paused"],
        customer_id__isnull=False,
    )
    if area:
        rows = rows.filter(area=area)
    return [(one, customer) for one, customer in rows.values_list("subject_id", "customer_id").distinct() if customer]


def at_risk_promises(at: datetime) -> QuerySet[Promise]:
    """Return the promises that are at risk at a moment, by the cached columns: for lists above to choose by."""
    return Promise.objects.filter(state="running", broken_at=None, warn_at__lte=at, due_at__gte=at)


class _Marked(NamedTuple):
    subject_id: UUID
    kind: str
    state: str
    due_at: datetime | None
    warn_at: datetime | None
    broken_at: datetime | None
    promised_again_at: datetime | None


def _mark(row: _Marked, at: datetime) -> PromiseMark:
    if row.state == "paused":
        tag = "paused"
    elif row.broken_at is not None or (row.due_at is not None and row.due_at < at):
        tag = "late"
    elif row.warn_at is not None and row.warn_at <= at:
        tag = "at_risk"
    else:
        tag = "on_track"
    return PromiseMark(row.subject_id, row.kind, tag, row.due_at, row.promised_again_at)
