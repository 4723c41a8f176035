"""A promise is broken, and we say so first: the break, what is owed for it, the reason and a new date, in one transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from moothall.core.actors import Actor
from moothall.core.events import Happening, record, together
from moothall.core.rows import add_rows
from moothall.promises import events
from moothall.promises.actions.facts import (
    OPEN,
    Facts,
    facts_of,
    new_fact,
    rebuild,
    save_columns,
    started,
    state_of,
)
from moothall.promises.actions.redress import AT_HAND, owed_for
from moothall.promises.events import happening
from moothall.promises.models import ClockFact, Promise, RedressOwed
from moothall.promises.rules import FactKind, Starts, due_at
from moothall.promises.terms import calendar, from_terms, standard_now

UNEXPLAINED = "no_reason_recorded"


def explain_promise(
    promise_id: UUID, *, new_date: datetime, reason: str, by: Actor, at: datetime, told: bool = False
) -> Promise:
    """Give the customer a new date with the reason (a code of the pack), before or after the break.

    The old date stays what was promised: giving a new one never makes a broken promise kept. ``told``: she hears of a new
    date that comes before the break by a message of its own.

    Raises:
        ValueError: the new date has passed already, or the promise is over.
    """
    if new_date <= at:
        raise ValueError("Give a new date that is still to come.")
    with transaction.atomic(), together():
        promise = Promise.objects.select_for_update().get(id=promise_id)
        if promise.state not in OPEN:
            raise ValueError("This promise is over; there is nothing to explain.")
        known = facts_of([promise])
        late = _late([promise], known, at)
        if late:
            _own_up(late, known, {promise.id: promise}, by=by, at=at, new_date=new_date, reason=reason)
        else:
            explain_promises([promise], {promise.id: new_date}, known, reason=reason, by=by, at=at, told=told)
        return promise


def explain_promises(
    promises: Sequence[Promise], dates: dict[UUID, datetime], known: Facts, *, reason: str, by: Actor, at: datetime,
    told: bool = False,
) -> None:  # fmt: skip
    """Add an explanation with a new date to each of some locked promises that are not newly broken."""
    added = [_explained(p, known[p.id], dates[p.id], reason, by, at) for p in promises]
    for promise in promises:
        rebuild(promise, known[promise.id], at)
    add_rows(*added)
    save_columns(promises)
    codes = dict(RedressOwed.objects.filter(promise__in=promises).values_list("promise_id", "code"))
    record((_told(p, at, reason, codes.get(p.id, ""), **({"told": True} if told else {})) for p in promises), by=by)


def own_up(promises: Sequence[Promise], *, by: Actor, at: datetime) -> int:
    """Own up to those of some locked promises that are overdue and were not owned up to yet; return how many.

    Each is recorded as broken at its due time, with what is owed for it, an explanation and a new date, once.
    """
    known = facts_of(promises)
    return own_up_overdue(promises, known, by=by, at=at, keep_others=True)


def own_up_overdue(
    promises: Sequence[Promise], known: Facts, *, by: Actor, at: datetime, keep_others: bool = False
) -> int:
    """Do the same with facts already read, which are added to. ``keep_others`` saves again the columns of the rest."""
    held, owned = {p.id: p for p in promises}, set[UUID]()
    while late := _late(promises, known, at):  # one that was chained to a broken one may be overdue itself by now
        _own_up(late, known, held, by=by, at=at)
        owned |= {promise.id for promise in late}
    rest = [p for p in promises if p.id not in owned] if keep_others else []
    for promise in rest:
        rebuild(promise, known[promise.id], at)
    save_columns(rest)
    return len(owned)


def _late(promises: Iterable[Promise], known: Facts, at: datetime) -> dict[Promise, datetime]:
    """Return the newly broken ones with their due times, as the clock itself says: the columns are only a cache of it."""
    found: dict[Promise, datetime] = {}
    for promise in promises:
        if promise.state in OPEN and promise.broken_at is None and not promise.imported:
            state = state_of(promise, known[promise.id], at)
            if state.broken and state.due_at is not None:
                found[promise] = state.due_at
    return found


def again(promise: Promise, at: datetime) -> datetime:
    """Return the new date: the same standard counted afresh from now, which a team may better with a word of its own.

    Where the standard is in minutes or seconds, it is the next quarter of an hour: a date a person would say.
    """
    standard = standard_now(promise.terms)
    hours = calendar(standard.calendar, promise.pack_version_id)
    new = due_at(
        hours, standard.unit, standard.amount, at, statutory=standard.statutory, roll=standard.roll_to_working_day
    )
    if standard.unit.counts_dates:
        return new
    past = timedelta(minutes=new.minute % 15, seconds=new.second, microseconds=new.microsecond)
    return new + (timedelta(minutes=15) - past) if past else new


def _own_up(
    late: dict[Promise, datetime], known: Facts, held: dict[UUID, Promise], *, by: Actor, at: datetime,
    new_date: datetime | None = None, reason: str = UNEXPLAINED,
) -> None:  # fmt: skip
    added: list[ClockFact] = []
    owed: list[RedressOwed] = []
    said: list[Happening] = []
    for promise, due in late.items():
        facts = known[promise.id]
        promise.broken_at = promise.due_at = due
        promise.warn_at = None
        added.append(new_fact(promise, facts, FactKind.BROKEN, due, by))
        escalate_to = standard_now(promise.terms).escalate_to
        said.append(happening(events.BROKEN, promise, at, escalate_to=escalate_to))
        debt = owed_for(promise, at)
        earlier = promise.promised_again_at is not None and promise.promised_again_at > at
        if promise.kind not in AT_HAND and (new_date is not None or not earlier):
            when = new_date or again(promise, at)
            added.append(_explained(promise, facts, when, reason, by, at))
            said.append(_told(promise, at, reason, debt.code if debt else ""))
            if debt is not None:
                debt.offered_at = at
        rebuild(promise, facts, at)
        if debt is not None:
            owed.append(debt)
            said += _owing(debt, at)
    added += _start_chained(late, known, held, by=by, at=at)
    add_rows(*added, *owed)
    save_columns(list(late))
    record(said, by=by)


def _owing(debt: RedressOwed, at: datetime) -> list[Happening]:
    """An apology is given by being said: with the explanation now, or with the new date given before the break."""
    said = debt.kind == "apology" and debt.promise.promised_again_at is not None
    if said:
        debt.offered_at = debt.settled_at = at
    data = {"code": debt.code, "redress": debt.kind, "pence": debt.pence}
    offered = debt.offered_at is not None
    owed = happening(events.REDRESS_OWED, debt.promise, at, offered=offered, **data)
    return [owed, happening(events.REDRESS_SETTLED, debt.promise, at, **data)] if said else [owed]


def _explained(
    promise: Promise, facts: list[ClockFact], new_date: datetime, reason: str, by: Actor, at: datetime
) -> ClockFact:
    promise.promised_again_at = new_date
    data: dict[str, object] = {"new_due": new_date.isoformat()}
    return new_fact(promise, facts, FactKind.EXPLAINED, at, by, reason=reason, data=data)


def _told(promise: Promise, at: datetime, reason: str, redress: str, **more: object) -> Happening:
    new_date = promise.promised_again_at.isoformat() if promise.promised_again_at else None
    return happening(events.EXPLAINED, promise, at, reason=reason, new_date=new_date, redress=redress, **more)


def _start_chained(
    late: dict[Promise, datetime], known: Facts, held: dict[UUID, Promise], *, by: Actor, at: datetime
) -> list[ClockFact]:
    """Start what is chained to a broken promise and may wait for it no longer; return the facts, columns saved.

    ``held`` are the rows the caller has in hand: what is done to them here must be seen there.
    """
    rows = Promise.objects.select_for_update().filter(after__in=list(late), state__in=OPEN)
    waiting = [held.get(p.id, p) for p in rows if from_terms(p.terms).starts is Starts.MET_OR_DUE]
    if not waiting:
        return []
    facts = facts_of([p for p in waiting if p.id not in known]) | known
    dues = {promise.id: due for promise, due in late.items()}
    begun = [p for p in waiting if p.after_id is not None and not started(facts[p.id])]
    added = [new_fact(p, facts[p.id], FactKind.STARTED, dues[p.after_id], by) for p in begun if p.after_id is not None]
    for promise in begun:
        rebuild(promise, facts[promise.id], at)
    save_columns(begun)
    return added
