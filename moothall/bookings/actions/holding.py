"""Hold, attach, confirm, let go: the life of a booking up to the moment it is sure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from moothall.bookings import events
from moothall.bookings.actions.limits import check_held
from moothall.bookings.actions.taking import (
    candidates,
    expire,
    give_back,
    keep_until,
    lock_days,
    locked,
    take,
    take_over,
)
from moothall.bookings.errors import HoldGone, NotBookable, SlotTaken
from moothall.bookings.models import Booking, BookingState
from moothall.bookings.pack import BOOKABLES, Bookable
from moothall.bookings.paying import is_money_taken
from moothall.bookings.queries.views import BookingView, view_of
from moothall.bookings.rules import INDOOR, MOVE, SERIES, Spot, access_in, read_key, remind_at, say_until, window_of
from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import record
from moothall.core.ids import new_id
from moothall.core.packs import Pack, current_pack
from moothall.core.reference_numbers import next_reference


def hold(
    bookable: str, slot: str, *, for_kind: str, for_id: UUID, by: Actor, at: datetime, places: int = 1,
    load: Mapping[str, int] | None = None, way: str = "", needs: Sequence[str] = (), language: str = "",
    access: str = "", access_needs: frozenset[str] = frozenset(), card: str = "", customer_id: UUID | None = None,
    service: str = "", expires_at: datetime | None = None, any_time: bool = False, beside: bool = False,
    indoor: bool | None = None,
) -> BookingView:  # fmt: skip
    """Keep a free time for whoever it is for (`for_kind`, `for_id`: a dialogue, a contact …), for the pack's `hold_minutes`.

    ``slot`` is a key that a search gave: what it was looked for with (`Spot.must`) the resource has. One that is held for the
    same already is let go: the same time again is the same hold, kept on. ``any_time`` (officers) leaves notice and horizon
    aside, never opening hours. ``beside`` lets go nothing.

    Raises:
        NotBookable: not a time we offer; or too soon, or too far ahead. TooManyHeld: one person keeps no more.
        SlotTaken: somebody was quicker; what was held before is kept.
    """
    pack = current_pack()
    found = pack.of(BOOKABLES).get(bookable)
    if found is None:
        raise NotBookable("This cannot be booked here.")
    spot = read_key(slot)
    access_needs, indoor = access_needs | (frozenset(spot.must) - {INDOOR}), indoor or (INDOOR in spot.must or None)
    if not 1 <= places <= found.places_most:
        raise NotBookable(f"Choose from 1 to {found.places_most} places.")
    if not any_time:
        check_window(found, spot, at, card=bool(card))
    until = expires_at or at + timedelta(minutes=found.hold_minutes)
    with transaction.atomic():
        if not any_time:
            check_held(customer_id, found.most_held, beside=for_id, at=at)
        mine = Booking.objects.select_for_update().filter(for_kind=for_kind, for_id=for_id, state=BookingState.HELD)
        held = [] if beside else list(mine)
        row = _new(found, spot, for_kind, for_id, at, until, (*needs, *sorted(access_needs)), places, load)
        row.way, row.language, row.access, row.card = way or "in_person", language, access[:500], card
        row.customer_id, row.service, row.indoor = customer_id, service, indoor
        units = candidates(
            pack, found, spot, way=way, access=access_needs, indoor=indoor, length=found.length(tuple(needs))
        )
        if not units:
            raise NotBookable("That is not one of the times we offer. Choose one of those shown.")
        if not way:
            row.way = units[0].resource.ways[0]
        lock_days([(spot.site, row.starts_at, row.ends_at)])
        for one in held:
            _let_go(one, "changed", by=by, at=at)
        take(row, found, pack, units, by=by, at=at)
        record([events.happening(events.HELD, row, at, expires_at=until.isoformat(), owes=0)], by=by)
    return view_of(row, pack)


def tell_needs(for_kind: str, for_id: UUID, *, access: str, language: str) -> None:
    """Write what somebody who comes needs beside the times that are kept for them: said after the time was chosen, often."""
    kept = Booking.objects.filter(for_kind=for_kind, for_id=for_id, state=BookingState.HELD)
    kept.update(access=access[:500], language=language)


def check_window(bookable: Bookable, spot: Spot, at: datetime, *, card: bool) -> None:
    """Let a start through that a customer may choose now. Raises NotBookable: it has passed, is too soon or too far ahead."""
    first, last = window_of(bookable, now=at, card=card)
    if spot.starts_at < at:
        raise NotBookable("That time has passed. Choose a later one.")
    if spot.starts_at < first:
        raise NotBookable("That is too soon for us to be ready. Choose a later time.")
    if spot.starts_at >= last:
        if bookable.card_horizon and not card:
            raise NotBookable(
                "Only card holders can book that far ahead. Choose an earlier time, or enter your card first."
            )
        raise NotBookable("That is further ahead than can be booked yet. Choose an earlier time.")


def _new(
    bookable: Bookable, spot: Spot, for_kind: str, for_id: UUID, at: datetime, until: datetime | None,
    needs: tuple[str, ...], places: int, load: Mapping[str, int] | None,
) -> Booking:  # fmt: skip
    counted = dict(load) if load else ({"units": places} if bookable.kind == "session" else {})
    return Booking(
        id=new_id(), reference=next_reference(), bookable=bookable.code, site=spot.site, starts_at=spot.starts_at,
        ends_at=spot.starts_at + timedelta(minutes=bookable.length(needs)), places=places, load=counted,
        needs=list(needs), for_kind=for_kind, for_id=for_id, held_at=at, expires_at=until,
    )  # fmt: skip


def attach(
    booking_id: UUID, *, case_id: UUID | None, customer_id: UUID | None, owes_pence: int, by: Actor, at: datetime,
    service: str = "", each: int = 0,
) -> BookingView:  # fmt: skip
    """Say what request a held time belongs to. With nothing to pay it is booked at once; else it is kept on for the pack's
    `pay_minutes` and booked when payments says so. A hold that ran out is taken again where the time is still free. What
    hangs on it (a series) goes with it; ``each`` is what one of those costs.

    Raises:
        HoldGone: the time is another's now. TooManyHeld: one person keeps no more that is unpaid.
    """
    pack = current_pack()
    with transaction.atomic():
        row = locked(booking_id)
        if row.state == BookingState.EXPIRED:
            _retake(row, pack, by=by, at=at)
        if row.state not in {BookingState.HELD, BookingState.CONFIRMED}:
            raise HoldGone
        for_money = owes_pence > 0 and is_money_taken()
        bookable = pack.of(BOOKABLES).get(row.bookable)
        if for_money and bookable is not None and row.state == BookingState.HELD:
            check_held(customer_id, bookable.most_held, beside=row.id, at=at)
        rest = hangers(row)
        for one in rest:
            if one.state == BookingState.EXPIRED:
                _retake(one, pack, by=by, at=at)
        until = max(at + timedelta(minutes=bookable.pay_minutes if bookable else 30), row.expires_at or at)
        for one in (row, *rest):
            one.case_id, one.customer_id, one.service = case_id, customer_id, service or one.service
            if one.state == BookingState.HELD and for_money:
                one.owes_pence = each if one is not row else owes_pence - each * len(rest)
                keep_until(one, until)
                one.save()
                told = {"expires_at": until.isoformat(), "owes": one.owes_pence}
                record([events.happening(events.HELD, one, at, **told)], by=by)
            elif one.state == BookingState.HELD:
                _confirm(one, pack, late=False, by=by, at=at)
            else:
                one.save()
    return view_of(row, pack)


def hangers(row: Booking) -> list[Booking]:
    """Return what hangs on the first of a series and was not let go or cancelled, in order; locked. Nothing for any other."""
    if row.series_id is None or row.for_kind == SERIES:
        return []
    rest = Booking.objects.select_for_update().filter(for_kind=SERIES, for_id=row.id)
    gone = (BookingState.RELEASED, BookingState.CANCELLED)
    return list(rest.exclude(state__in=gone).order_by("starts_at", "id"))


def confirm(booking_id: UUID, *, by: Actor, at: datetime) -> BookingView:
    """Book what was held, for good. Once: a second time changes nothing. An overdue hold nobody ended yet is still good.

    Raises:
        NoSuchBooking; HoldGone: it has expired or was let go, and the time may be another's.
    """
    pack = current_pack()
    with transaction.atomic():
        row = locked(booking_id)
        if row.state == BookingState.HELD:
            _confirm_all(row, pack, late=row.expires_at is not None and row.expires_at <= at, by=by, at=at)
        elif row.state not in {BookingState.CONFIRMED, BookingState.ATTENDED}:
            raise HoldGone
    return view_of(row, pack)


def _confirm_all(row: Booking, pack: Pack, *, late: bool, by: Actor, at: datetime) -> None:
    """Book a held one and what hangs on it, all or none. Raises HoldGone: one of them is another's now."""
    if row.for_kind == MOVE:
        take_over(row, pack, by=by, at=at)
        return
    rest = hangers(row)
    for one in rest:
        if one.state == BookingState.EXPIRED:
            _retake(one, pack, by=by, at=at)
    for one in (row, *rest):
        if one.state == BookingState.HELD:
            _confirm(one, pack, late=late, by=by, at=at)


def rebook_or_none(booking_id: UUID, *, by: Actor, at: datetime) -> BookingView | None:
    """Book again what was paid for after it had expired: the same time, on the same or a like resource of the site.

    None when that time is another's now: whoever took the money gives it back.
    """
    pack = current_pack()
    with transaction.atomic():
        row = locked(booking_id)
        if row.state == BookingState.CONFIRMED:
            return view_of(row, pack)
        if row.state not in {BookingState.HELD, BookingState.EXPIRED} or row.starts_at <= at:
            return None
        try:
            with transaction.atomic():
                if row.state == BookingState.EXPIRED:
                    _retake(row, pack, by=by, at=at)
                _confirm_all(row, pack, late=True, by=by, at=at)
        except HoldGone:
            return None
    return view_of(row, pack)


def hold_again_or_none(booking_id: UUID, *, by: Actor, at: datetime) -> BookingView | None:
    """Keep again what ran out while its money was being set aside: the same time, on the same or a like resource of the
    site, for the pack's `pay_minutes`. None when that time has begun or is another's now.
    """
    pack = current_pack()
    with transaction.atomic():
        row = locked(booking_id)
        if row.state != BookingState.EXPIRED:
            return None
        try:
            with transaction.atomic():
                until = at + timedelta(minutes=pack.of(BOOKABLES)[row.bookable].pay_minutes)
                for one in (row, *hangers(row)):
                    if one.state == BookingState.EXPIRED:
                        _retake(one, pack, by=by, at=at)
                    keep_until(one, until)
                    one.save()
                    told = {"expires_at": until.isoformat(), "owes": one.owes_pence}
                    record([events.happening(events.HELD, one, at, **told)], by=by)
        except HoldGone:
            return None
    return view_of(row, pack)


def _retake(row: Booking, pack: Pack, *, by: Actor, at: datetime) -> None:
    bookable = pack.of(BOOKABLES).get(row.bookable)
    if bookable is None or row.starts_at <= at:
        raise HoldGone
    spot = Spot(row.site, row.starts_at)
    length = int((row.ends_at - row.starts_at).total_seconds() // 60)
    units = candidates(pack, bookable, spot, way=row.way, access=access_in(row.needs), length=length, indoor=row.indoor)
    lock_days([(row.site, row.starts_at, row.ends_at)])
    row.state, row.ended_at, row.ended_because = BookingState.HELD, None, ""
    row.expires_at = at + timedelta(minutes=bookable.hold_minutes)
    before = row.resource
    if any(unit.code == before and unit.resource.indoor for unit in units):
        units = [unit for unit in units if unit.resource.indoor]  # she may have looked for a roof
    try:
        with transaction.atomic():
            units.sort(key=lambda unit: unit.code != before)
            take(row, bookable, pack, units, by=by, at=at)
    except SlotTaken as error:
        row.state = BookingState.EXPIRED
        raise HoldGone from error


def _confirm(row: Booking, pack: Pack, *, late: bool, by: Actor, at: datetime) -> None:
    bookable = pack.of(BOOKABLES).get(row.bookable)
    row.state, row.confirmed_at = BookingState.CONFIRMED, at
    keep_until(row, None)
    row.remind_at = remind_at(bookable, row.starts_at, at)
    row.save()
    record([events.happening(events.CONFIRMED, row, at, late=late, moved=False)], by=by)


def release(booking_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Let a hold go that nobody wants any more. Gone already is fine; a booked one is not touched (that is `cancel`)."""
    with transaction.atomic():
        row = Booking.objects.select_for_update().filter(id=booking_id, state=BookingState.HELD).first()
        if row is not None:
            _let_go(row, reason, by=by, at=at)


def release_for(for_kind: str, for_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Let go whatever is held for a dialogue or contact."""
    with transaction.atomic():
        for row in Booking.objects.select_for_update().filter(for_kind=for_kind, for_id=for_id, state="held"):
            _let_go(row, reason, by=by, at=at)


def let_moves_go(booking_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Let go what is held for moving a booking to. One that is being paid this instant finds out by itself."""
    held = Booking.objects.select_for_update(skip_locked=True).filter(for_kind=MOVE, for_id=booking_id, state="held")
    for row in held.order_by("id"):
        _let_go(row, reason, by=by, at=at)


def _let_go(row: Booking, reason: str, *, by: Actor, at: datetime) -> None:
    for one in (row, *(rest for rest in hangers(row) if rest.state == BookingState.HELD)):
        one.state, one.ended_at, one.ended_because = BookingState.RELEASED, at, reason[:60]
        give_back(one)
        one.save(update_fields=["state", "ended_at", "ended_because"])
        record([events.happening(events.RELEASED, one, at, for_kind=one.for_kind)], by=by)


def expire_holds(*, at: datetime, most: int = 500) -> int:
    """End the holds that have run out; return how many. Safe in any number of workers at once."""
    return len(expire(Booking.objects.order_by("expires_at"), by=SYSTEM, at=at, most=most))


def hand_over(booking_id: UUID, *, for_kind: str, for_id: UUID, by: Actor, at: datetime) -> BookingView:
    """Give a hold to another that it is for now: an offer to somebody waiting becomes her request. It is kept at least as
    long as a time that is chosen now, however late she takes it.

    Raises:
        HoldGone: it is not held any more.
    """
    with transaction.atomic():
        row = locked(booking_id)
        if row.state != BookingState.HELD:
            raise HoldGone
        row.for_kind, row.for_id = for_kind, for_id
        bookable = current_pack().of(BOOKABLES).get(row.bookable)
        chosen_now = at + timedelta(minutes=bookable.hold_minutes if bookable else 0)
        keep_until(row, max(row.expires_at or at, chosen_now))
        row.save(update_fields=["for_kind", "for_id", "expires_at"])
    return view_of(row)


def kept_until_words(view: BookingView) -> str:
    """Return until when a time is kept, by our clocks: "6.10pm"."""
    return say_until(view.expires_at) if view.expires_at else ""
