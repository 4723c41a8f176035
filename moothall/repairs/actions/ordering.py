"""Work is ordered: noted where it is decided, sent by a job that tries until it arrives or a person must."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from moothall.cases.actions import add_task
from moothall.cases.models import Case, CaseState
from moothall.core.access import require
from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import record, together
from moothall.core.ids import new_id
from moothall.core.jobs import enqueue
from moothall.core.packs import Pack, current_pack
from moothall.core.reference_numbers import next_reference
from moothall.core.zone import council_date
from moothall.customers.queries import customer_card
from moothall.promises.actions import NewPromise, make_promises, withdraw_promises
from moothall.promises.pack import standard_of
from moothall.promises.queries import promises_of
from moothall.repairs import events
from moothall.repairs.adapters.registry import contract_of
from moothall.repairs.models import OPEN, Order, OrderState, Telling, TellingState
from moothall.repairs.pack import CONTRACTORS, REPAIRS, Contractor, contractor_of, service_rule
from moothall.repairs.protocols import CannotSend, NotTaken
from moothall.repairs.rules import risk_of, speed_of
from moothall.repairs.telling import work_of

APPOINTMENT: Final = "appointment"
"""The kind of promise: by when the tenant has a time for the visit."""
MOST_TRIES: Final = 10
PAUSES: Final = (0.5, 1, 2, 5, 15, 30, 60, 120, 240)
"""Minutes between tries. An emergency's order goes to a person after the third: nobody waits for a machine then."""
EMERGENCY_TRIES: Final = 3


class AlreadyOrdered(ValueError):
    """Somebody has this work already."""


def order_new(case_id: UUID, *, by: Actor, at: datetime) -> Order | None:
    """Order the work of a new case from whoever does its team's repairs. Again is fine: the open order is returned.

    None where the pack orders nothing for its service or team, or where it was passed on to others.
    """
    with transaction.atomic(), together():
        case = Case.objects.select_for_update().filter(id=case_id).first()
        pack = current_pack()
        if case is None or case.state in (CaseState.CLOSED, CaseState.MERGED) or case.status == "passed_on":
            return None
        rule, contractor = service_rule(pack, case.service), contractor_of(pack, case.team)
        if rule is None or contractor is None:
            return None
        known = Order.objects.filter(case_id=case_id, state__in=OPEN).first()
        return known or _make(case, contractor, pack, kind=rule.kind, by=by, at=at)


def order_missing(*, most: int, by: Actor, at: datetime) -> list[Order]:
    """Order the newest open repairs that have no order: those that were imported. Returns the orders."""
    require(by, "case.work")
    services = [one.code for one in current_pack().one(REPAIRS).services]
    cases = Case.objects.filter(service__in=services, state=CaseState.OPEN).order_by("-opened_at", "id")
    found = [order_new(one, by=by, at=at) for one in list(cases.values_list("id", flat=True)[:most])]
    return [row for row in found if row is not None]


def order_again(case_id: UUID, *, contractor: str, by: Actor, at: datetime, what: str = "", kind: str = "") -> Order:
    """Give the work of a case to a contractor once more, or to another one: what stood open is taken back.

    Raises:
        AlreadyOrdered: that contractor has it and has not refused. LookupError for an unknown one. Refused.
    """
    require(by, "case.work")
    known = current_pack().of(CONTRACTORS).get(contractor)
    with transaction.atomic(), together():
        case = Case.objects.select_for_update().filter(id=case_id).first()
        if known is None or case is None:
            raise LookupError("There is no such contractor.")
        rule = service_rule(current_pack(), case.service)
        if rule is None or case.state in (CaseState.CLOSED, CaseState.MERGED):
            raise LookupError("Nothing is ordered for this request.")
        before = Order.objects.select_for_update().filter(case_id=case_id).order_by("-number").first()
        if before is not None and before.state in OPEN:
            if before.contractor == contractor and not what:
                raise AlreadyOrdered(f"{known.name} has it already.")
            end(before, OrderState.CANCELLED, by=by, at=at, tell=True)
        return _make(case, known, current_pack(), kind=kind or (before.kind if before else rule.kind), what=what, by=by,
                     at=at, follows=before)  # fmt: skip


def follow_on(row: Order, *, what: str, kind: str, by: Actor, at: datetime) -> Order:
    """Order what a visit found is still to be done, from the same contractor. Within the caller's transaction."""
    pack, case = current_pack(), Case.objects.get(id=row.case_id)
    return _make(case, pack.of(CONTRACTORS)[row.contractor], pack, kind=kind, what=what, by=by, at=at, follows=row)


def cancel_orders(case_id: UUID, *, by: Actor, at: datetime) -> int:
    """Take back what is still ordered for a case that is over: contractors are told. Returns how many."""
    with transaction.atomic(), together():
        rows = list(Order.objects.select_for_update().filter(case_id=case_id, state__in=OPEN))
        for row in rows:
            end(row, OrderState.CANCELLED, by=by, at=at, tell=True)
        return len(rows)


def end(row: Order, state: OrderState, *, by: Actor, at: datetime, tell: bool = False) -> None:
    """Bring an order to an end. With ``tell`` the contractor hears that it is not needed any more."""
    heard_of = row.state not in (OrderState.WAITING, OrderState.STUCK)
    row.state, row.since, row.ended_at = state, at, at
    row.save(update_fields=["state", "since", "ended_at"])
    row.tellings.filter(state__in=(TellingState.WAITING, TellingState.STUCK)).update(state=TellingState.DROPPED)
    withdraw_promises(row.case_id, reason="order_ended", kinds=[APPOINTMENT], by=by, at=at)
    if state == OrderState.CANCELLED:
        record([events.happening(events.CANCELLED, row, at)], by=by)
    if tell and heard_of:
        put_out(row, "cancelled", at=at)


def put_out(row: Order, kind: str, *, at: datetime) -> Telling:
    """Put something into the outbox for a contractor; it goes as soon as the transaction stands."""
    telling = Telling(id=new_id(), order=row, kind=kind, made_at=at)
    telling.save(force_insert=True)
    enqueue("repairs.tell", telling=str(telling.id))
    return telling


def _make(
    case: Case, contractor: Contractor, pack: Pack, *, kind: str, by: Actor, at: datetime, what: str = "",
    follows: Order | None = None,
) -> Order:  # fmt: skip
    rules = pack.one(REPAIRS)
    card = customer_card(case.customer_id, SYSTEM, on=at.date()) if case.customer_id else None
    why = risk_of(case.decisions, (need.code for need in card.needs) if card else (), rules.needs)
    speed = speed_of(rules, case.priority, at_risk=bool(why))
    due = [p.new_date or p.due_at for p in promises_of([case.id], at=at)[case.id] if p.is_open and p.kind == "complete"]
    row = Order(
        id=new_id(), case_id=case.id, number=Order.objects.filter(case_id=case.id).count() + 1,
        reference=next_reference(), follows=follows,
        contractor=contractor.code, way=contractor.sends, kind=kind, service=case.service, priority=case.priority,
        at_risk=bool(why), why_at_risk=why[:200], what=what[:400], since=at, due_at=due[0] if due else None, made_at=at,
    )  # fmt: skip
    row.save(force_insert=True)
    record([events.happening(events.ORDERED, row, at, number=row.number, at_risk=row.at_risk)], by=by)
    if speed is not None and speed.appointment:
        make_promises(
            [
                NewPromise(
                    kind=APPOINTMENT, standard=standard_of(pack, speed.appointment, council_date(at)),
                    subject_kind="case", subject_id=case.id, received_at=at, customer_id=case.customer_id,
                    service=case.service, channel=case.channel, team=case.team, area=case.area,
                    pack_version_id=case.pack_version_id,
                )
            ],
            by=by, at=at,
        )  # fmt: skip
    put_out(row, "order", at=at)
    return row


def deliver(telling_id: UUID, *, at: datetime) -> Telling | None:
    """Tell a contractor one thing that waits; what cannot be reached is tried again, and then a person is asked to.

    Nothing is held while they are spoken to. The same key goes with every try: one order of it is made there.
    """
    telling = Telling.objects.select_related("order").filter(id=telling_id, state=TellingState.WAITING).first()
    if telling is None:
        return None
    row = telling.order
    case = Case.objects.filter(id=row.case_id).first()
    contractor = current_pack().of(CONTRACTORS).get(row.contractor)
    contract = contract_of(contractor) if contractor is not None else None
    if case is None or contractor is None or contract is None:
        return _by_hand(telling, contractor, at=at)
    reference = ""
    if row.reference is None:  # ordered before orders had a number of their own
        row.reference = next_reference()
        row.save(update_fields=["reference"])
    try:
        if telling.kind == "order":
            reference = contract.order(work_of(row, case))
        else:
            contract.tell(str(row.id), telling.kind, key=str(telling.id), starts_at=row.starts_at, ends_at=row.ends_at)
    except NotTaken as refused:
        return _by_hand(telling, contractor, at=at, trouble=str(refused))
    except CannotSend as wrong:
        return _again(telling, contractor, str(wrong), at=at)
    with transaction.atomic(), together():
        row = Order.objects.select_for_update().get(id=row.id)
        telling.state, telling.sent_at, telling.trouble = TellingState.SENT, at, ""
        telling.save(update_fields=["state", "sent_at", "trouble"])
        if telling.kind == "order" and row.state in (OrderState.WAITING, OrderState.STUCK):
            row.state, row.since, row.their_reference = OrderState.SENT, at, reference[:120]
            row.save(update_fields=["state", "since", "their_reference"])
            record([events.happening(events.SENT, row, at)], by=SYSTEM)
    return telling


def mark_told(order_id: UUID, *, reference: str = "", by: Actor, at: datetime) -> Order:
    """Note that a person has told a contractor what waited. Raises LookupError, Refused."""
    require(by, "case.work")
    with transaction.atomic(), together():
        row = Order.objects.select_for_update().filter(id=order_id).first()
        if row is None:
            raise LookupError("There is no such order.")
        row.tellings.filter(state__in=(TellingState.WAITING, TellingState.STUCK)).update(
            state=TellingState.SENT, sent_at=at
        )
        if row.state in (OrderState.WAITING, OrderState.STUCK):
            row.state, row.since, row.their_reference = OrderState.SENT, at, reference[:120] or row.their_reference
            row.save(update_fields=["state", "since", "their_reference"])
            record([events.happening(events.SENT, row, at)], by=by)
        return row


def _again(telling: Telling, contractor: Contractor, trouble: str, *, at: datetime) -> Telling:
    telling.tries, telling.trouble = telling.tries + 1, trouble[:300]
    most = EMERGENCY_TRIES if telling.order.priority == "emergency" else MOST_TRIES
    if telling.tries >= most:
        return _by_hand(telling, contractor, at=at, trouble=trouble)
    with transaction.atomic():
        telling.save(update_fields=["tries", "trouble"])
        pause = timedelta(minutes=PAUSES[min(telling.tries - 1, len(PAUSES) - 1)])
        enqueue("repairs.tell", at=at + pause, once=f"tell:{telling.id}", telling=str(telling.id))
    return telling


_WORDS: Final = {
    "order": "Order this repair from {name}",
    "agreed": "Tell {name} which time the tenant chose",
    "none_suit": "Tell {name} that no time suits the tenant, and ask for others",
    "cancelled": "Tell {name} that this repair is not needed any more",
}


def _by_hand(telling: Telling, contractor: Contractor | None, *, at: datetime, trouble: str = "") -> Telling:
    """Ask a person to tell them; no tenant waits because a machine could not reach a machine."""
    name = contractor.name if contractor else telling.order.contractor
    words = _WORDS[telling.kind].format(name=name) + (
        f" on {contractor.phone}" if contractor and contractor.phone else ""
    )
    with transaction.atomic(), together():
        row = Order.objects.select_for_update().get(id=telling.order_id)
        telling.state, telling.trouble = TellingState.STUCK, trouble[:300]
        telling.save(update_fields=["state", "trouble", "tries"])
        if telling.kind == "order" and row.state == OrderState.WAITING:
            row.state, row.since = OrderState.STUCK, at
            row.save(update_fields=["state", "since"])
            record([events.happening(events.STUCK, row, at)], by=SYSTEM)
        if Case.objects.filter(id=row.case_id).exists():
            add_task(
                row.case_id, title=(words + (f" ({trouble})" if trouble else ""))[:200],
                team=current_pack().one(REPAIRS).team, kind="contractor", by=SYSTEM, at=at,
            )  # fmt: skip
    return telling
