"""Bookings over the wire: what is free, book it, see it, move it, make it smaller, cancel it."""

import logging
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from moothall.bookings import actions
from moothall.bookings.pack import BOOKABLES, units_of
from moothall.bookings.queries import BookingView, Wish, booking, bookings_of_case, day_bounds, find
from moothall.bookings.rules import INDOOR, LONGEST_KEY, Spot, hours_before
from moothall.core import clock
from moothall.core.access import restrictions_visible_to
from moothall.core.actors import Actor, customer_actor
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.intake.actions.raising import raise_request
from moothall.intake.lookups import read_now
from moothall.intake.slots import SlotGone
from moothall.interfaces.api import shapes
from moothall.interfaces.api.wire import ERRORS, WRITES, NotValid, do_once
from moothall.interfaces.policy import Request, policy
from moothall.payments.queries import money_of_booking
from moothall.services.pack import SERVICES, Question, Service

log = logging.getLogger("moothall.bookings")
bookings = Router(tags=["bookings"])
Code = Annotated[str, Field(min_length=1, max_length=64)]
FURTHEST = timedelta(days=400)


class BookableOut(Schema):
    """Something that can be booked: its length in minutes, and how many days ahead."""

    code: str
    name: str
    kind: str
    minutes: int
    days_ahead: int
    resources: int


class FreeIn(Schema):
    """A search. ``since`` is the first day (today if it is left out), `from_minute` and `to_minute` minutes of the day."""

    bookable: str = Field(max_length=64)
    since: date | None = None
    days: int = Field(14, ge=1, le=92)
    site: str = Field("", max_length=64)
    latitude: float | None = Field(None, ge=49, le=61)
    longitude: float | None = Field(None, ge=-9, le=2)
    within_km: float | None = Field(None, gt=0, le=500)
    indoor: bool | None = None
    access: str = Field("", max_length=40, description="What the place must have: step_free, hoist, hearing_loop …")
    way: Literal["", "in_person", "phone", "video", "home"] = ""
    places: int = Field(1, ge=1, le=200)
    from_minute: int = Field(0, ge=0, le=1440)
    to_minute: int = Field(1440, ge=0, le=1440)
    limit: int = Field(100, ge=1, le=200)


class SlotOut(Schema):
    """One free time. ``key`` books it; ``free`` counts courts, officers or crews, of a session its places; ``km`` is as the
    crow flies, where the search said from where."""

    key: str
    site: str
    site_name: str
    where: str
    starts_at: datetime
    ends_at: datetime
    free: int
    km: float | None
    access: list[str]


class FreeOut(Schema):
    """The soonest free times, and how many there are in all."""

    slots: list[SlotOut]
    total: int


class BookIn(shapes.Wire):
    """A booking: the service, the key of a free time, and the answers to the service's other questions."""

    service: str = Field(min_length=1, max_length=80)
    slot: str = Field(min_length=1, max_length=LONGEST_KEY)
    answers: dict[str, Any] = Field({}, max_length=100)
    customer_id: UUID | None = None


class ChangeIn(shapes.Wire):
    """Who asks for it: a customer is held to the notice and the terms for money, the council is not."""

    asked_by: Literal["customer", "council"] = "customer"


class MoveIn(ChangeIn):
    """Another time for a booking."""

    slot: str = Field(min_length=1, max_length=LONGEST_KEY)


class KeepIn(ChangeIn):
    """How many places of a booking are kept; the others are given up."""

    places: int = Field(ge=1, le=200)


class BookingOut(Schema):
    """One booking of so many ``places``. While money is owed it is `held` until ``expires_at``, and paid at ``pay_path``."""

    id: UUID
    reference: str
    state: str
    bookable: str
    service: str
    site: str
    resource: str
    starts_at: datetime
    ends_at: datetime
    way: str
    places: int
    needs: list[str]
    case_id: UUID | None
    customer_id: UUID | None
    expires_at: datetime | None
    moved: int
    to_pay_pence: int = 0
    pay_path: str = ""


@bookings.get("/bookables", response={200: list[BookableOut], **ERRORS}, summary="What can be booked")
@policy("token", needs="api.bookings.read", purpose="integration")
def list_bookables(request: HttpRequest) -> Any:
    """Everything customers can book here, by code."""
    pack = current_pack()
    return [
        {"code": code, "name": one.name, "kind": one.kind, "minutes": one.minutes, "days_ahead": one.horizon,
         "resources": len(units_of(pack, code))}
        for code, one in pack.of(BOOKABLES).items()
    ]  # fmt: skip


@bookings.get("/free", response={200: FreeOut, **ERRORS}, summary="Find free times")
@policy("token", needs="api.bookings.read", purpose="integration")
def free_times(request: HttpRequest, asked: Query[FreeIn]) -> Any:
    """The free times at every site that suits, soonest first and then nearest."""
    at = clock.now()
    today = council_date(at)
    since = asked.since or today
    if asked.bookable not in current_pack().of(BOOKABLES):
        raise Http404
    if not today <= since <= today + FURTHEST:
        raise NotValid([("since", "Name a day from today on, at most 400 days ahead.")])
    near = None
    if asked.latitude is not None and asked.longitude is not None:
        near = (asked.latitude, asked.longitude)
    wish = Wish(
        asked.bookable, since=day_bounds(since)[0], until=day_bounds(since + timedelta(days=asked.days - 1))[1],
        sites=frozenset({asked.site} if asked.site else ()), near=near, within_km=asked.within_km if near else None,
        indoor=asked.indoor, access=frozenset({asked.access} if asked.access else ()), way=asked.way, places=asked.places,
        from_minute=asked.from_minute, to_minute=asked.to_minute,
    )  # fmt: skip
    found = find(wish, at=at, limit=asked.limit)
    must = tuple(filter(None, (asked.access, INDOOR if asked.indoor else "")))
    slots = [replace(one, key=Spot(one.site, one.starts_at, must).key) for one in found.slots] if must else found.slots
    return {"slots": slots, "total": found.total}


@bookings.post("", response={201: BookingOut, **WRITES}, summary="Book a free time")
@policy("token", needs="api.bookings.write", purpose="integration")
def post_booking(request: Request, body: BookIn) -> Any:
    """Ask for the service with this time: the case is opened, the time is booked, or held until it is paid. Once per key."""
    now = clock.now()

    def book() -> dict[str, Any]:
        pack = current_pack()
        service = pack.of(SERVICES).get(body.service)
        question = _booking_question(service)
        if service is None or question is None:
            raise NotValid([("service", "Nothing is booked with this service.")])
        unasked = [name for name in body.answers if name not in service.by_question]
        if unasked:  # a price, a concession, a slip in a name: said, never quietly left out
            raise NotValid([(f"answers.{name}", "The service does not ask this.") for name in unasked])
        given = {**body.answers, question.id: body.slot}
        answers, wrong = read_now(service, given, channel="api", at=now)
        if wrong:
            where = {question.id: "slot"}
            raise NotValid([(where.get(one, f"answers.{one}"), error.message) for one, error in wrong.items()])
        try:
            raised = raise_request(
                service, answers, pack=pack, channel="api", by=request.actor, at=now, customer_id=body.customer_id,
                source="api",
            )  # fmt: skip
        except SlotGone as gone:
            raise NotValid([("slot", gone.message)]) from gone
        made = bookings_of_case(raised.case_id) if raised.case_id else []
        if not made:
            raise NotValid([("service", raised.because or "This is not booked without an officer.")])
        return _out(next((one for one in made if one.lead == one.id), made[0]), now)

    return do_once(request, "bookings", body.model_dump(mode="json"), book)


@bookings.get("/{booking_id}", response={200: BookingOut, **ERRORS}, summary="One booking")
@policy("token", needs="api.bookings.read", purpose="integration")
def get_booking(request: Request, booking_id: UUID) -> Any:
    """How a booking stands."""
    return _out(_found(request, booking_id), clock.now())


@bookings.post("/{booking_id}/move", response={200: BookingOut, **WRITES}, summary="Move a booking")
@policy("token", needs="api.bookings.write", purpose="integration")
def post_move(request: Request, booking_id: UUID, body: MoveIn) -> Any:
    """Move it to another free time; where that is taken the old one stays."""
    now = clock.now()

    def move() -> dict[str, Any]:
        view = _found(request, booking_id)
        return _out(actions.move(booking_id, body.slot, by=_asked_by(request, body, view), at=now), now)

    said = body.model_dump(mode="json") | {"booking": str(booking_id)}
    return do_once(request, "bookings.move", said, move, status=200)


@bookings.post("/{booking_id}/places", response={200: BookingOut, **WRITES}, summary="Give up places of a booking")
@policy("token", needs="api.bookings.write", purpose="integration")
def post_places(request: Request, booking_id: UUID, body: KeepIn) -> Any:
    """Keep so many places and give up the others; what the terms give back for those goes back by itself."""
    now = clock.now()

    def keep() -> dict[str, Any]:
        view, hers = _found(request, booking_id), body.asked_by == "customer"
        by, reason = _asked_by(request, body, view), "asked" if hers else "council"
        return _out(actions.keep_places(booking_id, body.places, asked=hers, reason=reason, by=by, at=now), now)

    said = body.model_dump(mode="json") | {"booking": str(booking_id)}
    return do_once(request, "bookings.places", said, keep, status=200)


@bookings.post("/{booking_id}/cancel", response={200: BookingOut, **WRITES}, summary="Cancel a booking")
@policy("token", needs="api.bookings.write", purpose="integration")
def post_cancel(request: Request, booking_id: UUID, body: ChangeIn) -> Any:
    """Cancel it; what the terms give back goes back by itself."""
    now = clock.now()

    def cancel() -> dict[str, Any]:
        view, reason = _found(request, booking_id), "asked" if body.asked_by == "customer" else "council"
        return _out(actions.cancel(booking_id, reason=reason, by=_asked_by(request, body, view), at=now), now)

    said = body.model_dump(mode="json") | {"booking": str(booking_id)}
    return do_once(request, "bookings.cancel", said, cancel, status=200)


def _booking_question(service: Service | None) -> Question | None:
    asked = service.questions if service is not None else ()
    return next((q for q in asked if q.type == "slot" and (q.books or q.books_by)), None)


def _found(request: Request, booking_id: UUID) -> BookingView:
    """One booking; 404 where there is none, or its service is one that this token may not know of."""
    view = booking(booking_id)
    service = current_pack().of(SERVICES).get(view.service) if view is not None else None
    if view is None or not _may_know(service, request.actor):
        log.warning("Refused a booking over the wire", extra={"kind": "booking", "subject": str(booking_id)})
        raise Http404
    return view


def _may_know(service: Service | None, actor: Actor) -> bool:
    allowed = restrictions_visible_to(actor)
    return service is None or not service.restricted or allowed is None or service.restricted in allowed


def _asked_by(request: Request, body: ChangeIn, view: BookingView) -> Actor:
    return customer_actor(view.customer_id) if body.asked_by == "customer" else request.actor


def _out(view: BookingView, at: datetime) -> dict[str, Any]:
    money = money_of_booking(view.id, hours_before=hours_before(view.starts_at, at)) if view.state == "held" else None
    fields = {name: getattr(view, name) for name in BookingOut.model_fields if hasattr(view, name)}
    fields["needs"] = list(view.needs)
    if money is not None and money.to_pay:
        fields |= {"to_pay_pence": money.to_pay, "pay_path": money.pay_path}
    return BookingOut(**fields).model_dump(mode="json")
