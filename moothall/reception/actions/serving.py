"""At the desk: the officer sits down with them, hands them on without asking again, finishes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from moothall.bookings.actions import attended
from moothall.bookings.errors import NotBookable
from moothall.contacts.actions import add_matter, answer_contact, hand_contact, note_contact
from moothall.contacts.queries import has_matters
from moothall.core.access import require
from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import record
from moothall.core.packs import current_pack
from moothall.reception import events
from moothall.reception.actions.experts import end_asks
from moothall.reception.actions.lines import centre_of, take_visit
from moothall.reception.errors import NotSo
from moothall.reception.models import HERE, ExpertAsk, Interpreting, Visit, VisitState
from moothall.reception.queries.duties import duty_row
from moothall.services.pack import SERVICES

TAKE = "contact.take"


def serve(visit_id: UUID, *, by: Actor, at: datetime) -> Visit:
    """The officer sits down with them: the wait is over and the promise kept or late; the contact is hers.

    Who was not called first is called by this. What they came for is the contact's first matter.

    Raises:
        NotSo: she is at no desk, or somebody else has them. LookupError, Refused.
    """
    require(by, TAKE)
    with transaction.atomic():
        row, _ = take_visit(visit_id)
        if row.state == VisitState.SERVING and row.staff_id == by.id:
            return row
        if row.state != VisitState.WAITING and row.staff_id != by.id:
            raise NotSo("visit", "A colleague has called them.")
        duty = duty_row(by)
        if duty is None or not duty.desk or duty.centre != row.centre:
            raise NotSo("desk", "Say at which desk you are first.")
        first = row.seen_at is None
        answer_contact(row.contact_id, by=by, at=at)
        hand_contact(row.contact_id, staff_id=by.id, by=by, at=at)
        service = current_pack().of(SERVICES).get(row.service)
        if (
            first
            and service is not None
            and service.channel("counter").level != "no"
            and not has_matters(row.contact_id)
        ):
            add_matter(row.contact_id, service=row.service, by=by, at=at)
        row.state, row.desk, row.staff_id, row.serving_since = VisitState.SERVING, duty.desk, by.id, at
        row.seen_at = row.seen_at or at
        row.save(update_fields=["state", "desk", "staff_id", "serving_since", "seen_at"])
        waited = round((at - row.waiting_since).total_seconds())
        record([events.happening(events.SEEN, row, at, desk=row.desk, waited=waited, first=first)], by=by)
        return row


def hand_on(visit_id: UUID, *, queue: str, so_far: str, by: Actor, at: datetime) -> Visit:
    """Hand them on to another queue of the centre: same ticket, same contact, all that was said goes along.

    They keep the turn of their first arrival, so they come before whoever came later. ``so_far`` is kept with the contact.

    Raises:
        NotSo: nothing was said of what has been done, or no such queue. LookupError, Refused.
    """
    require(by, TAKE)
    so_far = " ".join(so_far.split())[:600]
    with transaction.atomic():
        row, _ = take_visit(visit_id)
        if queue not in centre_of(row.centre).queues:
            raise NotSo("queue", "Choose a queue of this centre.")
        if not so_far:
            raise NotSo("so_far", "Say what was done so far, so that they need not say it again.")
        end_asks(row, by=by, at=at)
        before = row.queue
        row.queue, row.state, row.desk, row.staff_id, row.called_at = queue, VisitState.WAITING, "", None, None
        row.waiting_since, row.calls, row.handed, row.about = at, 0, row.handed + 1, so_far[:300]
        row.save()
        note_contact(row.contact_id, note=so_far, by=by, at=at)
        hand_contact(row.contact_id, staff_id=None, by=by, at=at)
        turn = row.turn_at.isoformat()
        record([events.happening(events.HANDED, row, at, before=before, turn_at=turn, number=row.number)], by=by)
        return row


def interpret(visit_id: UUID, *, language: str, how: str, by: Actor, at: datetime) -> Visit:
    """Say which language somebody speaks and where the interpreter is (an `Interpreting`).

    Raises:
        NotSo: no such way, or no language. LookupError, Refused.
    """
    require(by, TAKE if by.may(TAKE) else "reception.run")
    if how not in Interpreting.values or (how and not language):
        raise NotSo("language", "Choose the language and how the interpreter joins.")
    with transaction.atomic():
        row, _ = take_visit(visit_id)
        if (row.language, row.interpreter) != (language if how else "", how):
            row.language, row.interpreter = (language if how else ""), how
            row.save(update_fields=["language", "interpreter"])
            waited = round((at - row.arrived_at).total_seconds())
            record([events.happening(events.INTERPRETED, row, at, language=language, how=how, after=waited)], by=by)
        return row


def end_visit_of(contact_id: UUID, *, by: Actor, at: datetime) -> Visit | None:
    """The contact is finished, so the visit is: the desk is free, the appointment took place. None: it was no visit."""
    known = Visit.objects.filter(contact_id=contact_id, state__in=HERE).values_list("id", flat=True).first()
    if known is None:
        return None
    with transaction.atomic():
        row, _ = take_visit(known)
        return finish(row, by=by, at=at)


def finish(row: Visit, *, because: str = "", by: Actor, at: datetime) -> Visit:
    """End a visit at a desk, ``because`` of what where not by its officer; the caller holds the line and the row."""
    end_asks(row, by=by, at=at)
    row.state, row.ended_at, row.ended_because = VisitState.DONE, at, because
    row.save(update_fields=["state", "ended_at", "ended_because"])
    took = round((at - (row.serving_since or at)).total_seconds())
    joined = ExpertAsk.objects.filter(visit=row, staff_id__isnull=False).exists()
    record([events.happening(events.ENDED, row, at, seconds=took, handed=row.handed, expert=joined)], by=by)
    if row.booking_id is not None:
        try:
            attended(row.booking_id, by=SYSTEM.because(by.purpose), at=at)
        except NotBookable:
            pass  # moved or cancelled while they sat here: the visit is no less over
    return row
