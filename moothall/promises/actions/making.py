"""A promise is made and its clock starts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.core.actors import Actor
from moothall.core.events import Happening, record, together
from moothall.core.ids import new_id
from moothall.core.rows import add_rows
from moothall.promises import events
from moothall.promises.actions.facts import new_fact, rebuild
from moothall.promises.events import happening, met
from moothall.promises.models import ClockFact, Promise
from moothall.promises.rules import FactKind, Standard, Starts
from moothall.promises.terms import to_terms


@dataclass(frozen=True, slots=True)
class NewPromise:
    """A promise about to be made. ``after`` names the earlier one of the same batch (by kind) that it is chained to.

    ``fee_pence`` is what the customer paid for it: what a refund would give back.
    """

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
    """Kept as it is made: an acknowledgement that the customer has on her screen, a call answered before it was recorded."""
    fee_pence: int = 0
    agreed: datetime | None = None
    """The moment it falls due in place of the standard's count: what the customer booked."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Promises worked out and not yet kept: what must be known of them before their case is opened."""

    promises: list[Promise] = field(default_factory=list)
    facts: list[ClockFact] = field(default_factory=list)
    happened: list[Happening] = field(default_factory=list)

    @property
    def first_due(self) -> datetime | None:
        """When the first open one is due. An acknowledgement that is kept at once is nothing a queue waits for."""
        return min((p.due_at for p in self.promises if p.due_at is not None and p.ended_at is None), default=None)


def make_promises(new: Sequence[NewPromise], *, by: Actor, at: datetime) -> list[Promise]:
    """Make promises, start their clocks and record ``promise.made`` for each: `draft_promises`, kept at once."""
    return keep_promises(draft_promises(new, by=by, at=at), by=by)


def keep_promises(draft: Draft, *, by: Actor) -> list[Promise]:
    """Write down drafted promises with their clocks and events; return them."""
    with transaction.atomic(savepoint=False), together():
        add_rows(*draft.promises, *draft.facts)
        record(draft.happened, by=by)
    return draft.promises


def draft_promises(new: Sequence[NewPromise], *, by: Actor, at: datetime) -> Draft:
    """Work out promises and when they fall due, without keeping them.

    A promise chained to another that starts only when that one is met is given the date it falls due if the first is
    kept exactly on time: that is the date the customer is told. One that is due already (a letter typed in late) is
    owned up to by the next sweep.
    """
    promises: dict[str, Promise] = {}
    facts: list[ClockFact] = []
    for item in new:
        first = promises.get(item.after) if item.after else None
        promise = Promise(
            id=new_id(), kind=item.kind, standard=item.standard.code, terms=to_terms(item.standard, item.fee_pence),
            subject_kind=item.subject_kind, subject_id=item.subject_id, customer_id=item.customer_id,
            service=item.service, channel=item.channel, team=item.team, area=item.area,
            pack_version_id=item.pack_version_id, started_at=item.received_at, after=first,
        )  # fmt: skip
        mine: list[ClockFact] = []
        if first is None or item.standard.starts is Starts.RECEIPT:
            new_fact(promise, mine, FactKind.STARTED, item.received_at, by)
        if item.agreed is not None and mine:
            new_fact(promise, mine, FactKind.AGREED, item.received_at, by, data={"agreed": item.agreed.isoformat()})
        if item.met_at is not None:
            new_fact(promise, mine, FactKind.MET, item.met_at, by)
        state = rebuild(promise, mine, at, first)
        if item.met_at is not None and state.broken:
            promise.broken_at = state.due_at
        promises[item.kind] = promise
        facts += mine
    made = list(promises.values())
    happened = [happening(events.MADE, p, at, amount=p.terms["amount"], unit=p.terms["unit"]) for p in made]
    happened += [happening(events.BROKEN, p, at, escalate_to="") for p in made if p.broken_at is not None]
    happened += [met(events.MET, p, at) for p in made if p.ended_at is not None]
    return Draft(made, facts, happened)
