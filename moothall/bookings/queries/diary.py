"""The day's diary: an officer's, a site's; with what staff need to know of each booking."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q

from moothall.bookings.capacity import most_of
from moothall.bookings.models import Booking, BookingState, Closure, Wait
from moothall.bookings.pack import RESOURCES, SITES, unit_named, units_at, units_of
from moothall.bookings.queries.finding import day_bounds, distances
from moothall.bookings.queries.views import BookingView, view_of
from moothall.bookings.rules import say_distance
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.packs import Pack, current_pack

MOST_IN_A_DAY = 400
MOST_WAITS = 20
OPEN = ("waiting", "offered")
STANDING = (BookingState.CONFIRMED, BookingState.ATTENDED, BookingState.MISSED)
FEED_BACK, FEED_AHEAD = timedelta(days=30), timedelta(days=120)


@dataclass(frozen=True, slots=True)
class CalledOff:
    """A booking that will not take place: since when, and whether it was the customer's wish."""

    view: BookingView
    at: datetime
    theirs: bool


def officer_units(pack: Pack, staff: str) -> list[str]:
    """Return the codes of the resources that stand for an officer, by sign-in name."""
    return [code for code, resource in pack.of(RESOURCES).items() if resource.staff == staff]


def diary_of_site(site: str, day: date, *, visible_to: Actor) -> list[BookingView]:
    """Return what stands at one site on a day, in order; empty site: what goes out to customers. One query.

    Raises:
        Refused.
    """
    require(visible_to, "booking.manage")
    since, until = day_bounds(day)
    rows = Booking.objects.filter(site=site, starts_at__gte=since, starts_at__lt=until, state__in=STANDING)
    return [view_of(row) for row in rows.order_by("starts_at", "resource", "id")[:MOST_IN_A_DAY]]


@dataclass(frozen=True, slots=True)
class SessionLine:
    """How full a session is: so many of its places are booked."""

    starts_at: datetime
    what: str
    resource_name: str
    places: int
    most: int


def sessions_of(rows: Iterable[BookingView]) -> list[SessionLine]:
    """Return how full each session of a day is at which somebody comes, in order. No query: ``rows`` are the day's."""
    pack, booked = current_pack(), dict[tuple[datetime, str], list[BookingView]]()
    for row in rows:
        if row.by_places:
            booked.setdefault((row.starts_at, row.resource), []).append(row)
    found = []
    for (starts_at, resource), its in sorted(booked.items()):
        unit = unit_named(pack, resource)
        most = (most_of(unit).get("units") if unit is not None else None) or 0
        places = sum(one.places for one in its)
        found.append(SessionLine(starts_at, its[0].what, its[0].resource_name, places, most))
    return found


def diary_of_officer(staff: str, day: date, *, visible_to: Actor) -> list[BookingView]:
    """Return an officer's day, in order. One query.

    Raises:
        Refused.
    """
    require(visible_to, "booking.manage")
    since, until = day_bounds(day)
    return _of(officer_units(current_pack(), staff), since, until)


def feed_of(staff: str, *, at: datetime) -> list[BookingView]:
    """Return what stands in an officer's calendar from a month back to four months ahead. One query.

    Whoever asks has shown the feed's token.
    """
    return _of(officer_units(current_pack(), staff), at - FEED_BACK, at + FEED_AHEAD)


def called_off(where: str, day: date, *, officer: bool, visible_to: Actor) -> list[CalledOff]:
    """Return what had been booked for a day and was called off, in order: at a site, or with an ``officer`` by sign-in name.

    One query. Whoever was to be there learns of it here before they wait for nobody.

    Raises:
        Refused.
    """
    require(visible_to, "booking.manage")
    since, until = day_bounds(day)
    rows = Booking.objects.filter(
        starts_at__gte=since, starts_at__lt=until, state=BookingState.CANCELLED, confirmed_at__isnull=False
    )
    pack = current_pack()
    rows = rows.filter(resource__in=officer_units(pack, where)) if officer else rows.filter(site=where)
    return [
        CalledOff(view_of(row, pack), row.ended_at or row.starts_at, row.ended_because == "asked")
        for row in rows.order_by("starts_at", "resource", "id")[:MOST_IN_A_DAY]
    ]


def _of(units: list[str], since: datetime, until: datetime) -> list[BookingView]:
    if not units:
        return []
    rows = Booking.objects.filter(resource__in=units, starts_at__gte=since, starts_at__lt=until, state__in=STANDING)
    return [view_of(row) for row in rows.order_by("starts_at", "id")[:2000]]


def sites_with_diaries(pack: Pack | None = None) -> list[tuple[str, str]]:
    """Return the sites at which something is booked, by code and name; what goes out comes last under no code."""
    pack = pack or current_pack()
    used = {resource.site or "" for resource in pack.of(RESOURCES).values()}
    sites = [(code, site.name) for code, site in pack.of(SITES).items() if code in used]
    return [*sites, ("", "Visits and collections")] if "" in used else sites


def bookables_at(site: str, pack: Pack | None = None) -> list[tuple[str, str]]:
    """Return what can be booked at a site by officers, by code and name."""
    pack = pack or current_pack()
    bookables = pack.section("bookables")
    return [
        (code, bookable.name)
        for code, bookable in bookables.items()
        if any((unit.resource.site or "") == site for unit in units_of(pack, code))
    ]


@dataclass(frozen=True, slots=True)
class ClosureView:
    """What is closed at a place: all of it, or one thing by name; since when, until when, and why."""

    id: UUID
    what: str
    since: datetime
    until: datetime
    reason: str


def closures_on(site: str, day: date, *, visible_to: Actor) -> list[ClosureView]:
    """Return what had to close at a site on a day, in order. One query. Raises Refused."""
    require(visible_to, "booking.manage")
    since, until = day_bounds(day)
    rows = Closure.objects.filter(site=site, ended_at=None, since__lt=until, until__gt=since).order_by("since", "id")
    names = {unit.code: unit.name for unit in units_at(current_pack(), site)}
    return [
        ClosureView(
            row.id, names.get(row.resource, row.resource) if row.resource else "", row.since, row.until, row.reason
        )
        for row in rows
    ]


def why_closed(closure_id: str) -> str:
    """Return why something had to close, in the words of whoever closed it; nothing where nobody knows. One query."""
    row = Closure.objects.filter(id=UUID(closure_id)).first()
    return row.reason if row is not None else ""


@dataclass(frozen=True, slots=True)
class WaitView:
    """Where somebody on the waiting list stands: the state, the booking held for her, where she sets out."""

    state: str
    booking_id: UUID | None
    near: tuple[float, float] | None

    def away(self, site: str) -> str:
        """Return how far a site is from where she sets out: "about 1.2 miles away"; nothing where she did not say."""
        km = distances(current_pack(), self.near).get(site)
        return "" if km is None else say_distance(km)


@dataclass(frozen=True, slots=True)
class WaitLine:
    """Somebody's place on the waiting list: what for, since when, and what is offered her now, if anything is."""

    id: UUID
    bookable: str
    service: str
    state: str
    joined_at: datetime
    until: datetime
    sites: tuple[str, ...]
    offered: BookingView | None


def waits_of(*, customer_ids: Iterable[UUID] = (), points: Iterable[str] = ()) -> list[WaitLine]:
    """Return where these people, or whoever gave one of these numbers or addresses, stand on waiting lists: what is offered
    first, then the oldest. Two queries at most. Whoever asks knows that it is hers.
    """
    reached = [one for one in points if one]
    hers = Q(customer_id__in=list(customer_ids)) | Q(email__in=reached) | Q(phone__in=reached)
    rows = list(Wait.objects.filter(hers, state__in=OPEN).order_by("-state", "joined_at", "id")[:MOST_WAITS])
    rows.sort(key=lambda row: row.state != "offered")
    wanted = [row.booking_id for row in rows if row.state == "offered" and row.booking_id]
    held = {row.id: view_of(row) for row in Booking.objects.filter(id__in=wanted, state="held")} if wanted else {}
    return [
        WaitLine(
            row.id, row.bookable, row.service, row.state, row.joined_at, row.until, tuple(row.sites),
            held.get(row.booking_id) if row.booking_id else None,
        )
        for row in rows
    ]  # fmt: skip


def wait_of(wait_id: UUID) -> WaitView:
    """Return where somebody on the waiting list stands. One query. LookupError: nobody."""
    row = Wait.objects.filter(id=wait_id).first()
    if row is None:
        raise LookupError
    said = row.near_latitude is not None and row.near_longitude is not None
    return WaitView(row.state, row.booking_id, (row.near_latitude, row.near_longitude) if said else None)  # type: ignore[arg-type]
