"""What stands still is raised by itself, by the pack's rules; what a contractor’s word was lost of is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.db import transaction

from moothall.cases.actions import add_task, set_priority
from moothall.cases.models import Case, CaseState
from moothall.core.actors import SYSTEM
from moothall.core.events import record, together
from moothall.core.packs import Pack, current_pack
from moothall.promises.pack import calendar_of
from moothall.repairs import events
from moothall.repairs.actions.hearing import CannotHear, take_step
from moothall.repairs.adapters.registry import contract_of
from moothall.repairs.models import OPEN, Order, OrderState
from moothall.repairs.pack import CONTRACTORS, REPAIRS, Raise
from moothall.repairs.protocols import CannotSend, Contract, NotTaken
from moothall.repairs.rules import Standing, raised

MOST: Final = 500
URGENCY: Final = ("low", "normal", "high", "urgent", "emergency")


def raise_all(*, at: datetime) -> int:
    """Raise what has stood still too long: a task for whoever the rule names. Each rule speaks once for each state.

    Returns how many were raised.
    """
    pack = current_pack()
    count = 0
    for row in Order.objects.filter(state__in=OPEN).order_by("since", "id").iterator(chunk_size=MOST):
        count += _raise(row, pack, at=at)
    refused = Order.objects.filter(state=OrderState.REFUSED, followed_by__isnull=True, raised=[])
    for row in refused.order_by("since", "id")[:MOST]:
        count += _raise(row, pack, at=at)
    return count


def standing_of(row: Order, pack: Pack, *, at: datetime) -> Standing:
    """Return how an order stands, in open minutes of every calendar its rules count by."""
    wanted = {rule.calendar for rule in pack.one(REPAIRS).raises}
    minutes = {code: _minutes(pack, code, row.since, at) for code in wanted}
    return Standing(row.state, row.priority, row.service, row.at_risk, row.no_access, minutes)


def _minutes(pack: Pack, calendar: str, since: datetime, until: datetime) -> float:
    return calendar_of(pack, calendar).working_minutes(since, until) if until > since else 0


def _raise(row: Order, pack: Pack, *, at: datetime) -> int:
    speaks = [
        one for one in raised(pack.one(REPAIRS), standing_of(row, pack, at=at)) if _mark(row, one) not in row.raised
    ]
    if not speaks:
        return 0
    with transaction.atomic(), together():
        held = Order.objects.select_for_update().get(id=row.id)
        case = Case.objects.filter(id=held.case_id, state__in=(CaseState.OPEN, CaseState.WAITING)).first()
        if case is None or held.since != row.since:
            return 0
        for one in speaks:
            _speak(held, case, one, pack, at=at)
        held.raised = [*held.raised, *(_mark(held, one) for one in speaks)]
        held.save(update_fields=["raised"])
    return len(speaks)


def _mark(row: Order, rule: Raise) -> str:
    return f"{rule.code}@{row.state}:{row.no_access}:{int(row.since.timestamp())}"


def _speak(row: Order, case: Case, rule: Raise, pack: Pack, *, at: datetime) -> None:
    contractor = pack.of(CONTRACTORS).get(row.contractor)
    says = rule.says.format(
        contractor=contractor.name if contractor else row.contractor,
        phone=(contractor.phone if contractor else "") or "their number", why=row.why_at_risk or "somebody is at risk",
    )  # fmt: skip
    add_task(case.id, title=says[:200], team=rule.team, kind="contractor", due_at=at, by=SYSTEM, at=at)
    if rule.priority and URGENCY.index(rule.priority) > URGENCY.index(case.priority):
        set_priority(case.id, priority=rule.priority, reason="at_risk", by=SYSTEM, at=at)
    record([events.happening(events.RAISED, row, at, rule=rule.code)], by=SYSTEM)


def ask_contractors(*, at: datetime) -> int:
    """Ask each contractor for the steps we may have missed of our open orders. Returns how many counted.

    One that cannot be reached is asked again next time, and holds up no other.
    """
    return sum(_ask(code, at=at) for code in current_pack().of(CONTRACTORS))


def _ask(code: str, *, at: datetime) -> int:
    contract = contract_of(current_pack().of(CONTRACTORS)[code])
    return sum(_missed(code, contract, at=at)) if contract is not None else 0


def _missed(code: str, contract: Contract, *, at: datetime) -> Iterator[bool]:
    rows = Order.objects.filter(contractor=code, state__in=OPEN).exclude(
        state__in=(OrderState.WAITING, OrderState.STUCK)
    )
    for row in rows.order_by("since", "id")[:MOST]:
        try:
            steps = contract.steps(str(row.id), after=row.last_number)
        except CannotSend:
            return
        except NotTaken:
            continue
        for heard in steps:
            try:
                yield take_step(code, heard, by=SYSTEM, at=at)
            except (CannotHear, LookupError):
                continue
