"""What happens to a running clock: it pauses, resumes, is extended, changed, kept, withdrawn, opened again.

Whatever is done after the due time has passed, the break is owned up to first, so that nothing done in the minute
before the next sweep hides it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
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
    locked,
    new_fact,
    rebuild,
    save_columns,
    started,
    state_of,
)
from moothall.promises.actions.owning_up import own_up_overdue
from moothall.promises.events import happening, met
from moothall.promises.models import ClockFact, Promise
from moothall.promises.rules import FactKind, Standard, Starts, check_extension, check_pause
from moothall.promises.terms import from_terms, standard_now, to_terms


@dataclass(frozen=True, slots=True)
class _Doing:
    """One kind of fact added to some promises: what every action hands to ``_add``."""

    kind: FactKind
    event: str
    by: Actor
    at: datetime
    reason: str = ""
    data: dict[str, object] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)


def pause_promises(subject_id: UUID, *, reason: str, by: Actor, at: datetime) -> list[Promise]:
    """Pause every open clock of a subject that may pause for this reason; those that may not, or are broken, run on.

    Raises:
        NotAllowed: none of them may pause for it; the message says for what they may.
    """
    with transaction.atomic(), together():
        open_ones = locked(subject_id)
        able = [p for p in open_ones if _may_pause(p, reason)]
        if open_ones and not able:
            check_pause(standard_now(open_ones[-1].terms), reason)
        known = facts_of(able)
        own_up_overdue(able, known, by=by, at=at)
        running = [p for p in able if p.broken_at is None]
        return _add(running, _Doing(FactKind.PAUSED, events.PAUSED, by, at, reason), known)


def resume_promises(subject_id: UUID, *, reason: str = "", by: Actor, at: datetime) -> list[Promise]:
    """Resume the paused clocks of a subject; with a reason only that pause ends. Nothing paused: nothing happens."""
    with transaction.atomic(), together():
        open_ones = locked(subject_id)
        known = facts_of(open_ones)
        paused = [p for p in open_ones if state_of(p, known[p.id], at).paused_since is not None]
        return _add(paused, _Doing(FactKind.RESUMED, events.RESUMED, by, at, reason), known)


def end_pauses(
    subject_id: UUID, *, only: Collection[str] | None = None, but: Collection[str] = (), by: Actor, at: datetime
) -> bool:
    """End those pauses of a subject's open clocks that are for one of these reasons (``only``; else all ``but`` some); return
    whether no clock of it is paused any more."""
    with transaction.atomic(), together():
        open_ones = locked(subject_id)
        known = facts_of(open_ones)
        held = {p.id: state_of(p, known[p.id], at).paused_for for p in open_ones}
        every = {reason for reasons in held.values() for reason in reasons}
        over = {reason for reason in every if (only is None or reason in only) and reason not in but}
        for reason in sorted(over):
            ended = [p for p in open_ones if reason in held[p.id]]
            _add(ended, _Doing(FactKind.RESUMED, events.RESUMED, by, at, reason), known)
        return every == over


def extend_promise(promise_id: UUID, *, amount: int, reason: str, by: Actor, at: datetime) -> Promise:
    """Extend one promise, in its own unit, for a reason the customer is told.

    Raises:
        NotAllowed: the standard allows no extension, or not so much.
        ValueError: the promise is over, or was broken already: give a new date instead.
    """
    with transaction.atomic(), together():
        promise = _one(promise_id)
        known = facts_of([promise])
        own_up_overdue([promise], known, by=by, at=at)
        if promise.state not in OPEN:
            raise ValueError("This promise is over; there is nothing to extend.")
        if promise.broken_at is not None:
            raise ValueError("The date has passed already. Give the customer a new date instead.")
        already = state_of(promise, known[promise.id], at).extended_by
        check_extension(standard_now(promise.terms), amount, reason, already)
        _add([promise], _Doing(FactKind.EXTENDED, events.EXTENDED, by, at, reason, {"by": amount}), known)
        return promise


def change_standard(
    promise_id: UUID, *, standard: Standard, by: Actor, at: datetime, pack_version_id: UUID | None = None,
    reason: str = "",
) -> Promise:  # fmt: skip
    """Put one promise under another standard: its priority or the policy changed. Time used is kept, what is left moves.

    ``pack_version_id`` names the pack the new standard's calendar is of, where not the one the promise was made under.
    A promise that is over, broken, or under an equal standard already stays as it is.
    """
    with transaction.atomic(), together():
        promise = _one(promise_id)
        known = facts_of([promise])
        own_up_overdue([promise], known, by=by, at=at)
        before = standard_now(promise.terms)
        if promise.state not in OPEN or promise.broken_at is not None or before == standard:
            return promise
        if not started(known[promise.id]):
            return promise  # chained and not begun: it starts under the standard it was promised
        data: dict[str, object] = {"terms": to_terms(standard)}
        if pack_version_id is not None:
            data["pack_version_id"] = str(pack_version_id)
        more = {"from": before.code, "amount": standard.amount, "unit": standard.unit.value}
        promise.warned_at = None
        doing = _Doing(FactKind.STANDARD_CHANGED, events.CHANGED, by, at, reason, data, more)
        _add([promise], doing, known)
        return promise


def agree_day(subject_id: UUID, *, due: datetime | None, by: Actor, at: datetime) -> list[Promise]:
    """Have the open promises of the work fall due when the customer has agreed, in place of the standard's count; return
    those it changed. ``None``: what was booked is off, and the count stands again. A broken one stays as it is.
    """
    with transaction.atomic(), together():
        open_ones = [p for p in locked(subject_id) if p.kind == "complete"]
        known = facts_of(open_ones)
        own_up_overdue(open_ones, known, by=by, at=at)
        moved = [p for p in open_ones if p.broken_at is None and started(known[p.id]) and _agreed(known[p.id]) != due]
        for promise in moved:
            promise.warned_at = None
        data: dict[str, object] = {"agreed": due.isoformat() if due is not None else None}
        return _add(moved, _Doing(FactKind.AGREED, events.AGREED, by, at, data=data), known)


def _agreed(facts: Sequence[ClockFact]) -> datetime | None:
    said = next((fact.data.get("agreed") for fact in reversed(facts) if fact.kind == FactKind.AGREED), None)
    return datetime.fromisoformat(str(said)) if said else None


def meet_promises(subject_id: UUID, *, kinds: Iterable[str] | None = None, by: Actor, at: datetime) -> list[Promise]:
    """Mark open promises of a subject as kept now (in time or late, as their clocks say); ``None`` means every kind.

    A promise chained to one that is met here starts its own clock.
    """
    wanted = set(kinds) if kinds is not None else None
    with transaction.atomic(), together():
        open_ones = locked(subject_id)
        kept = [p for p in open_ones if wanted is None or p.kind in wanted]
        _add(kept, _Doing(FactKind.MET, events.MET, by, at))
        _start_chained(open_ones, kept, by=by, at=at)
        return kept


def meet_promise(promise_id: UUID, *, by: Actor, at: datetime) -> Promise:
    """Mark one open promise as kept now, in time or late; one that is over already stays as it is."""
    with transaction.atomic(), together():
        promise = _one(promise_id)
        if promise.state in OPEN:
            _add([promise], _Doing(FactKind.MET, events.MET, by, at))
            _start_chained(list(_chained_to([promise])), [promise], by=by, at=at)
        return promise


def withdraw_promises(
    subject_id: UUID, *, reason: str, by: Actor, at: datetime, kinds: Iterable[str] | None = None
) -> list[Promise]:
    """End the open clocks of a subject without a verdict: the customer withdrew, or it was joined to another."""
    wanted = set(kinds) if kinds is not None else None
    with transaction.atomic(), together():
        ended = [p for p in locked(subject_id) if wanted is None or p.kind in wanted]
        return _add(ended, _Doing(FactKind.WITHDRAWN, events.WITHDRAWN, by, at, reason))


def leave_out_promises(subject_id: UUID, *, reason: str, by: Actor, at: datetime) -> list[Promise]:
    """End the open clocks of a subject as of a moment, because it cannot be known whether they were kept.

    They count neither way, not even those that were owned up to as broken meanwhile: we had taken silence for a break.
    """
    with transaction.atomic(), together():
        open_ones = locked(subject_id)
        for promise in open_ones:
            promise.broken_at = None
        return _add(open_ones, _Doing(FactKind.WITHDRAWN, events.LEFT_OUT, by, at, reason))


def withdraw_promise(promise_id: UUID, *, reason: str, by: Actor, at: datetime) -> Promise:
    """End one open clock without a verdict; one that is over already stays as it is."""
    with transaction.atomic(), together():
        promise = _one(promise_id)
        if promise.state in OPEN:
            _add([promise], _Doing(FactKind.WITHDRAWN, events.WITHDRAWN, by, at, reason))
        return promise


def reopen_promises(subject_id: UUID, *, kinds: Iterable[str], by: Actor, at: datetime) -> list[Promise]:
    """Start closed clocks of these kinds again where they stopped: the work was not done after all."""
    with transaction.atomic(), together():
        closed = Promise.objects.select_for_update().filter(subject_id=subject_id, kind__in=list(kinds))
        again = [p for p in closed.order_by("started_at", "id") if p.state not in OPEN]
        return _add(again, _Doing(FactKind.REOPENED, events.REOPENED, by, at))


def hand_promises(subject_id: UUID, *, from_team: str, to_team: str, at: datetime) -> list[Promise]:
    """Give a team's open clocks of a subject to another team, in whose hours it is warned of them from now on."""
    with transaction.atomic(savepoint=False):
        handed = [p for p in locked(subject_id) if p.team == from_team]
        known = facts_of(handed) if handed else {}
        for promise in handed:
            promise.team = to_team
            rebuild(promise, known[promise.id], at)
        save_columns(handed)
        return handed


def _add(promises: Sequence[Promise], doing: _Doing, known: Facts | None = None) -> list[Promise]:
    """Add one fact to each locked promise, compute and save its columns, record the event."""
    if not promises:
        return []
    known = facts_of(promises) if known is None else known
    own_up_overdue(promises, known, by=doing.by, at=doing.at)
    ends = doing.kind in (FactKind.MET, FactKind.WITHDRAWN)
    added: list[ClockFact] = []
    for promise in promises:
        facts = known[promise.id]
        if ends and not started(facts):  # a chained clock that never began begins and ends here
            added.append(new_fact(promise, facts, FactKind.STARTED, doing.at, doing.by))
        fact = new_fact(promise, facts, doing.kind, doing.at, doing.by, reason=doing.reason, data=dict(doing.data))
        added.append(fact)
        rebuild(promise, facts, doing.at)
    add_rows(*added)
    save_columns(promises)
    record((_happening(promise, doing, ends) for promise in promises), by=doing.by)
    return list(promises)


def _happening(promise: Promise, doing: _Doing, ends: bool) -> Happening:
    data: dict[str, Any] = {"reason": doing.reason} if doing.reason else {}
    return (met if ends else happening)(doing.event, promise, doing.at, **data, **doing.more)


def _start_chained(candidates: Sequence[Promise], kept: Sequence[Promise], *, by: Actor, at: datetime) -> None:
    kept_ids = {p.id for p in kept}
    waiting = [
        p for p in candidates
        if p.after_id in kept_ids and p.id not in kept_ids and from_terms(p.terms).starts is not Starts.RECEIPT
    ]  # fmt: skip
    if not waiting:
        return
    known = facts_of(waiting)
    begun = [p for p in waiting if not started(known[p.id])]
    added = [new_fact(p, known[p.id], FactKind.STARTED, at, by) for p in begun]
    for promise in begun:
        rebuild(promise, known[promise.id], at)
    add_rows(*added)
    save_columns(begun)


def _chained_to(promises: Sequence[Promise]) -> Iterable[Promise]:
    return Promise.objects.select_for_update().filter(after__in=promises, state__in=OPEN)


def _one(promise_id: UUID) -> Promise:
    return Promise.objects.select_for_update().get(id=promise_id)


def _may_pause(promise: Promise, reason: str) -> bool:
    try:
        check_pause(standard_now(promise.terms), reason)
    except ValueError:
        return False
    return True
