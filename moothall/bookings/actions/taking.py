"""Taking time from the world and giving it back: locks, claims and tallies. Used by the other actions only.

Whoever takes a time first locks the site's day (an advisory lock, until the transaction ends), so two never wait for each
other; the exclusion constraint and the checks of the database stand behind it and forbid what a mistake here would let
through. Days are locked in order: a booking over midnight, or a series, takes several.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import DateTimeField, F, Q, QuerySet, UUIDField, Value
from django.db.models.functions import Concat

from moothall.bookings import capacity, events
from moothall.bookings.errors import HoldGone, NoSuchBooking, SlotTaken, TooFewPlaces
from moothall.bookings.models import Booking, BookingState, Claim, Closure, MoveOffer, Tally
from moothall.bookings.pack import BOOKABLES, Bookable, Unit, units_of
from moothall.bookings.queries.finding import Wish, offers_start, suits
from moothall.bookings.rules import DIMENSIONS, Spot, remind_at
from moothall.core.actors import Actor
from moothall.core.events import record
from moothall.core.ids import new_id
from moothall.core.packs import Pack
from moothall.core.zone import council_date


def lock_days(spots: Iterable[tuple[str, datetime, datetime]]) -> None:
    """Lock the days of these (site, start, end) for taking, in one order for everybody."""
    keys = sorted(
        {
            f"booking:{site}:{council_date(moment).isoformat()}"
            for site, starts_at, ends_at in spots
            for moment in (starts_at, ends_at)
        }
    )
    with connection.cursor() as cursor:
        for key in keys:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def candidates(
    pack: Pack, bookable: Bookable, spot: Spot, *, way: str, access: frozenset[str], length: int,
    indoor: bool | None = None,
) -> list[Unit]:  # fmt: skip
    """Return the units at the site that have this start and suit, in the pack's order."""
    wish = Wish(bookable.code, sites=frozenset({spot.site}), way=way, access=access, indoor=indoor)
    return [
        unit
        for unit in units_of(pack, bookable.code)
        if suits(pack, unit, wish, {}) and offers_start(pack, bookable, unit, spot.starts_at, length)
    ]


def take(row: Booking, bookable: Bookable, pack: Pack, units: Sequence[Unit], *, by: Actor, at: datetime) -> None:
    """Claim the first of these units that is free for the booking's time, and a room besides where one is needed.

    The booking's row must be saved by the caller afterwards: its resource is set here. The day must be locked.

    Raises:
        SlotTaken: none is free.
    """
    start, end = row.starts_at, row.ends_at
    around = (start - timedelta(minutes=bookable.set_up), end + timedelta(minutes=bookable.clear))
    rooms = _rooms(pack, bookable, row)
    taken = _taken([*units, *rooms], *around, by=by, at=at)
    room = next((one for one in rooms if one.code not in taken), None)
    if rooms and room is None:
        raise SlotTaken(bookable.code, Spot(row.site, start).key)
    for unit in units:
        if unit.code in taken:
            continue
        if unit.resource.capacity and not _count_in(bookable, unit, row, by=by, at=at):
            continue
        row.resource = unit.code
        wanted = [] if unit.resource.capacity else [(unit.code, around)]
        if room is not None:
            wanted.append((room.code, (start, end)))
        row.save()
        _claim(row, bookable, wanted)
        return
    left = _places_left([unit for unit in units if unit.code not in taken], row) if bookable.kind == "session" else 0
    if left > 0:
        raise TooFewPlaces(bookable.code, Spot(row.site, start).key, left=left, wanted=row.places)
    raise SlotTaken(bookable.code, Spot(row.site, start).key)


def _places_left(units: Sequence[Unit], row: Booking) -> int:
    """Return the most places that one of these sessions has left, for telling a party that does not fit into any."""
    counted = {unit.code: capacity.most_of(unit)["units"] or 0 for unit in units if unit.resource.capacity}
    taken = Tally.objects.filter(resource__in=counted, starts_at=row.starts_at).values_list("resource", "units")
    had = dict(taken)
    return max((most - had.get(code, 0) for code, most in counted.items()), default=0)


def _rooms(pack: Pack, bookable: Bookable, row: Booking) -> list[Unit]:
    if not bookable.room or row.way != "in_person":
        return []
    return [room for room in units_of(pack, bookable.room) if (room.resource.site or "") == row.site]


def _claim(row: Booking, bookable: Bookable, wanted: Sequence[tuple[str, tuple[datetime, datetime]]]) -> None:
    """Claim these. Whoever takes a time leaves its transaction when it cannot be had, so no savepoint is needed here."""
    try:
        Claim.objects.bulk_create(
            Claim(id=new_id(), booking_id=row.id, resource=code, during=DateTimeTZRange(*during), expires_at=row.expires_at)
            for code, during in wanted
        )  # fmt: skip
    except IntegrityError as error:
        if "claim_never_twice" not in str(error):
            raise
        raise SlotTaken(bookable.code, Spot(row.site, row.starts_at).key) from error


def _taken(units: Sequence[Unit], since: datetime, until: datetime, *, by: Actor, at: datetime) -> set[str]:
    """Return which of these are closed in a stretch of time, or taken, after ending the holds there that have run out; of
    what is counted only what is closed. One query for both."""
    codes = [unit.code for unit in units if not unit.resource.capacity]
    live = Claim.objects.filter(live=True, resource__in=codes, during__overlap=DateTimeTZRange(since, until))
    claims = live.values_list("resource", "booking_id", "expires_at")
    rows: list[tuple[str, UUID | None, datetime | None]] = list(claims.union(_closures(since, until), all=True))
    overdue = {booking for _, booking, expires in rows if booking and expires is not None and expires <= at}
    gone = expire(Booking.objects.filter(id__in=overdue), by=by, at=at) if overdue else set()
    shut = {where for where, booking, _ in rows if booking is None}
    closed = {unit.code for unit in units if shut & {f"{unit.resource.site or ''}|{one}" for one in ("", unit.code)}}
    return closed | {code for code, booking, _ in rows if booking is not None and booking not in gone}


def _closures(since: datetime, until: datetime) -> QuerySet[Closure, tuple[str, UUID | None, datetime | None]]:
    """What is closed at some time between two moments, as rows like those of claims: place and thing for the resource."""
    standing = Closure.objects.filter(ended_at=None, since__lt=until, until__gt=since)
    return standing.values_list(
        Concat("site", Value("|"), "resource"), Value(None, output_field=UUIDField()),
        Value(None, output_field=DateTimeField()),
    )  # fmt: skip


def expire(which: QuerySet[Booking], *, by: Actor, at: datetime, most: int = 500) -> set[UUID]:
    """End holds that have run out; return the ids of those ended. One that is being paid this instant is left alone."""
    with transaction.atomic():
        rows = list(
            which.select_for_update(skip_locked=True).filter(state=BookingState.HELD, expires_at__lte=at)[:most]
        )
        if not rows:
            return set()
        for row in rows:
            row.state, row.ended_at, row.ended_because = BookingState.EXPIRED, at, "not_kept"
            give_back(row)
        Booking.objects.bulk_update(rows, ["state", "ended_at", "ended_because"])
        record([events.happening(events.EXPIRED, row, at, for_kind=row.for_kind) for row in rows], by=by)
        return {row.id for row in rows}


def give_back(row: Booking) -> None:
    """Give back what a booking took: its claims end, its part of a tally is taken off. Its row is not saved here."""
    Claim.objects.filter(booking_id=row.id, live=True).update(live=False)
    if row.load:
        Tally.objects.filter(resource=row.resource, starts_at=row.starts_at).update(
            **{what: F(what) - int(row.load.get(what, 0)) for what in DIMENSIONS}
        )


def give_places_back(row: Booking, places: int) -> None:
    """Give back so many places of what a booking took of a session. Its row is locked by the caller, and saved there."""
    row.load = dict(row.load) | {"units": int(row.load.get("units", 0)) - places}
    Tally.objects.filter(resource=row.resource, starts_at=row.starts_at).update(units=F("units") - places)


def keep_until(row: Booking, expires_at: datetime | None) -> None:
    """Set how long a booking is held; None: for good. The row is saved by the caller."""
    row.expires_at = expires_at
    Claim.objects.filter(booking_id=row.id, live=True).update(expires_at=expires_at)


def _count_in(bookable: Bookable, unit: Unit, row: Booking, *, by: Actor, at: datetime) -> bool:
    """Add the booking's load to what is taken of the unit's day; False when it does not fit any more.

    One statement locks the tally and adds to it; the checks of the table stand behind it.
    """
    most = capacity.most_of(unit)
    load = {what: int(row.load.get(what, 0)) for what in DIMENSIONS}
    Tally.objects.bulk_create([Tally(id=new_id(), resource=unit.code, starts_at=row.starts_at)], ignore_conflicts=True)
    if _add(unit, row.starts_at, most, load):
        return True
    overdue = Booking.objects.filter(resource=unit.code, starts_at=row.starts_at, state="held", expires_at__lte=at)
    return bool(expire(overdue, by=by, at=at)) and _add(unit, row.starts_at, most, load)


def _add(unit: Unit, starts_at: datetime, most: Mapping[str, int | None], load: Mapping[str, int]) -> bool:
    within = Q()
    limits: dict[str, int | None] = {}
    for what in DIMENSIONS:
        limit = most.get(what)
        limits[f"most_{what}"] = limit
        if limit is not None:
            within &= Q(**{f"{what}__lte": limit - load[what]})
    added = {what: F(what) + load[what] for what in DIMENSIONS}
    return bool(Tally.objects.filter(within, resource=unit.code, starts_at=starts_at).update(**added, **limits))


def locked(booking_id: UUID) -> Booking:
    """Return a booking that nobody else changes until the transaction ends. Raises NoSuchBooking."""
    row = Booking.objects.select_for_update().filter(id=booking_id).first()
    if row is None:
        raise NoSuchBooking
    return row


def take_over(held: Booking, pack: Pack, *, by: Actor, at: datetime) -> None:
    """Give the booking that a dearer time was held for that time, now that the difference is paid; its old one is free.

    The hold is locked already: whoever changes the booking and lets such holds go passes over one that is being paid.

    Raises:
        HoldGone: the booking does not stand any more, has begun, or is of fewer places now.
    """
    row = locked(held.for_id)
    if row.state != BookingState.CONFIRMED or row.starts_at <= at or row.places != held.places:
        raise HoldGone
    before, site = row.starts_at, row.site
    give_back(row)
    Claim.objects.filter(booking_id=held.id, live=True).update(booking_id=row.id, expires_at=None)
    row.site, row.resource, row.starts_at, row.ends_at = held.site, held.resource, held.starts_at, held.ends_at
    row.load, row.moved, row.arrived_at, row.minutes_late = held.load, row.moved + 1, None, None
    bookable = pack.of(BOOKABLES).get(row.bookable)
    row.remind_at = remind_at(bookable, row.starts_at, at)
    row.save()
    held.state, held.ended_at, held.ended_because, held.expires_at = BookingState.RELEASED, at, "moved", None
    held.save(update_fields=["state", "ended_at", "ended_because", "expires_at"])
    MoveOffer.objects.filter(booking_id=row.id).delete()
    data = {"from": before.isoformat(), "from_site": site, "by_customer": True, "reason": "asked"}
    record([events.happening(events.MOVED, row, at, **data)], by=by)
