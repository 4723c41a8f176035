"""Whose turn it is: the next is called to a desk, called again, or counted as gone."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.contacts.actions import close_contact, open_contact, record_ended_matter
from moothall.contacts.models import Outcome
from moothall.core.access import require
from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import Happening, record
from moothall.core.packs import current_pack
from moothall.notifications.actions import queue_message
from moothall.notifications.recipients import recipient
from moothall.reception import events
from moothall.reception.actions.lines import centre_of, hold_line, take_visit
from moothall.reception.errors import NotSo
from moothall.reception.models import Duty, HowCalled, Visit, VisitState
from moothall.reception.pack import RECEPTION
from moothall.reception.queries.duties import duty_row
from moothall.reception.queries.standing import places_here, queues_of_duty
from moothall.reception.rules import Waiter, turn_after_absence

TAKE = "contact.take"
LEFT_BECAUSE = {
    "did_not_come": "Called and did not come", "said_so": "Said they could not wait", "elsewhere": "Was helped elsewhere",
    "closed": "We closed",
}  # fmt: skip


def call_next(*, by: Actor, at: datetime) -> Visit | None:
    """Call whoever is next in the queues this officer serves, to the desk where she is on duty. None: nobody waits.

    Somebody she called already and has not begun with is called again instead: a second press takes nobody further.

    Raises:
        NotSo: she is at no desk. Refused.
    """
    require(by, TAKE)
    with transaction.atomic():
        duty = _duty_at_desk(by)
        hold_line(duty.centre, at)
        mine = Visit.objects.filter(centre=duty.centre, state=VisitState.CALLED, staff_id=by.id)
        row = mine.select_for_update().first()
        if row is None:
            waiting = Visit.objects.filter(centre=duty.centre, state=VisitState.WAITING, queue__in=queues_of_duty(duty))
            row = waiting.select_for_update().order_by("turn_at", "number", "id").first()
        if row is None:
            return None
        return _call(row, duty, by=by, at=at)


def call(visit_id: UUID, *, by: Actor, at: datetime) -> Visit:
    """Call somebody out of turn, or again. What was called to another desk stays there.

    Raises:
        NotSo, LookupError, Refused.
    """
    require(by, TAKE)
    with transaction.atomic():
        duty = _duty_at_desk(by)
        row, _ = take_visit(visit_id)
        if row.centre != duty.centre:
            raise NotSo("desk", "They are at another centre.")
        if row.state == VisitState.SERVING or (row.state == VisitState.CALLED and row.staff_id != by.id):
            raise NotSo("visit", f"{row.ticket} is at another desk.")
        return _call(row, duty, by=by, at=at)


def not_there(visit_id: UUID, *, by: Actor, at: datetime) -> Visit:
    """They did not come when called: behind whoever is next, or gone after as many calls as the pack says.

    Raises:
        NotSo, LookupError, Refused.
    """
    require(by, TAKE)
    with transaction.atomic():
        row, _ = take_visit(visit_id)
        if row.state != VisitState.CALLED:
            return row
        if row.calls >= current_pack().one(RECEPTION).calls:
            return gone(row, "did_not_come", by=by, at=at)
        row.turn_at = _after_the_next(row, by)
        row.state, row.desk, row.staff_id, row.called_at = VisitState.WAITING, "", None, None
        row.save(update_fields=["state", "desk", "staff_id", "called_at", "turn_at"])
        record([_back(row, at)], by=by)
        return row


def _after_the_next(row: Visit, by: Actor) -> datetime:
    """The turn of who did not come: just after the first in line who has been called less often, so nobody waits behind
    an empty chair."""
    duty = duty_row(by)
    queues = {row.queue, *(queues_of_duty(duty) if duty is not None else ())}
    waiting = Visit.objects.filter(centre=row.centre, state=VisitState.WAITING, queue__in=queues)
    line = [Waiter(one.id, one.queue, one.turn_at, one.number, one.calls) for one in waiting]
    return turn_after_absence(Waiter(row.id, row.queue, row.turn_at, row.number, row.calls), line)


def leave(visit_id: UUID, *, because: str, by: Actor, at: datetime) -> Visit:
    """They go before anybody has seen them: counted, with how long they waited; the promise is withdrawn, not kept.

    Raises:
        NotSo: no such reason, or they sit at a desk already. LookupError, Refused.
    """
    require(by, "reception.run")
    if because not in LEFT_BECAUSE:
        raise NotSo("because", "Choose why they leave.")
    with transaction.atomic():
        row, _ = take_visit(visit_id)
        if row.state == VisitState.SERVING:
            raise NotSo("visit", "They are at a desk. The officer there finishes the visit.")
        return gone(row, because, by=by, at=at)


def tell_nearly(centre: str, *, at: datetime) -> int:
    """Text those who wait by text and are nearly due, once each; return how many. Called after every change of the order."""
    most = current_pack().one(RECEPTION).text_ahead
    told = 0
    with transaction.atomic():
        hold_line(centre, at)
        rows = Visit.objects.filter(centre=centre, state=VisitState.WAITING, call_by=HowCalled.TEXT, warned_at=None)
        due = list(rows.select_for_update())
        standing = places_here(centre, at=at) if due else {}
        for row in due:
            if row.id in standing and standing[row.id].ahead < most:
                row.warned_at = at
                row.save(update_fields=["warned_at"])
                record([events.happening(events.NEARLY, row, at)], by=SYSTEM)
                told += 1
    return told


def text(row: Visit, template: str, key: str, at: datetime, **values: str) -> None:
    """Queue a text message to a visitor who waits by text, once per key."""
    centre = centre_of(row.centre)
    queue_message(
        key=f"{key}:{row.id}:{template}", template=template, to=recipient(None, phone=row.phone), channel="sms",
        values={"ticket": row.ticket, "where": centre.name, **values}, at=at, contact_id=row.contact_id,
    )  # fmt: skip


def _duty_at_desk(by: Actor) -> Duty:
    duty = duty_row(by, locked=True)
    if duty is None or not duty.desk:
        raise NotSo("desk", "Say at which desk you are first.")
    return duty


def _call(row: Visit, duty: Duty, *, by: Actor, at: datetime) -> Visit:
    again = row.state == VisitState.CALLED
    row.state, row.desk, row.staff_id, row.called_at = VisitState.CALLED, duty.desk, by.id, at
    row.calls += 1
    row.save(update_fields=["state", "desk", "staff_id", "called_at", "calls"])
    waited = round((at - row.waiting_since).total_seconds())
    record(
        [events.happening(events.CALLED, row, at, desk=row.desk, calls=row.calls, waited=waited, again=again)], by=by
    )
    return row


def _back(row: Visit, at: datetime) -> Happening:
    return events.happening(
        events.HANDED, row, at, turn_at=row.turn_at.isoformat(), number=row.number, why="not_there", calls=row.calls
    )


def gone(row: Visit, because: str, *, by: Actor, at: datetime) -> Visit:
    """Count somebody as gone (``because``: a code of ``LEFT_BECAUSE``); the caller holds the line and the row."""
    seen = row.seen_at is not None
    row.state, row.ended_at, row.ended_because, row.staff_id = VisitState.LEFT, at, because, None
    row.save(update_fields=["state", "ended_at", "ended_because", "staff_id"])
    waited = round((at - row.waiting_since).total_seconds())
    record([events.happening(events.LEFT, row, at, because=because, waited=waited, seen=seen)], by=by)
    contact = open_contact(row.contact_id)
    if row.service and not seen:
        record_ended_matter(contact, service=row.service, outcome=Outcome.ABANDONED, by=by, at=at)
    close_contact(row.contact_id, cause="", done_in_one=False, by=by, at=at)
    return row
