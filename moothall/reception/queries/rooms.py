"""What reception, a desk and the screen in the room show: each in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from moothall.bookings.models import Booking
from moothall.bookings.queries import BookingView
from moothall.bookings.queries.diary import diary_of_site
from moothall.bookings.queries.views import view_of
from moothall.cases.models import Case
from moothall.core.access import require
from moothall.core.actors import SYSTEM, Actor
from moothall.core.packs import Pack, current_pack
from moothall.core.references import NotAReference, read_reference
from moothall.core.staff import staff_names
from moothall.core.zone import council_date
from moothall.customers.queries import names_of
from moothall.reception.models import HERE, Duty, Visit, VisitState
from moothall.reception.pack import CENTRES, QUEUES, Centre, skills_of
from moothall.reception.queries.duties import duty_row
from moothall.reception.queries.standing import queues_of_duty, standing, usual_at, waiter_of
from moothall.reception.rules import Place, Waiter, in_order
from moothall.reception.terms import within

SHOWN = 6
"""So many calls stand on the screen in the room."""
CALL_STANDS = timedelta(minutes=5)
EARLY = timedelta(hours=2)
MOST_OF_ONE = 60
"""So many times of one request (a weekly series) are looked through for today's."""


@dataclass(frozen=True, slots=True)
class VisitLine:
    """One visitor who is here. ``name`` is as officers may see it; ``waited`` to the second; ``late``: past the promise.

    ``see_by`` is when the promise runs out (from arrival, whatever the order is).
    """

    id: UUID
    contact_id: UUID
    centre: str
    ticket: str
    state: str
    queue: str
    queue_name: str
    how: str
    service: str
    name: str
    shown_as: str
    call_by: str
    find_by: str
    about: str
    needs: tuple[str, ...]
    language: str
    interpreter: str
    arrived_at: datetime
    waited: timedelta
    see_by: datetime
    late: bool
    near: bool
    booked_for: datetime | None
    calls: int
    handed: int
    desk: str
    desk_name: str
    staff_id: UUID | None
    staff: str
    called_at: datetime | None
    serving_since: datetime | None
    place: Place


@dataclass(frozen=True, slots=True)
class DeskView:
    """One desk of the centre: who sits there and whom they serve."""

    code: str
    name: str
    staff: str
    visit: VisitLine | None
    queues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DutyView:
    """Where an officer is on duty: at a desk or to be called in, and the queues she serves."""

    centre: str
    centre_name: str
    desk: str
    desk_name: str
    skills: tuple[str, ...]
    queues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody with an appointment today who has not come yet."""

    booking: BookingView
    name: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class SoFar:
    """The day so far: seen, of those within the promise, gone before they were seen, and the middle wait."""

    seen: int
    in_time: int
    left: int
    done: int


@dataclass(frozen=True, slots=True)
class Board:
    """Everything reception sees at one glance. ``experts``: names on duty by skill."""

    centre: Centre
    at: datetime
    waiting: tuple[VisitLine, ...]
    called: tuple[VisitLine, ...]
    serving: tuple[VisitLine, ...]
    desks: tuple[DeskView, ...]
    experts: tuple[tuple[str, tuple[str, ...]], ...]
    expected: tuple[Expected, ...]
    so_far: SoFar

    def line(self, visit_id: UUID | None) -> VisitLine | None:
        """Return one visitor who is here."""
        return next((one for one in (*self.waiting, *self.called, *self.serving) if one.id == visit_id), None)


@dataclass(frozen=True, slots=True)
class Called:
    """What the room sees of one call: a ticket or the first name they chose, and where to go. Nothing else of anybody."""

    id: UUID
    shown: str
    ticket: str
    desk: str
    calls: int
    called_at: datetime


def board(centre: str, *, visible_to: Actor, at: datetime) -> Board:
    """Return the board of a centre. Eight queries, however many are here.

    Raises:
        LookupError: no such centre. Refused.
    """
    require(visible_to, "reception.run" if visible_to.may("reception.run") else "contact.take")
    pack = current_pack()
    place = _centre(centre, pack)
    rows = list(Visit.objects.filter(centre=centre, state__in=HERE))
    duties = list(Duty.objects.filter(centre=centre, ended_at=None))
    lines = _lines(rows, duties, place, pack, visible_to, at)
    by_staff = {one.staff_id: one for one in lines.values() if one.staff_id and one.state != VisitState.WAITING}
    staff = staff_names({duty.staff_id for duty in duties})
    at_desk = {duty.desk: duty for duty in duties if duty.desk}
    order = [lines[one.id] for one in in_order(_waiters(rows))]
    return Board(
        centre=place, at=at, waiting=tuple(order),
        called=tuple(sorted(_in(lines, VisitState.CALLED), key=lambda one: one.called_at or at, reverse=True)),
        serving=tuple(sorted(_in(lines, VisitState.SERVING), key=lambda one: one.desk)),
        desks=tuple(_desk(desk.code, desk.name, at_desk.get(desk.code), staff, by_staff, pack) for desk in place.desks),
        experts=_experts(duties, staff, pack), expected=_expected(place, visible_to, at), so_far=today_so_far(centre, at=at),
    )  # fmt: skip


def today_so_far(centre: str, *, at: datetime) -> SoFar:
    """Return the day's figures of a centre as they stand. One query, over one day."""
    pack = current_pack()
    rows = Visit.objects.filter(centre=centre, day=council_date(at))
    seen = in_time = left = done = 0
    length = within(pack, council_date(at))
    for state, arrived, first in rows.values_list("state", "arrived_at", "seen_at"):
        if first is not None:
            seen += 1
            in_time += first - arrived <= length
        left += state == VisitState.LEFT and first is None
        done += state == VisitState.DONE
    return SoFar(seen, in_time, left, done)


def called_now(centre: str, *, at: datetime) -> tuple[list[Called], int, int | None]:
    """Return what the screen in the room shows: calls, newest first, how many wait, and the longest expected wait.

    Three queries. Anybody may see it: it holds tickets and chosen first names only.

    Raises:
        LookupError: no such centre.
    """
    pack = current_pack()
    place = _centre(centre, pack)
    rows = list(Visit.objects.filter(centre=centre, state__in=HERE))
    duties = list(Duty.objects.filter(centre=centre, ended_at=None))
    places = standing(rows, duties, usual_at(centre, at, pack), pack, at)
    shown = [
        row
        for row in rows
        if row.called_at is not None and (row.state == VisitState.CALLED or at - row.called_at < CALL_STANDS)
    ]
    shown.sort(key=lambda row: (row.state == VisitState.CALLED, row.called_at), reverse=True)
    called = [
        Called(row.id, row.shown_as or row.ticket, row.ticket, _desk_name(place, row.desk), row.calls, row.called_at)  # type: ignore[arg-type]
        for row in shown[:SHOWN]
        if row.desk and row.call_by != "staff"
    ]
    waits = [one.seconds for one in places.values() if one.seconds is not None]
    return called, len(places), max(waits, default=None)


def visit_view(visit_id: UUID, *, visible_to: Actor, at: datetime) -> VisitLine | None:
    """Return one visitor who is here, or None. Seven queries."""
    require(visible_to, "contact.view")
    return _one(Visit.objects.filter(id=visit_id).first(), visible_to, at)


def visit_of_contact(contact_id: UUID, *, visible_to: Actor, at: datetime) -> VisitLine | None:
    """Return the visit behind a contact at the counter while it goes on, or None: then one query."""
    require(visible_to, "contact.view")
    return _one(Visit.objects.filter(contact_id=contact_id, state__in=HERE).first(), visible_to, at)


def duty_of(actor: Actor) -> DutyView | None:
    """Return where an officer is on duty, or None. One query."""
    row = duty_row(actor)
    pack = current_pack()
    centre = pack.of(CENTRES).get(row.centre) if row else None
    if row is None or centre is None:
        return None
    return DutyView(
        row.centre, centre.name, row.desk, _desk_name(centre, row.desk), tuple(row.skills),
        tuple(queues_of_duty(row, pack)),
    )  # fmt: skip


def find_booking(reference: str, centre: str, *, at: datetime) -> BookingView | None:
    """Return the appointment of this reference that is here today and still stands, or None. One query.

    The reference of the request it was booked with finds it too: it is the first one in our messages.
    """
    place = _centre(centre, current_pack())
    try:
        code = read_reference(reference)
    except NotAReference:
        return None
    if not place.site:
        return None
    asked_with = Case.objects.filter(reference=code).values("id")
    rows = Booking.objects.filter(Q(reference=code) | Q(case_id__in=asked_with), site=place.site, state="confirmed")
    today = [
        row for row in rows.order_by("starts_at", "id")[:MOST_OF_ONE] if council_date(row.starts_at) == council_date(at)
    ]
    return view_of(today[0]) if today else None


def _centre(code: str, pack: Pack) -> Centre:
    found = pack.of(CENTRES).get(code)
    if found is None:
        raise LookupError("There is no such centre.")
    return found


def _desk_name(centre: Centre, code: str) -> str:
    desk = centre.desk(code) if code else None
    return desk.name if desk else code


def _waiters(rows: list[Visit]) -> list[Waiter]:
    return [waiter_of(row) for row in rows if row.state == VisitState.WAITING]


def _in(lines: dict[UUID, VisitLine], state: str) -> list[VisitLine]:
    return [one for one in lines.values() if one.state == state]


def _one(row: Visit | None, actor: Actor, at: datetime) -> VisitLine | None:
    if row is None:
        return None
    pack = current_pack()
    rows = list(Visit.objects.filter(centre=row.centre, state__in=HERE))
    duties = list(Duty.objects.filter(centre=row.centre, ended_at=None))
    lines = _lines([*(one for one in rows if one.id != row.id), row], duties, _centre(row.centre, pack), pack,
                   actor, at)  # fmt: skip
    return lines[row.id]


def _lines(
    rows: list[Visit], duties: list[Duty], centre: Centre, pack: Pack, actor: Actor, at: datetime
) -> dict[UUID, VisitLine]:
    places = standing(rows, duties, usual_at(centre.code, at, pack), pack, at)
    known = {row.customer_id for row in rows if row.customer_id}
    names = names_of(known, actor) if known and actor.may("customer.view") else {}
    staff = staff_names({row.staff_id for row in rows if row.staff_id})
    queues, length = pack.of(QUEUES), within(pack, council_date(at))
    found = {}
    for row in rows:
        ends = row.seen_at or row.ended_at or at
        see_by = row.arrived_at + length
        queue = queues.get(row.queue)
        found[row.id] = VisitLine(
            id=row.id, contact_id=row.contact_id, centre=row.centre, ticket=row.ticket, state=row.state, queue=row.queue,
            queue_name=queue.name if queue else row.queue, how=row.how, service=row.service,
            name=names.get(row.customer_id, "") if row.customer_id else "", shown_as=row.shown_as, call_by=row.call_by,
            find_by=row.find_by, about=row.about, needs=tuple(row.needs), language=row.language,
            interpreter=row.interpreter, arrived_at=row.arrived_at, waited=ends - row.arrived_at, see_by=see_by,
            late=row.seen_at is None and at > see_by, near=row.seen_at is None and at <= see_by < at + length / 4,
            booked_for=row.booked_for, calls=row.calls, handed=row.handed, desk=row.desk,
            desk_name=_desk_name(centre, row.desk), staff_id=row.staff_id,
            staff=staff.get(row.staff_id, "") if row.staff_id else "", called_at=row.called_at,
            serving_since=row.serving_since, place=places.get(row.id, Place(0, None)),
        )  # fmt: skip
    return found


def _desk(
    code: str, name: str, duty: Duty | None, staff: dict[UUID, str], lines: dict[UUID, VisitLine], pack: Pack
) -> DeskView:
    if duty is None:
        return DeskView(code, name, "", None, ())
    queues = pack.of(QUEUES)
    served = tuple(queues[queue].name for queue in queues_of_duty(duty, pack))
    return DeskView(code, name, staff.get(duty.staff_id, ""), lines.get(duty.staff_id), served)


def _experts(duties: list[Duty], staff: dict[UUID, str], pack: Pack) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: dict[str, list[str]] = {}
    for duty in duties:
        for skill in duty.skills:
            found.setdefault(skill, []).append(staff.get(duty.staff_id, ""))
    said = skills_of(pack)
    return tuple((said.get(skill, skill), tuple(sorted(names))) for skill, names in sorted(found.items()))


def _expected(centre: Centre, actor: Actor, at: datetime) -> tuple[Expected, ...]:
    if not centre.site:
        return ()
    views = [
        view
        for view in diary_of_site(centre.site, council_date(at), visible_to=SYSTEM.because(actor.purpose))
        if view.state == "confirmed" and view.arrived_at is None and view.way == "in_person"
        and at - EARLY <= view.starts_at <= at + EARLY
    ]  # fmt: skip
    known = {view.customer_id for view in views if view.customer_id}
    names = names_of(known, actor) if known and actor.may("customer.view") else {}
    return tuple(
        Expected(view, names.get(view.customer_id, "") if view.customer_id else view.title, view.starts_at < at)
        for view in views
    )
