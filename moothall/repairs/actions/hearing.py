"""What is said of an order, whoever says it and however often: kept as a receipt, and where it is news the order moves on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from moothall.cases.actions import close_case, note_case, resume_case, set_status, wait_for
from moothall.cases.models import Case, CaseState, Note
from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import record, together
from moothall.core.ids import new_id
from moothall.core.packs import current_pack
from moothall.notifications.actions import queue_message
from moothall.notifications.models import MessageState
from moothall.notifications.rules import Address
from moothall.notifications.values import case_values
from moothall.promises.actions import NewPromise, make_promises, meet_promises
from moothall.promises.pack import standards_of_service
from moothall.promises.rules import NotAllowed
from moothall.repairs import events
from moothall.repairs.actions.ordering import APPOINTMENT, end, follow_on, put_out
from moothall.repairs.models import OPEN, Order, OrderState, Step, StepKind
from moothall.repairs.pack import RepairService, service_rule
from moothall.repairs.protocols import Heard
from moothall.repairs.rules import after

ACCESS: Final = "no_access"
FINDINGS: Final = "repair-findings"
_STATUS: Final = {
    StepKind.OFFERED: "visit_offered", StepKind.BOOKED: "booked", StepKind.AGREED: "booked", StepKind.GOING: "on_the_way",
    StepKind.VISITED: "in_progress", StepKind.NO_ACCESS: "no_access", StepKind.NONE_SUIT: "checking",
    StepKind.INSPECTED: "in_progress", StepKind.FOLLOW_ON: "more_work",
}  # fmt: skip
_NAMES_A_TIME: Final = frozenset({
    StepKind.OFFERED, StepKind.BOOKED, StepKind.GOING, StepKind.VISITED, StepKind.INSPECTED, StepKind.FOLLOW_ON,
    StepKind.DONE,
})  # fmt: skip
"""With these the tenant has a time for the visit, or has had the visit itself."""
_KEEPS: Final = {"safety": "safety_work", "further": "further_work"}
"""Which promise the work of an order keeps."""


class CannotHear(ValueError):
    """It makes no sense: the message says why."""


class TimeGone(ValueError):
    """The time is not to be had any more."""


def take_step(contractor: str, heard: Heard, *, by: Actor, who: str = "contractor", at: datetime) -> bool:
    """Take in one thing a contractor says of an order of its own. Returns whether it counted.

    The same again, older ones that come late and ones about an order that has ended are kept beside and change nothing.

    Raises:
        LookupError: it has no such order. CannotHear: unknown, or a time is missing.
    """
    try:
        wanted, kind = UUID(heard.order), StepKind(heard.kind)
    except ValueError as strange:
        raise CannotHear(f"“{heard.kind}” is nothing that can be said of an order.") from strange
    _check(heard, kind)
    with transaction.atomic(), together():
        row = Order.objects.select_for_update().filter(id=wanted, contractor=contractor).first()
        if row is None:
            raise LookupError("There is no such order.")
        if Step.objects.filter(order=row, key=heard.key).exists():
            return False
        leads = after(row.state, kind) if not heard.number or heard.number > row.last_number else None
        case = Case.objects.filter(id=row.case_id).first()
        counts = leads is not None and case is not None and case.state in (CaseState.OPEN, CaseState.WAITING)
        _keep(row, heard, kind, who, counted=counts or kind == StepKind.NOTE, at=at)
        if heard.number > row.last_number:
            row.last_number = heard.number
            row.save(update_fields=["last_number"])
        if counts and case is not None and leads is not None:
            _move(row, case, heard, kind, leads, by=by, at=at)
        return counts


def agree(order_id: UUID, starts_at: datetime, *, by: Actor, at: datetime) -> Order:
    """The tenant chooses one of the times offered; the contractor is told. The same again changes nothing.

    Raises:
        TimeGone: it is not offered (any more), or has begun. LookupError.
    """
    with transaction.atomic(), together():
        row = Order.objects.select_for_update().filter(id=order_id).first()
        if row is None:
            raise LookupError("There is no such order.")
        if row.state == OrderState.BOOKED and row.starts_at == starts_at:
            return row
        chosen = next((pair for pair in offers_of(row) if pair[0] == starts_at), None)
        if row.state != OrderState.OFFERED or chosen is None or starts_at <= at:
            raise TimeGone("That time can’t be had any more. Choose another.")
        heard = Heard(str(row.id), f"agreed:{new_id()}", "agreed", at, starts_at=chosen[0], ends_at=chosen[1])
        _said_by_tenant(row, heard, StepKind.AGREED, "agreed", by=by, at=at)
        return row


def none_suit(order_id: UUID, *, words: str = "", by: Actor, at: datetime) -> Order:
    """None of the times suit the tenant: the contractor is asked for others. Raises TimeGone, LookupError."""
    with transaction.atomic(), together():
        row = Order.objects.select_for_update().filter(id=order_id).first()
        if row is None:
            raise LookupError("There is no such order.")
        if row.state != OrderState.OFFERED:
            raise TimeGone("These times are not offered any more.")
        heard = Heard(str(row.id), f"none:{new_id()}", "none_suit", at, words=words[:400])
        _said_by_tenant(row, heard, StepKind.NONE_SUIT, "none_suit", by=by, at=at)
        return row


def offers_of(row: Order) -> list[tuple[datetime, datetime]]:
    """Return the times offered, soonest first."""
    return sorted((datetime.fromisoformat(one[0]), datetime.fromisoformat(one[1])) for one in row.offers)


def _said_by_tenant(row: Order, heard: Heard, kind: StepKind, tell: str, *, by: Actor, at: datetime) -> None:
    leads = after(row.state, kind)
    _keep(row, heard, kind, "tenant" if by.kind != SYSTEM.kind else "officer", counted=True, at=at)
    if leads is not None:
        _move(row, Case.objects.get(id=row.case_id), heard, kind, leads, by=by, at=at)
        put_out(row, tell, at=at)


def _check(heard: Heard, kind: StepKind) -> None:
    if kind == StepKind.OFFERED and not heard.offers:
        raise CannotHear("No times were offered.")
    if kind == StepKind.BOOKED and heard.starts_at is None:
        raise CannotHear("It is not said when the visit is.")
    if kind == StepKind.INSPECTED and heard.hazard not in ("none", "significant", "emergency"):
        raise CannotHear("It is not said what was found: none, significant or emergency.")
    if kind in (StepKind.AGREED, StepKind.NONE_SUIT):
        raise CannotHear("Only the tenant can say that.")


def _keep(row: Order, heard: Heard, kind: StepKind, who: str, *, counted: bool, at: datetime) -> None:
    Step(
        id=new_id(), order=row, key=heard.key[:80], number=heard.number, kind=kind, by=who, occurred_at=heard.occurred_at,
        received_at=at, starts_at=heard.starts_at, ends_at=heard.ends_at,
        offers=[[one.isoformat() for one in pair] for pair in heard.offers], hazard=heard.hazard, words=heard.words[:400],
        counted=counted,
    ).save(force_insert=True)  # fmt: skip


def _move(
    row: Order, case: Case, heard: Heard, kind: StepKind, leads: OrderState, *, by: Actor, at: datetime
) -> None:  # fmt: skip
    """Bring the order, its case and its promises to where the step leads. The tenant is told by the step's event."""
    row.state, row.since = leads, at
    row.their_reference = heard.reference[:120] or row.their_reference
    if kind == StepKind.OFFERED:
        row.offers = [[one.isoformat() for one in pair] for pair in heard.offers]
    if kind in (StepKind.BOOKED, StepKind.AGREED):
        row.starts_at, row.ends_at, row.offers = heard.starts_at, heard.ends_at, []
    if kind == StepKind.VISITED:
        row.visits += 1
    if kind == StepKind.NO_ACCESS:
        row.no_access, row.starts_at, row.ends_at = row.no_access + 1, None, None
    if kind in (StepKind.REFUSED, StepKind.FOLLOW_ON, StepKind.NO_ACCESS):
        row.reason = heard.words[:300]
    if leads not in OPEN:
        row.ended_at = at
    row.save()
    if kind in _NAMES_A_TIME:
        meet_promises(row.case_id, kinds=[APPOINTMENT], by=by, at=at)
    if case.state == CaseState.WAITING and kind in (StepKind.BOOKED, StepKind.AGREED, StepKind.GOING, StepKind.VISITED):
        resume_case(case.id, reason="repair_step", told=True, by=SYSTEM, at=at)
    record([events.happening(events.OF_STEP[kind], row, at, number=row.number, hazard=heard.hazard)], by=by)
    if (status := _STATUS.get(kind)) is not None:
        set_status(case.id, status=status, told=True, by=SYSTEM, at=at)
    if kind == StepKind.NO_ACCESS:
        _stop_clock(case, at=at)
    rule = service_rule(current_pack(), case.service)
    if rule is not None:
        _ends(row, case, heard, kind, rule, by=by, at=at)


def _ends(
    row: Order, case: Case, heard: Heard, kind: StepKind, rule: RepairService, *, by: Actor, at: datetime
) -> None:  # fmt: skip
    match kind:
        case StepKind.FOLLOW_ON:
            _keeps(row, case, by=by, at=at)
            next_kind = "further" if row.kind in ("inspection", "safety", "further") else "repair"
            follow_on(row, what=heard.words, kind=next_kind, by=by, at=at)
        case StepKind.INSPECTED:
            _inspected(row, case, heard, rule, by=by, at=at)
        case StepKind.REFUSED:
            end(row, OrderState.REFUSED, by=by, at=at)
            words = f"The contractor refused this{f': {heard.words}' if heard.words else ''}."
            note_case(case.id, text=words, visible_to_customer=False, by=SYSTEM, at=at)
        case StepKind.DONE:
            _keeps(row, case, by=by, at=at)
            others = Order.objects.filter(case_id=case.id, state__in=OPEN).exclude(id=row.id).exists()
            if not others:
                outcome = rule.done if row.number == 1 else rule.done_later
                close_case(case.id, outcome=outcome, resolved=True, by=SYSTEM, at=at)


def _keeps(row: Order, case: Case, *, by: Actor, at: datetime) -> None:
    """Making safe, and further work that has been begun, keep promises of their own."""
    if (kind := _KEEPS.get(row.kind)) is not None:
        meet_promises(case.id, kinds=[kind], by=by, at=at)


def _inspected(
    row: Order, case: Case, heard: Heard, rule: RepairService, *, by: Actor, at: datetime
) -> None:  # fmt: skip
    """It was looked into: that promise is kept, and those that the law starts now begin, with the orders they need."""
    pack = current_pack()
    service = pack.services[case.service]
    meet_promises(case.id, kinds=["complete"], by=by, at=at)
    begun = []
    for one in rule.after:
        standard = standards_of_service(service.code, service.promise(one.promise), "complete")
        if heard.hazard not in one.hazards or standard is None:
            continue
        begun.append(
            NewPromise(
                kind=one.kind, standard=standard, subject_kind="case", subject_id=case.id, received_at=heard.occurred_at,
                customer_id=case.customer_id, service=case.service, channel=case.channel, team=case.team, area=case.area,
                pack_version_id=case.pack_version_id,
            )
        )  # fmt: skip
    make_promises(begun, by=by, at=at)
    for one in rule.after:
        if heard.hazard in one.hazards and one.orders:
            follow_on(row, what=heard.words, kind=one.orders, by=by, at=at)


def write_findings(case_id: UUID, *, text: str, nothing: bool = False, by: Actor, at: datetime) -> None:
    """Send the tenant the written findings of an inspection; that promise is kept. ``nothing``: there is nothing to do.

    They go by e-mail or letter even to who wants no messages: the law wants them in writing (SI 2025/1042, regulation 9).
    Where we have neither address of hers they go to the home that was looked into.

    Raises:
        ValueError: it is empty, or there is nowhere to send it. Refused, NoSuchCase.
    """
    if not text.strip():
        raise ValueError("Write what was found, what is to be done and when, and how to reach you.")
    with transaction.atomic(), together():
        case = Case.objects.select_for_update().get(id=case_id)
        note = note_case(case_id, text=text.strip()[:4000], visible_to_customer=True, by=by, at=at, told=True)
        _send_findings(case, note, by=by, at=at)
        meet_promises(case_id, kinds=["findings"], by=by, at=at)
        rule = service_rule(current_pack(), case.service)
        if nothing and rule is not None and rule.nothing_found:
            close_case(case_id, outcome=rule.nothing_found, resolved=False, by=by, at=at)


def _send_findings(case: Case, note: Note, *, by: Actor, at: datetime) -> None:
    about = case_values(case, at)
    to = about.to
    if case.place_text and not any(one.channel == "post" for one in to.addresses):
        home = Address("post", f"{to.name or 'The tenant'}, {case.place_text}"[:254])
        to = replace(to, addresses=(*to.addresses, home))
    sent = queue_message(
        key=f"{note.id}:{FINDINGS}", template=FINDINGS, to=to, values={**about.values, "note": note.text}, at=at, by=by,
        case_id=case.id,
    )  # fmt: skip
    if sent.state == MessageState.SUPPRESSED:
        raise ValueError(
            "This would reach nobody: we have no email address and no postal address. Add one, then send it."
        )


def _stop_clock(case: Case, *, at: datetime) -> None:
    """Nobody let them in: the clock stops until there is a new time, where its standard allows that."""
    if case.state == CaseState.WAITING:
        return
    try:
        wait_for(case.id, reason=ACCESS, told=True, by=SYSTEM, at=at)
    except NotAllowed:
        return
