"""The only readers of promises."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from moothall.promises.actions import clock_fact
from moothall.promises.models import ClockFact, Promise
from moothall.promises.rules import ClockState, State, allowed_pauses, evaluate, say_amount, say_moment
from moothall.promises.terms import calendar, from_terms

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
class PromiseView:
    """One promise as screens show it.

    ``tag`` is one of on_track, at_risk, late, paused, kept, kept_late, withdrawn. ``due_words`` is the date as a customer
    hears it ("Monday 23 November, 5pm"); ``explanation`` says how it was counted.
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


def promises_of(subject_ids: Iterable[UUID], *, at: datetime) -> dict[UUID, list[PromiseView]]:
    """Return the promises of each subject, in order made. Two queries however many there are."""
    ids = list(subject_ids)
    rows = list(Promise.objects.filter(subject_id__in=ids).order_by("started_at", "id"))
    facts: dict[UUID, list[ClockFact]] = {row.id: [] for row in rows}
    for fact in ClockFact.objects.filter(promise_id__in=facts).order_by("sequence"):
        facts[fact.promise_id].append(fact)
    found: dict[UUID, list[PromiseView]] = {subject: [] for subject in ids}
    for row in rows:
        found[row.subject_id].append(_view(row, facts[row.id], at))
    return found


def clock_of(promise: Promise, facts: Iterable[ClockFact], at: datetime) -> ClockState:
    """Return the full state of one promise's clock."""
    standard = from_terms(promise.terms)
    hours = calendar(standard.calendar, promise.pack_version_id)
    return evaluate(standard, hours, [clock_fact(fact) for fact in facts], at)


def _view(row: Promise, facts: list[ClockFact], at: datetime) -> PromiseView:
    standard = from_terms(row.terms)
    state = clock_of(row, facts, at)
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
        explanation=state.explain() if state.counting else "", redress=standard.redress if row.broken_at else "",
        is_open=state.state.is_open,
    )  # fmt: skip


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
    rows = Promise.objects.filter(subject_id__in=list(subject_ids), state__in=["running", "paused"])
    found: dict[UUID, PromiseMark] = {}
    for row in rows.order_by("due_at", "id").only(
        "subject_id", "kind", "state", "due_at", "warn_at", "broken_at", "promised_again_at"
    ):
        found.setdefault(row.subject_id, _mark(row, at))
    return found


def _mark(row: Promise, at: datetime) -> PromiseMark:
    if row.state == "paused":
        tag = "paused"
    elif row.broken_at is not None or (row.due_at is not None and row.due_at < at):
        tag = "late"
    elif row.warn_at is not None and row.warn_at <= at:
        tag = "at_risk"
    else:
        tag = "on_track"
    return PromiseMark(row.subject_id, row.kind, tag, row.due_at, row.promised_again_at)
