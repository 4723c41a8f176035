"""Bringing in promises of the past, many at once, each judged by the same clock as those made here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.bulk import copy_events, copy_rows
from moothall.core.events import Happening
from moothall.core.ids import new_id, new_ids
from moothall.promises import events
from moothall.promises.models import PromiseState
from moothall.promises.rules import Calendar, ClockState, Fact, FactKind, Standard, State, evaluate, in_order
from moothall.promises.terms import calendar, to_terms


@dataclass(frozen=True, slots=True)
class ImportedPromise:
    """One promise of the past and what happened to it. `facts` come after the start; a break is worked out here.

    `live`: it is still the council's to keep: swept, warned of and explained from now on like one made here. A live
    promise that is broken already should carry an `explained` fact with a new date to come, or the sweep gives one.
    """

    kind: str
    standard: Standard
    subject_id: UUID
    started_at: datetime
    facts: Sequence[Fact] = ()
    subject_kind: str = "case"
    customer_id: UUID | None = None
    service: str = ""
    channel: str = ""
    team: str = ""
    area: str = ""
    pack_version_id: UUID | None = None
    live: bool = False
    calendar: Calendar | None = None
    id: UUID = field(default_factory=new_id)


_PROMISE = (
    "id", "subject_kind", "subject_id", "customer_id", "kind", "standard", "terms", "pack_version_id", "service",
    "channel", "team", "area", "started_at", "due_at", "warn_at", "state", "ended_at", "warned_at", "broken_at",
    "promised_again_at", "imported",
)  # fmt: skip
_FACT = ("id", "promise_id", "sequence", "kind", "at", "reason", "data", "actor_kind", "actor_id")
_STATES: Final = {
    State.PAUSED: PromiseState.PAUSED.value,
    State.MET: PromiseState.MET.value,
    State.MET_LATE: PromiseState.LATE.value,
    State.WITHDRAWN: PromiseState.WITHDRAWN.value,
}
_EVENTS: Final = {
    FactKind.PAUSED: events.PAUSED, FactKind.RESUMED: events.RESUMED, FactKind.EXTENDED: events.EXTENDED,
    FactKind.MET: events.MET, FactKind.BROKEN: events.BROKEN, FactKind.EXPLAINED: events.EXPLAINED,
    FactKind.WITHDRAWN: events.WITHDRAWN, FactKind.REOPENED: events.REOPENED,
}  # fmt: skip


def import_promises(promises: Sequence[ImportedPromise], *, by: Actor, at: datetime) -> dict[UUID, ClockState]:
    """Bring in promises with the facts of their clocks and their events, in one transaction; nobody is told.

    `at` is the moment they are judged at. Returns each promise's state by its id, as the clock works it out from the
    facts: kept, late, broken, running.

    Raises:
        Refused: the actor may not import.
    """
    require(by, "import.run")
    judged = [_judge(promise, at) for promise in promises]
    with transaction.atomic():
        copy_rows("promises_promise", _PROMISE, (_row(p, state, facts, at) for p, state, facts in judged))
        copy_rows("promises_clockfact", _FACT, _fact_rows(judged, by))
        copy_events((h for p, state, facts in judged for h in _happenings(p, state, facts)), by=by)
    return {p.id: state for p, state, _ in judged}


def _judge(p: ImportedPromise, at: datetime) -> tuple[ImportedPromise, ClockState, list[Fact]]:
    facts = in_order([Fact(FactKind.STARTED, p.started_at), *p.facts])
    hours = p.calendar or calendar(p.standard.calendar, p.pack_version_id)
    state = evaluate(p.standard, hours, facts, at)
    if state.broken and state.due_at is not None and all(fact.kind is not FactKind.BROKEN for fact in facts):
        facts = in_order([*facts, Fact(FactKind.BROKEN, state.due_at)])
    return p, state, facts


@lru_cache(maxsize=4_000)
def _terms(standard: Standard) -> dict[str, Any]:
    return to_terms(standard)


def _row(p: ImportedPromise, state: ClockState, facts: Sequence[Fact], at: datetime) -> Sequence[Any]:
    broken = state.due_at if state.broken else None
    again = next((fact.new_due for fact in reversed(facts) if fact.kind is FactKind.EXPLAINED), None)
    running = state.state in (State.RUNNING, State.OVERDUE)
    # What is past its warning was warned of there, not by us now.
    warned = state.at_risk_at if running and state.at_risk_at is not None and state.at_risk_at <= at else None
    return (
        p.id, p.subject_kind, p.subject_id, p.customer_id, p.kind, p.standard.code, _terms(p.standard),
        p.pack_version_id, p.service, p.channel, p.team, p.area, p.started_at, state.due_at, state.at_risk_at,
        _STATES.get(state.state, PromiseState.RUNNING.value), state.closed_at, warned, broken, again, not p.live,
    )  # fmt: skip


def _fact_rows(judged: Sequence[tuple[ImportedPromise, ClockState, list[Fact]]], by: Actor) -> Iterator[Sequence[Any]]:
    ids = new_ids()
    for p, _, facts in judged:
        for sequence, fact in enumerate(facts, start=1):
            data: dict[str, Any] = {}
            if fact.new_due is not None:
                data["new_due"] = fact.new_due.isoformat()
            if fact.by:
                data["by"] = fact.by
            yield next(ids), p.id, sequence, fact.kind.value, fact.at, fact.reason, data, by.kind.value, by.id


def _happenings(p: ImportedPromise, state: ClockState, facts: Sequence[Fact]) -> Iterator[Happening]:
    due = state.due_at.isoformat() if state.due_at else None
    case_id = p.subject_id if p.subject_kind == "case" else None
    contact_id = p.subject_id if p.subject_kind == "contact" else None
    base = {"kind": p.kind, "standard": p.standard.code, "due_at": due}

    def said(name: str, at: datetime, **more: Any) -> Happening:
        return Happening(
            name=name, subject_kind="promise", subject_id=p.id, occurred_at=at, case_id=case_id, contact_id=contact_id,
            customer_id=p.customer_id, service=p.service, channel=p.channel, team=p.team, area=p.area,
            data={**base, **more},
        )  # fmt: skip

    yield said(
        events.MADE, p.started_at, amount=p.standard.amount, unit=p.standard.unit.value,
        started_at=p.started_at.isoformat(),
    )  # fmt: skip
    for fact in facts:
        name = _EVENTS.get(fact.kind)
        if name is None:
            continue
        more: dict[str, Any] = {"reason": fact.reason} if fact.reason else {}
        if fact.kind is FactKind.EXPLAINED and fact.new_due is not None:
            more["new_date"] = fact.new_due.isoformat()
        if fact.kind in (FactKind.MET, FactKind.WITHDRAWN):
            more |= {"on_time": not state.broken, "started_at": p.started_at.isoformat()}
        yield said(name, fact.at, **more)
