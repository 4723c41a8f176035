"""A place, or one thing at it, has to close: it is offered no more, and whoever booked it is moved or paid back, and told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from moothall.bookings import events
from moothall.bookings.actions.changing import cancel, visit_failed
from moothall.bookings.actions.holding import release
from moothall.bookings.actions.taking import candidates, give_back, lock_days, locked, take
from moothall.bookings.errors import NotBookable, SlotTaken
from moothall.bookings.models import LIVE, Booking, BookingState, Claim, Closure
from moothall.bookings.pack import BOOKABLES, closed_because, unit_named, units_at
from moothall.bookings.queries.finding import day_bounds
from moothall.bookings.rules import Spot, access_in
from moothall.core.access import require
from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import record
from moothall.core.ids import new_id
from moothall.core.packs import Pack, current_pack
from moothall.core.zone import council_date

CLOSED = "closed"
"""Why a booking was cancelled or moved: what it was for had to close."""
MOST_DAYS = 14
MOVES_ON = frozenset({"appointment", "collection"})
"""Kinds of which the next free time is taken at once for whoever loses hers; of any other she chooses again."""


@dataclass(frozen=True, slots=True)
class Closed:
    """What became of a closure: its id, how many were found another of the same at the same time, how many another time, and
    how many are off."""

    id: UUID
    kept: int
    moved: int
    off: int


def close(
    site: str, *, resource: str = "", since: datetime, until: datetime, reason: str, by: Actor, at: datetime
) -> Closed:
    """Close a place, or one thing at it (by its code), between two moments, for a reason that the customers are told.

    Nothing of it is offered from then on. Who had booked it keeps her time where another like it is free; of appointments and
    collections the next free time is kept for her for nothing; anything else is cancelled, and all she paid goes back. What
    was only held is let go. The same closure again: the same, and whoever it still touches.

    Raises:
        Refused; NotBookable: no reason, no such place, it lies behind us, or is too long: that belongs in the pack.
    """
    require(by, "booking.manage")
    pack = current_pack()
    reason = " ".join(reason.split())[:120]
    _check(pack, site, resource, since, until, reason, at)
    with transaction.atomic():
        _lock(site, since, until)
        known = Closure.objects.filter(site=site, resource=resource, since=since, until=until, ended_at=None).first()
        row = known or Closure(
            id=new_id(),
            site=site,
            resource=resource,
            since=since,
            until=until,
            reason=reason,
            made_at=at,
            made_by=by.id,
        )
        if known is None:
            row.save(force_insert=True)
            record([events.closing(events.CLOSED, row, at)], by=by)
    return _clear(pack, row, by=by, at=at)


def finish_closures(*, at: datetime) -> int:
    """Make way where a closure was cut off before everybody who was booked had been seen to; return how many were."""
    pack = current_pack()
    under_way = Closure.objects.filter(ended_at=None, until__gt=at).order_by("since", "id")
    return sum(one.kept + one.moved + one.off for one in (_clear(pack, row, by=SYSTEM, at=at) for row in under_way))


def open_again(closure_id: UUID, *, by: Actor, at: datetime) -> None:
    """Offer again what was closed; what was moved or cancelled stays so. Open again already is fine. Raises Refused."""
    require(by, "booking.manage")
    with transaction.atomic():
        row = Closure.objects.select_for_update().filter(id=closure_id, ended_at=None).first()
        if row is not None:
            row.ended_at = at
            row.save(update_fields=["ended_at"])
            record([events.closing(events.REOPENED, row, at)], by=by)


def close_what_the_pack_closes(*, at: datetime) -> int:
    """Make way for the days that the pack in force closes, where something was booked before it said so; return how many days
    of how many things. Twice is once.
    """
    pack = current_pack()
    booked = Booking.objects.filter(state__in=LIVE, starts_at__gt=at).values_list("resource", "starts_at").distinct()
    done = 0
    for resource, day in sorted({(resource, council_date(starts_at)) for resource, starts_at in booked}):
        unit = unit_named(pack, resource)
        reason = closed_because(pack, unit, day) if unit is not None else ""
        if unit is not None and reason:
            since, until = day_bounds(day)
            site = unit.resource.site or ""
            close(site, resource=unit.code, since=since, until=until, reason=reason, by=SYSTEM, at=at)
            done += 1
    return done


def _clear(pack: Pack, row: Closure, *, by: Actor, at: datetime) -> Closed:
    """See to each booking a closure touches, in a transaction of its own."""
    became = [_make_way(booking_id, row, pack, by=by, at=at) for booking_id in _touched(pack, row, at)]
    return Closed(row.id, became.count("kept"), became.count("moved"), became.count("off"))


def _check(pack: Pack, site: str, resource: str, since: datetime, until: datetime, reason: str, at: datetime) -> None:
    units = {unit.code for unit in units_at(pack, site)}
    if not units or (resource and resource not in units):
        raise NotBookable("Choose one of the places shown.")
    if not reason:
        raise NotBookable("Say why: whoever had booked it is told, in your words.")
    if until <= since:
        raise NotBookable("It has to open again after it closes. Look at the times.")
    if until <= at:
        raise NotBookable("That time has passed. Choose a later one.")
    if until - since > timedelta(days=MOST_DAYS):
        raise NotBookable(
            f"Close it for {MOST_DAYS} days at most. What is closed for longer belongs in the council’s pack."
        )


def _lock(site: str, since: datetime, until: datetime) -> None:
    """Nobody takes anything there meanwhile: the days of the place, and the one before, from which a booking may reach in."""
    day = since - timedelta(days=1)
    while day < until + timedelta(days=1):
        lock_days([(site, day, day)])
        day += timedelta(days=1)


def _touched(pack: Pack, row: Closure, at: datetime) -> list[UUID]:
    """What is booked or held of it then, or of a room in it, and has not begun; in order."""
    codes = [row.resource] if row.resource else [unit.code for unit in units_at(pack, row.site)]
    claims = Claim.objects.filter(live=True, resource__in=codes, during__overlap=DateTimeTZRange(row.since, row.until))
    counted = Booking.objects.filter(
        resource__in=codes, state__in=LIVE, starts_at__lt=row.until, ends_at__gt=row.since, starts_at__gt=at
    )
    found = Booking.objects.filter(id__in=claims.values("booking_id"), state__in=LIVE, starts_at__gt=at) | counted
    return list(found.distinct().order_by("starts_at", "id").values_list("id", flat=True))


def _make_way(booking_id: UUID, closure: Closure, pack: Pack, *, by: Actor, at: datetime) -> str:
    """Find another of the same for one booking, or another time, or call it off. Empty: it ended meanwhile."""
    if _beside(booking_id, pack, by=by, at=at):
        return "kept"
    row = Booking.objects.filter(id=booking_id, state__in=LIVE).first()
    if row is None:
        return ""
    if row.state == BookingState.HELD and row.case_id is None:
        release(booking_id, reason=CLOSED, by=by, at=at)
        return "off"
    bookable = pack.of(BOOKABLES).get(row.bookable)
    try:
        if row.state == BookingState.CONFIRMED and bookable is not None and bookable.kind in MOVES_ON:
            view = visit_failed(
                booking_id, reason=CLOSED, ours=True, was=row.starts_at, closure=closure.id, by=by, at=at
            )
            return "moved" if view is not None else "off"
        cancel(booking_id, reason=CLOSED, asked=False, closure=closure.id, by=by, at=at)
    except NotBookable:
        return ""
    return "off"


def _beside(booking_id: UUID, pack: Pack, *, by: Actor, at: datetime) -> bool:
    """Give a booking another of the same at the same place and time, where one is free: she need not be told."""
    with transaction.atomic():
        row = locked(booking_id)
        bookable, was = pack.of(BOOKABLES).get(row.bookable), unit_named(pack, row.resource)
        if row.state not in LIVE or bookable is None or was is None:
            return False
        length = int((row.ends_at - row.starts_at).total_seconds() // 60)
        units = candidates(
            pack, bookable, Spot(row.site, row.starts_at), way=row.way, access=access_in(row.needs), length=length,
            indoor=was.resource.indoor or None,
        )  # fmt: skip
        lock_days([(row.site, row.starts_at, row.ends_at)])
        before = row.resource
        units.sort(key=lambda unit: unit.code != before)  # it may be only its room that closed
        try:
            with transaction.atomic():
                give_back(row)
                take(row, bookable, pack, units, by=by, at=at)
        except SlotTaken:
            return False
        record([events.happening(events.RESEATED, row, at, **{"from": before})], by=by)
        return True


__all__ = ["CLOSED", "Closed", "close", "finish_closures", "open_again"]
