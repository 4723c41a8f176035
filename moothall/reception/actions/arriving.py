"""Somebody comes in: a ticket, a place in the queue, and the clock of the promise begins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from moothall.bookings.actions import arrive as booking_arrives
from moothall.bookings.errors import NotBookable
from moothall.bookings.queries import booking
from moothall.contacts.actions import record_contact
from moothall.contacts.queries import contact_known_as
from moothall.core.access import require
from moothall.core.actors import SYSTEM, Actor, ActorKind
from moothall.core.events import Happening, record
from moothall.core.ids import new_id
from moothall.core.lines import one_line
from moothall.core.packs import Pack, current_pack
from moothall.customers.queries import survivor_of
from moothall.reception import events
from moothall.reception.actions.lines import centre_of, hold_line, take_visit
from moothall.reception.errors import NotSo
from moothall.reception.models import HowCalled, Interpreting, Line, Visit, VisitState
from moothall.reception.pack import QUEUES, RECEPTION, Centre, queue_for
from moothall.reception.queries.standing import place_of
from moothall.reception.rules import Place, ticket_of, turn_at
from moothall.reception.terms import CHANNEL, within

RUN = "reception.run"


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who comes in and for what; all but the centre may be left out.

    ``key`` makes it happen once: the same key again is the same visit. ``call_by`` is a `HowCalled`; by text needs
    ``phone``, in international form. ``shown_as`` is the first name they chose to be called by.
    """

    centre: str
    how: str = "host"
    key: str = ""
    service: str = ""
    queue: str = ""
    about: str = ""
    shown_as: str = ""
    call_by: str = HowCalled.SCREEN
    phone: str = ""
    find_by: str = ""
    needs: tuple[str, ...] = ()
    language: str = ""
    customer_id: UUID | None = None
    booking_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """What somebody is given: the number, how many are before them and how long it takes."""

    visit_id: UUID
    ticket: str
    place: Place
    arrived_at: datetime
    call_by: str


def arrive(new: Arrival, *, by: Actor, at: datetime) -> Ticket:
    """Take somebody in. The contact is recorded with its promise, the booking knows they came, the place is theirs.

    Numbers, order and the place told are made under the lock of the centre's line: no two the same, none out of turn.

    Raises:
        NotSo: with the field to mend. Refused: only officers of reception, or the kiosk for whoever stands at it.
    """
    if not (new.how == "kiosk" and by.kind is ActorKind.ANONYMOUS):
        require(by, RUN)
    pack = current_pack()
    centre = centre_of(new.centre, pack)
    _check(new)
    with transaction.atomic():
        line = hold_line(centre.code, at)
        at = max(at, line.last_at) if line.last_at else at
        new, booked = _with_booking(new, centre, by=by, at=at)
        contact = record_contact(
            channel=CHANNEL, received_at=at, customer_id=new.customer_id, service=new.service, note=new.about,
            external_id=f"visit:{new.key}" if new.key else "", open_=True, waits=True, by=by, at=at,
        )  # fmt: skip
        known = Visit.objects.filter(contact_id=contact.id).first()
        if known is not None:
            return _given(known, place_of(known, at=at, pack=pack))
        row = _visit(new, centre, contact.id, booked, line, at, pack)
        row.save(force_insert=True)
        place = place_of(row, at=at, pack=pack)
        record([_arrived(row, place, at)], by=by)
        return _given(row, place)


def ticket_given(new: Arrival, *, at: datetime) -> Ticket | None:
    """Return the ticket that this very arrival was given before; None where it comes for the first time."""
    key = _once(new)
    contact_id = contact_known_as(f"visit:{key}", channel=CHANNEL) if key else None
    known = Visit.objects.filter(contact_id=contact_id).first() if contact_id else None
    return _given(known, place_of(known, at=at, pack=current_pack())) if known else None


def _given(row: Visit, place: Place) -> Ticket:
    return Ticket(row.id, row.ticket, place, row.arrived_at, row.call_by)


def _once(new: Arrival) -> str:
    """The key that makes it happen once: an appointment is one by itself."""
    return new.key or (f"booking:{new.booking_id}" if new.booking_id else "")


def change_visit(
    visit_id: UUID, *, needs: tuple[str, ...] | None = None, language: str | None = None, call_by: str | None = None,
    phone: str | None = None, find_by: str | None = None, customer_id: UUID | None = None, by: Actor, at: datetime,
) -> Visit:  # fmt: skip
    """Change what is known of somebody who waits; a need may bring their turn nearer. What is ``None`` stays.

    Raises:
        NotSo; LookupError; Refused.
    """
    require(by, RUN)
    with transaction.atomic():
        row, _ = take_visit(visit_id)
        if needs is not None and sorted(needs) != sorted(row.needs):
            row.turn_at += _ahead(tuple(row.needs)) - _ahead(needs)
            row.needs = sorted(needs)
        if language is not None and language != row.language:
            row.language = language
            row.interpreter = Interpreting.WANTED if language else Interpreting.NONE
        row.call_by = row.call_by if call_by is None else call_by
        row.phone = row.phone if phone is None else phone
        row.find_by = row.find_by if find_by is None else find_by[:120]
        row.customer_id = row.customer_id if customer_id is None else survivor_of(customer_id)
        if row.call_by == HowCalled.TEXT and not row.phone:
            raise NotSo("phone", "Enter the mobile number to text.")
        row.save()
        return row


def _check(new: Arrival) -> None:
    if new.call_by not in HowCalled.values:
        raise NotSo("call_by", "Choose how they want to be called.")
    if new.call_by == HowCalled.TEXT and not new.phone:
        raise NotSo("phone", "Enter the mobile number to text.")
    if new.queue and new.queue not in centre_of(new.centre).queues:
        raise NotSo("queue", "Choose a queue of this centre.")


def _with_booking(new: Arrival, centre: Centre, *, by: Actor, at: datetime) -> tuple[Arrival, datetime | None]:
    """Fill in what an appointment tells, and tell the booking that they came."""
    if new.booking_id is None:
        return new, None
    view = booking(new.booking_id)
    if view is None or view.site != (centre.site or "-"):
        raise NotSo("booking", "There is no such appointment here today.")
    try:
        booking_arrives(view.id, by=SYSTEM.because(by.purpose), at=at)
    except NotBookable as wrong:
        raise NotSo("booking", str(wrong)) from wrong
    filled = replace(
        new, key=_once(new), service=new.service or view.service,
        customer_id=new.customer_id or view.customer_id, language=new.language or view.language,
    )  # fmt: skip
    return filled, view.starts_at


def _visit(
    new: Arrival, centre: Centre, contact_id: UUID, booked: datetime | None, line: Line, at: datetime, pack: Pack
) -> Visit:
    queue = new.queue or queue_for(pack, centre, new.service)
    letter, rules = pack.of(QUEUES)[queue].letter, pack.one(RECEPTION)
    number = int(line.numbers.get(letter, 0)) + 1
    line.numbers[letter], line.last_at = number, at
    line.save(update_fields=["numbers", "last_at"])
    call_by = new.call_by
    if call_by == HowCalled.SCREEN and set(new.needs) & set(rules.come_to):
        call_by = HowCalled.STAFF
    return Visit(
        id=new_id(), contact_id=contact_id, centre=centre.code, day=line.day, queue=queue, number=number,
        ticket=ticket_of(letter, number), state=VisitState.WAITING, how="booking" if booked else new.how,
        service=new.service, customer_id=survivor_of(new.customer_id) if new.customer_id else None,
        booking_id=new.booking_id, booked_for=booked, shown_as=one_line(new.shown_as)[:40], call_by=call_by,
        phone=new.phone, find_by=new.find_by[:120], about=new.about[:300], needs=sorted(new.needs), language=new.language,
        interpreter=Interpreting.WANTED if new.language else Interpreting.NONE, arrived_at=at, waiting_since=at,
        turn_at=turn_at(
            at, within=within(pack, line.day, new.service), booked=booked, late=timedelta(minutes=rules.late_minutes),
            ahead=_ahead(new.needs, pack),
        ),
    )  # fmt: skip


def _ahead(needs: tuple[str, ...], pack: Pack | None = None) -> timedelta:
    forward = (pack or current_pack()).one(RECEPTION).ahead_minutes
    return timedelta(minutes=max((forward.get(need, 0) for need in needs), default=0))


def _arrived(row: Visit, place: Place, at: datetime) -> Happening:
    return events.happening(
        events.ARRIVED, row, at, how=row.how, number=row.number, turn_at=row.turn_at.isoformat(), ahead=place.ahead,
        wait=place.seconds, needs=len(row.needs),
    )  # fmt: skip
