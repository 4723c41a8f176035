"""Facts and the columns computed from them: the one way in which every action changes a promise.

Facts are stored, never counters: after each fact the cached columns are computed again by ``rebuild``. Every action
takes the rows' lock first, so two at once are in order.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from psycopg.types.json import Jsonb

from moothall.core.actors import Actor
from moothall.core.ids import new_id
from moothall.promises.models import ClockFact, Promise, PromiseState
from moothall.promises.rules import ClockState, Fact, FactKind, State, evaluate, latest_due
from moothall.promises.terms import calendar, from_terms, receiver_hours, with_standard_now

STATES = {
    State.NOT_STARTED: PromiseState.RUNNING,
    State.RUNNING: PromiseState.RUNNING,
    State.OVERDUE: PromiseState.RUNNING,
    State.PAUSED: PromiseState.PAUSED,
    State.MET: PromiseState.MET,
    State.MET_LATE: PromiseState.LATE,
    State.WITHDRAWN: PromiseState.WITHDRAWN,
}
OPEN = (PromiseState.RUNNING, PromiseState.PAUSED)
Facts = dict[UUID, list[ClockFact]]

_SAVE = """
UPDATE promises_promise AS p SET
    due_at = n.due_at, warn_at = n.warn_at, state = n.state, ended_at = n.ended_at, broken_at = n.broken_at,
    promised_again_at = n.promised_again_at, warned_at = n.warned_at, team = n.team, standard = n.standard, terms = n.terms
FROM unnest(%s::uuid[], %s::timestamptz[], %s::timestamptz[], %s::text[], %s::timestamptz[], %s::timestamptz[],
    %s::timestamptz[], %s::timestamptz[], %s::text[], %s::text[], %s::jsonb[])
    AS n(id, due_at, warn_at, state, ended_at, broken_at, promised_again_at, warned_at, team, standard, terms)
WHERE p.id = n.id
"""


def locked(subject_id: UUID) -> list[Promise]:
    """Lock the open promises of a subject, in order made."""
    rows = Promise.objects.select_for_update().filter(subject_id=subject_id, state__in=OPEN)
    return list(rows.order_by("started_at", "id"))


def facts_of(promises: Iterable[Promise]) -> Facts:
    """Return the facts of each promise in order recorded. One query."""
    known: Facts = {promise.id: [] for promise in promises}
    for fact in ClockFact.objects.filter(promise_id__in=known).order_by("sequence"):
        known[fact.promise_id].append(fact)
    return known


def state_of(promise: Promise, facts: Sequence[ClockFact], now: datetime) -> ClockState:
    """Return the state of one promise's clock from its facts; warnings fall in the hours of its team."""
    standard, version = from_terms(promise.terms), promise.pack_version_id
    changed = [fact.data["terms"] for fact in facts if fact.kind == FactKind.STANDARD_CHANGED]
    current = from_terms(changed[-1]) if changed else standard
    return evaluate(
        standard, calendar(standard.calendar, version), [clock_fact(fact, version) for fact in facts], now,
        receiver=receiver_hours(promise.team, current, version),
    )  # fmt: skip


def rebuild(promise: Promise, facts: Sequence[ClockFact], now: datetime, first: Promise | None = None) -> ClockState:
    """Compute the cached columns from the facts: the one function that does. ``broken_at`` is set by owning up alone."""
    state = state_of(promise, facts, now)
    promise.state = STATES[state.state]
    promise.ended_at = state.closed_at
    promise.standard = state.standard.code
    promise.terms = with_standard_now(promise.terms, state.standard)
    if state.due_at is not None:
        promise.due_at, promise.warn_at = state.due_at, state.at_risk_at
    elif first is not None:
        standard = state.standard
        hours = calendar(standard.calendar, promise.pack_version_id)
        promise.due_at = latest_due(standard, hours, _as_if_started(first, now), promise.started_at)
    return state


def _as_if_started(promise: Promise, now: datetime) -> ClockState:
    standard = from_terms(promise.terms)
    started = Fact(FactKind.STARTED, promise.started_at)
    return evaluate(standard, calendar(standard.calendar, promise.pack_version_id), [started], now)


def save_columns(promises: Sequence[Promise]) -> None:
    """Save the cached columns of any number of promises in one statement."""
    if not promises:
        return
    columns = (
        "id",
        "due_at",
        "warn_at",
        "state",
        "ended_at",
        "broken_at",
        "promised_again_at",
        "warned_at",
        "team",
        "standard",
    )
    values = [[getattr(promise, column) for promise in promises] for column in columns]
    values[3] = [str(state) for state in values[3]]
    with connection.cursor() as cursor:
        cursor.execute(_SAVE, [*values, [Jsonb(promise.terms) for promise in promises]])


def clock_fact(row: ClockFact, version_id: UUID | None = None) -> Fact:
    """Return the stored fact as the clock reads it; ``version_id`` is the pack its promise was made under."""
    new_due, terms = row.data.get("new_due") or row.data.get("agreed"), row.data.get("terms")
    under = row.data.get("pack_version_id")
    standard = from_terms(terms) if terms else None
    return Fact(
        kind=FactKind(row.kind), at=row.at, sequence=row.sequence, reason=row.reason, by=int(str(row.data.get("by", 0))),
        new_due=datetime.fromisoformat(str(new_due)) if new_due else None, standard=standard,
        calendar=calendar(standard.calendar, UUID(str(under)) if under else version_id) if standard else None,
    )  # fmt: skip


def new_fact(
    promise: Promise, facts: list[ClockFact], kind: FactKind, at: datetime, by: Actor, *, reason: str = "",
    data: dict[str, object] | None = None,
) -> ClockFact:  # fmt: skip
    """Append one more fact to those of a promise (not saved) and return it."""
    fact = ClockFact(
        id=new_id(), promise=promise, sequence=len(facts) + 1, kind=kind.value, at=at, reason=reason, data=data or {},
        actor_kind=by.kind.value, actor_id=by.id,
    )  # fmt: skip
    facts.append(fact)
    return fact


def started(facts: Iterable[ClockFact]) -> bool:
    """Whether the clock has begun: one chained to another waits for it."""
    return any(fact.kind == FactKind.STARTED for fact in facts)
