"""The only writers of promises and their clock facts.

Facts are stored, never counters: after each fact the cached columns are computed again by ``_rebuild``. Every action
takes the rows' lock first, so two at once are in order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from moothall.core.actors import Actor
from moothall.core.events import Happening, record
from moothall.core.ids import new_id
from moothall.promises import events
from moothall.promises.events import happening
from moothall.promises.models import ClockFact, Promise, PromiseState
from moothall.promises.rules import (
    ClockState,
    Fact,
    FactKind,
    Standard,
    Starts,
    State,
    check_extension,
    check_pause,
    evaluate,
    latest_due,
)
from moothall.promises.terms import calendar, from_terms, to_terms

_STATES = {
    State.NOT_STARTED: PromiseState.RUNNING,
    State.RUNNING: PromiseState.RUNNING,
    State.OVERDUE: PromiseState.RUNNING,
    State.PAUSED: PromiseState.PAUSED,
    State.MET: PromiseState.MET,
    State.MET_LATE: PromiseState.LATE,
    State.WITHDRAWN: PromiseState.WITHDRAWN,
}
OPEN = (PromiseState.RUNNING, PromiseState.PAUSED)


@dataclass(frozen=True, slots=True)
class NewPromise:
    """A promise about to be made. ``after`` names the earlier one of the same batch (by kind) that it is chained to."""

    kind: str
    standard: Standard
    subject_kind: str
    subject_id: UUID
    received_at: datetime
    customer_id: UUID | None = None
    service: str = ""
    channel: str = ""
    team: str = ""
    area: str = ""
    pack_version_id: UUID | None = None
    after: str = ""
    met_at: datetime | None = None
    """Kept as it is made: an acknowledgement that the customer has on her screen."""


def make_promises(new: Sequence[NewPromise], *, by: Actor, at: datetime) -> list[Promise]:
    """Make promises, start their clocks and record ``promise.made`` for each.

    A promise chained to another that starts only when that one is met is given the date it falls due if the first is
    kept exactly on time: that is the date the customer is told.
    """
    promises: dict[str, Promise] = {}
    facts: list[ClockFact] = []
    for item in new:
        first = promises.get(item.after) if item.after else None
        promise = Promise(
            id=new_id(), kind=item.kind, standard=item.standard.code, terms=to_terms(item.standard),
            subject_kind=item.subject_kind, subject_id=item.subject_id, customer_id=item.customer_id,
            service=item.service, channel=item.channel, team=item.team, area=item.area,
            pack_version_id=item.pack_version_id, started_at=item.received_at, after=first,
        )  # fmt: skip
        mine: list[ClockFact] = []
        if first is None or item.standard.starts is Starts.RECEIPT:
            mine.append(_fact(promise, 1, FactKind.STARTED, item.received_at, by))
        if item.met_at is not None:
            mine.append(_fact(promise, len(mine) + 1, FactKind.MET, item.met_at, by))
        _rebuild(promise, mine, at, first)
        promises[item.kind] = promise
        facts += mine
    made = list(promises.values())
    happened = [happening(events.MADE, p, at, amount=p.terms["amount"], unit=p.terms["unit"]) for p in made]
    happened += [_met(events.MET, p, at) for p in made if p.ended_at is not None]
    with transaction.atomic(savepoint=False):
        Promise.objects.bulk_create(made)
        ClockFact.objects.bulk_create(facts)
        record(happened, by=by)
    return made


def pause_promises(subject_id: UUID, *, reason: str, by: Actor, at: datetime) -> list[Promise]:
    """Pause every open clock of a subject that may pause for this reason; those that may not run on.

    Raises:
        NotAllowed: none of them may pause for it; the message says for what they may.
    """
    with transaction.atomic():
        open_ones = _locked(subject_id)
        able = [p for p in open_ones if _may_pause(p, reason)]
        if open_ones and not able:
            check_pause(from_terms(open_ones[-1].terms), reason)
        return _add(able, FactKind.PAUSED, events.PAUSED, by=by, at=at, reason=reason)


def resume_promises(subject_id: UUID, *, reason: str = "", by: Actor, at: datetime) -> list[Promise]:
    """Resume the paused clocks of a subject; with a reason only that pause ends. Nothing paused: nothing happens."""
    with transaction.atomic():
        paused = [p for p in _locked(subject_id) if p.state == PromiseState.PAUSED]
        return _add(paused, FactKind.RESUMED, events.RESUMED, by=by, at=at, reason=reason)


def extend_promise(promise_id: UUID, *, amount: int, reason: str, by: Actor, at: datetime) -> Promise:
    """Extend one promise, in its own unit, for a reason the customer is told.

    Raises:
        NotAllowed: the standard allows no extension, or not so much.
    """
    with transaction.atomic():
        promise = Promise.objects.select_for_update().get(id=promise_id)
        facts = list(promise.facts.order_by("sequence"))
        already = sum(int(str(f.data.get("by", 0))) for f in facts if f.kind == FactKind.EXTENDED)
        check_extension(from_terms(promise.terms), amount, reason, already)
        return _add([promise], FactKind.EXTENDED, events.EXTENDED, by=by, at=at, reason=reason, data={"by": amount})[0]


def meet_promises(subject_id: UUID, *, kinds: Iterable[str] | None = None, by: Actor, at: datetime) -> list[Promise]:
    """Mark open promises of a subject as kept now (in time or late, as their clocks say); ``None`` means every kind.

    A promise chained to one that is met here starts its own clock.
    """
    wanted = set(kinds) if kinds is not None else None
    with transaction.atomic():
        open_ones = _locked(subject_id)
        met = [p for p in open_ones if wanted is None or p.kind in wanted]
        _add(met, FactKind.MET, events.MET, by=by, at=at)
        _start_chained(open_ones, met, by=by, at=at)
        return met


def meet_promise(promise_id: UUID, *, by: Actor, at: datetime) -> Promise:
    """Mark one open promise as kept now, in time or late; one that is over already stays as it is."""
    with transaction.atomic():
        promise = Promise.objects.select_for_update().get(id=promise_id)
        if promise.state in OPEN:
            _add([promise], FactKind.MET, events.MET, by=by, at=at)
        return promise


def withdraw_promises(subject_id: UUID, *, reason: str, by: Actor, at: datetime) -> list[Promise]:
    """End the open clocks of a subject without a verdict: the customer withdrew, or it was joined to another."""
    with transaction.atomic():
        return _add(_locked(subject_id), FactKind.WITHDRAWN, events.WITHDRAWN, by=by, at=at, reason=reason)


def reopen_promises(subject_id: UUID, *, kinds: Iterable[str], by: Actor, at: datetime) -> list[Promise]:
    """Start closed clocks of these kinds again where they stopped: the work was not done after all."""
    with transaction.atomic():
        closed = Promise.objects.select_for_update().filter(subject_id=subject_id, kind__in=list(kinds))
        again = [p for p in closed.order_by("started_at") if p.state not in OPEN]
        return _add(again, FactKind.REOPENED, events.REOPENED, by=by, at=at)


def explain_promise(promise_id: UUID, *, new_date: datetime, reason: str, by: Actor, at: datetime) -> Promise:
    """Give the customer a new date with the reason (a code of the pack), before or after the break.

    The old date stays what was promised: giving a new one never makes a broken promise kept.

    Raises:
        ValueError: the new date has passed already, or the promise is over.
    """
    if new_date <= at:
        raise ValueError("Give a new date that is still to come.")
    with transaction.atomic():
        promise = Promise.objects.select_for_update().get(id=promise_id)
        if promise.state not in OPEN:
            raise ValueError("This promise is over; there is nothing to explain.")
        explain(promise, new_date=new_date, reason=reason, by=by, at=at)
        return promise


def explain(promise: Promise, *, new_date: datetime, reason: str, by: Actor, at: datetime) -> None:
    """Add the explanation to a promise whose row the caller has locked."""
    promise.promised_again_at = new_date
    redress = str(promise.terms.get("redress", "")) if promise.broken_at else ""
    _add(
        [promise], FactKind.EXPLAINED, events.EXPLAINED, by=by, at=at, reason=reason,
        data={"new_due": new_date.isoformat()}, more={"new_date": new_date.isoformat(), "redress": redress},
    )  # fmt: skip


def mark_broken(promise: Promise, *, by: Actor, at: datetime) -> None:
    """Record that a promise's due time passed, on a row the caller has locked. The fact is dated at the due time."""
    due = promise.due_at or at
    promise.broken_at = due
    _add(
        [promise],
        FactKind.BROKEN,
        events.BROKEN,
        by=by,
        at=at,
        fact_at=due,
        more={"escalate_to": promise.terms.get("escalate_to", "")},
    )


def _locked(subject_id: UUID) -> list[Promise]:
    rows = Promise.objects.select_for_update().filter(subject_id=subject_id, state__in=OPEN)
    return list(rows.order_by("started_at", "id"))


def _may_pause(promise: Promise, reason: str) -> bool:
    try:
        check_pause(from_terms(promise.terms), reason)
    except ValueError:
        return False
    return True


def _start_chained(open_ones: Sequence[Promise], met: Sequence[Promise], *, by: Actor, at: datetime) -> None:
    met_ids = {p.id for p in met}
    for promise in open_ones:
        if (
            promise.after_id in met_ids
            and promise.id not in met_ids
            and from_terms(promise.terms).starts is not Starts.RECEIPT
        ):
            facts = list(promise.facts.order_by("sequence"))
            if not any(f.kind == FactKind.STARTED for f in facts):
                facts.append(_fact(promise, len(facts) + 1, FactKind.STARTED, at, by))
                facts[-1].save(force_insert=True)
                _rebuild(promise, facts, at, None)
                promise.save(update_fields=_CACHED)


def _add(
    promises: Sequence[Promise], kind: FactKind, event: str, *, by: Actor, at: datetime, reason: str = "",
    fact_at: datetime | None = None, data: dict[str, object] | None = None, more: dict[str, Any] | None = None,
) -> list[Promise]:  # fmt: skip
    """Add one fact to each promise, rebuild and save the cached columns, record the event. The rows are locked."""
    if not promises:
        return []
    known: dict[UUID, list[ClockFact]] = {p.id: [] for p in promises}
    for fact in ClockFact.objects.filter(promise__in=promises).order_by("sequence"):
        known[fact.promise_id].append(fact)
    added = []
    for promise in promises:
        facts = known[promise.id]
        fact = _fact(promise, len(facts) + 1, kind, fact_at or at, by, reason, data)
        facts.append(fact)
        added.append(fact)
        _rebuild(promise, facts, at, None)
    ClockFact.objects.bulk_create(added)
    Promise.objects.bulk_update(promises, _CACHED)
    extra = {"reason": reason, **(more or {})} if reason or more else {}
    if kind in (FactKind.MET, FactKind.WITHDRAWN):
        record((_met(event, p, at, **extra) for p in promises), by=by)
    else:
        record((happening(event, p, at, **extra) for p in promises), by=by)
    return list(promises)


def _met(event: str, promise: Promise, at: datetime, **extra: Any) -> Happening:
    on_time, started = promise.broken_at is None, promise.started_at.isoformat()
    return happening(event, promise, at, on_time=on_time, started_at=started, **extra)


_CACHED = ["due_at", "warn_at", "state", "ended_at", "broken_at", "promised_again_at", "warned_at"]


def _rebuild(promise: Promise, facts: Sequence[ClockFact], now: datetime, first: Promise | None) -> None:
    """Compute the cached columns from the facts: the one function that does."""
    standard = from_terms(promise.terms)
    hours = calendar(standard.calendar, promise.pack_version_id)
    state = evaluate(standard, hours, (clock_fact(f) for f in facts), now)
    promise.state = _STATES[state.state]
    promise.ended_at = state.closed_at
    promise.broken_at = promise.broken_at or (state.due_at if state.broken else None)
    if state.due_at is not None:
        promise.due_at, promise.warn_at = state.due_at, state.at_risk_at
    elif first is not None:
        promise.due_at = latest_due(standard, hours, _state_of(first, now), promise.started_at)


def _state_of(promise: Promise, now: datetime) -> ClockState:
    standard = from_terms(promise.terms)
    started = Fact(FactKind.STARTED, promise.started_at)
    return evaluate(standard, calendar(standard.calendar, promise.pack_version_id), [started], now)


def clock_fact(row: ClockFact) -> Fact:
    """Return the stored fact as the clock reads it."""
    new_due = row.data.get("new_due")
    return Fact(
        kind=FactKind(row.kind), at=row.at, sequence=row.sequence, reason=row.reason, by=int(str(row.data.get("by", 0))),
        new_due=datetime.fromisoformat(str(new_due)) if new_due else None,
    )  # fmt: skip


def _fact(
    promise: Promise, sequence: int, kind: FactKind, at: datetime, by: Actor, reason: str = "",
    data: dict[str, object] | None = None,
) -> ClockFact:  # fmt: skip
    return ClockFact(
        id=new_id(), promise=promise, sequence=sequence, kind=kind.value, at=at, reason=reason, data=data or {},
        actor_kind=by.kind.value, actor_id=by.id,
    )  # fmt: skip
