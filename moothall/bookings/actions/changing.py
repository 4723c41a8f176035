"""Moving, cancelling, and what follows when a visit failed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction

from moothall.bookings import events
from moothall.bookings.actions.holding import check_window, let_moves_go
from moothall.bookings.actions.taking import candidates, give_back, lock_days, locked, take
from moothall.bookings.errors import DearerTime, NoSuchBooking, NotBookable, SlotTaken, TooLate
from moothall.bookings.models import Booking, BookingState, MoveOffer
from moothall.bookings.pack import BOOKABLES, Bookable
from moothall.bookings.paying import more_to_move
from moothall.bookings.queries.finding import Wish, find
from moothall.bookings.queries.views import BookingView, view_of
from moothall.bookings.rules import access_in, hours_before, load_of, may_change, read_key, remind_at
from moothall.core.actors import Actor, ActorKind
from moothall.core.events import record
from moothall.core.packs import Pack, current_pack
from moothall.core.zone import LONDON

TRIES = 5


def cancel(
    booking_id: UUID, *, reason: str, by: Actor, at: datetime, asked: bool | None = None, following: int = 0,
    quiet: bool = False, closure: UUID | None = None,
) -> BookingView:  # fmt: skip
    """Cancel a booking and free its time. Once: a second time changes nothing. ``reason`` is a code.

    A customer may until the pack's `change_until` before; the council may always. Payments gives back what is owed: by the
    terms where the customer wishes it (``asked``, else whether it is she who acts), else all of it. ``following``: how many
    more of its series are cancelled with it, of which its message tells; those are ``quiet``. ``closure``: why we must.

    Raises:
        NoSuchBooking; TooLate: it is the customer who asks, and it begins too soon; NotBookable: it is over.
    """
    pack = current_pack()
    with transaction.atomic():
        row = locked(booking_id)
        if row.state == BookingState.CANCELLED:
            return view_of(row, pack)
        if row.state not in {BookingState.HELD, BookingState.CONFIRMED}:
            raise NotBookable("This booking is over already.")
        hers = by.kind is ActorKind.CUSTOMER
        if hers and row.state == BookingState.CONFIRMED:
            check_notice(pack, row, at, "cancel it")
        row.state, row.ended_at, row.ended_because, row.remind_at = BookingState.CANCELLED, at, reason[:60], None
        give_back(row)
        row.expires_at = None
        row.save()
        let_moves_go(row.id, reason="cancelled", by=by, at=at)
        wished = hers if asked is None else asked
        data = {"reason": reason, "by_customer": wished, "hours_before": hours_before(row.starts_at, at)}
        data["all_back"] = row.visits_failed > 0  # she did not choose this date: we failed her once
        data |= {"following": following, "quiet": quiet, **({"closure": str(closure)} if closure else {})}
        record([events.happening(events.CANCELLED, row, at, **data)], by=by)
    return view_of(row, pack)


def move(
    booking_id: UUID,
    slot: str,
    *,
    reason: str = "asked",
    load: Mapping[str, int] | None = None,
    by: Actor,
    at: datetime,
) -> BookingView:
    """Move a booking to another time; it stays the same booking. Nothing is lost when the new time is taken.

    ``load`` is what it takes of the new day, where that has changed.

    Raises:
        NoSuchBooking; NotBookable: it is over, or that is not a time we offer, or (the customer moves it) one too soon or
        too far ahead to be booked; DearerTime: hers, and that hour costs more than she paid; TooLate; SlotTaken.
    """
    pack = current_pack()
    spot = read_key(slot)
    hers = by.kind is ActorKind.CUSTOMER
    with transaction.atomic():
        row = locked(booking_id)
        if row.state != BookingState.CONFIRMED:
            raise NotBookable("Only a booking that stands can be moved.")
        bookable = _bookable(pack, row)
        if hers:
            check_notice(pack, row, at, "move it")
        if spot.starts_at <= at:
            raise NotBookable("That time has passed. Choose a later one.")
        if hers and (spot.site, spot.starts_at) != (row.site, row.starts_at):
            check_window(bookable, spot, at, card=bool(row.card))
            (more,) = more_to_move(view_of(row, pack), [spot.starts_at])
            if more > 0:
                raise DearerTime(more)
        before, site = row.starts_at, row.site
        if (spot.site, spot.starts_at) == (row.site, row.starts_at):
            return view_of(row, pack)
        length = row.ends_at - row.starts_at
        units = candidates(
            pack, bookable, spot, way=row.way, access=access_in(row.needs), indoor=row.indoor,
            length=int(length.total_seconds() // 60),
        )  # fmt: skip
        if not units:
            raise NotBookable("That is not one of the times we offer. Choose one of those shown.")
        lock_days([(spot.site, spot.starts_at, spot.starts_at + length)])
        give_back(row)
        row.load = dict(load) if load else row.load
        row.site, row.starts_at, row.ends_at = spot.site, spot.starts_at, spot.starts_at + length
        row.moved += 1
        row.remind_at = remind_at(bookable, row.starts_at, at)
        row.arrived_at = row.minutes_late = None
        take(row, bookable, pack, units, by=by, at=at)
        MoveOffer.objects.filter(booking_id=row.id).delete()
        let_moves_go(row.id, reason="moved", by=by, at=at)
        data = {"from": before.isoformat(), "from_site": site, "by_customer": hers, "reason": reason}
        record([events.happening(events.MOVED, row, at, **data)], by=by)
    return view_of(row, pack)


def visit_failed(
    booking_id: UUID, *, reason: str, ours: bool, by: Actor, at: datetime, was: datetime | None = None,
    left: Mapping[str, int] | None = None, taken: Mapping[str, int] | None = None, but: date | None = None,
    closure: UUID | None = None,
) -> BookingView | None:  # fmt: skip
    """Say that we came, or should have come, and it was not done. Where the fault is ours the next free date is taken at
    once for nothing; the customer may keep it, choose another, or cancel and have her money back.

    None when no date could be had (or the fault is not ours): then the booking is over, and payments hears which it was.
    ``was`` is the date that whoever says so looked at: said twice, it moves nothing twice. Of a collection ``left`` and
    ``taken`` say what stayed behind and what went along, by the code of the thing: the new date is for what stayed.
    ``but`` is a day on which nobody can come: the new date is after it. ``closure``: what had to close.

    Raises:
        NoSuchBooking; NotBookable: it is not a booking that stands.
    """
    pack = current_pack()
    row = Booking.objects.filter(id=booking_id).first()
    if row is None:
        raise NoSuchBooking
    row.load = load = _load_of(row, pack, left)
    slots = _next_times(row, pack, at, but) if ours else []
    shut = {"closure": str(closure)} if closure else {}
    with transaction.atomic():
        row = locked(booking_id)
        if row.state != BookingState.CONFIRMED:
            raise NotBookable("Only a booking that stands can fail.")
        if was is not None and row.starts_at != was:
            raise NotBookable("Somebody has moved it already. Look at its new date.")
        Booking.objects.filter(id=row.id).update(visits_failed=row.visits_failed + 1)
        for slot in slots:
            try:
                with transaction.atomic():
                    view = move(booking_id, slot, reason=reason, load=load, by=by, at=at)
            except SlotTaken:
                continue
            told = _told(reason, ours, True, left, taken) | {"was": row.starts_at.isoformat()} | shut
            record([events.happening(events.VISIT_FAILED, locked(booking_id), at, **told)], by=by)
            return view
        row.state = BookingState.CANCELLED if ours else BookingState.MISSED
        row.ended_at, row.ended_because, row.remind_at = at, reason[:60], None
        row.visits_failed += 1
        give_back(row)
        row.save()
        told = _told(reason, ours, False, left, taken) | shut
        record([events.happening(events.VISIT_FAILED, row, at, **told)], by=by)
    return None


def _told(
    reason: str, ours: bool, new_date: bool, left: Mapping[str, int] | None, taken: Mapping[str, int] | None
) -> dict[str, object]:
    parts = {"left": dict(left), "taken": dict(taken or {})} if left else {}
    return {"reason": reason, "ours": ours, "new_date": new_date, **parts}


def _load_of(row: Booking, pack: Pack, left: Mapping[str, int] | None) -> dict[str, int]:
    """What is left takes of a crew's day; all of it where nothing is said."""
    bookable = pack.of(BOOKABLES).get(row.bookable)
    if not left or bookable is None:
        return dict(row.load)
    return load_of(bookable, [{"item": code, "quantity": count} for code, count in left.items()]) or dict(row.load)


def _next_times(row: Booking, pack: Pack, at: datetime, but: date | None) -> list[str]:
    """Return the soonest times for the same again, from tomorrow on, and after a day on which nobody can come."""
    since = at + timedelta(hours=12)
    if but is not None:
        since = max(since, datetime.combine(but + timedelta(days=1), time(), tzinfo=LONDON))
    wish = Wish(
        row.bookable, since=since, sites=frozenset({row.site}), way=row.way, load=row.load, indoor=row.indoor,
        places=row.places, access=access_in(row.needs), needs=tuple(row.needs),
    )  # fmt: skip
    return [slot.key for slot in find(wish, at=at, limit=TRIES).slots] if row.bookable in pack.of(BOOKABLES) else []


def offer_times(booking_id: UUID, *, at: datetime, most: int = 3) -> list[tuple[str, str]]:
    """Write down the next times a booking could be moved to, each on another day; return (key, words), numbered from one.
    None of them costs more than she paid.

    For channels on which an answer is a number: a text, a telephone.

    Raises:
        NoSuchBooking; TooLate: it begins too soon to move it.
    """
    pack = current_pack()
    row = Booking.objects.filter(id=booking_id, state=BookingState.CONFIRMED).first()
    if row is None:
        raise NoSuchBooking
    check_notice(pack, row, at, "move it")
    wish = Wish(
        row.bookable,
        sites=frozenset({row.site}),
        way=row.way,
        load=row.load,
        places=row.places,
        needs=tuple(row.needs),
        access=access_in(row.needs),
        indoor=row.indoor,
    )
    found: dict[object, tuple[str, str]] = {}
    free = find(wish, at=at).slots
    dearer = more_to_move(view_of(row, pack), [slot.starts_at for slot in free])
    for slot, more in zip(free, dearer, strict=True):
        if slot.starts_at != row.starts_at and more <= 0:
            found.setdefault(slot.day, (slot.key, slot.when))
    offered = list(found.values())[:most]
    MoveOffer.objects.update_or_create(
        booking_id=row.id, defaults={"slots": [key for key, _ in offered], "offered_at": at}
    )
    return offered


def move_to_offered(booking_id: UUID, number: int, *, by: Actor, at: datetime) -> BookingView:
    """Move a booking to the n-th of the times that were offered.

    Raises:
        NotBookable: nothing was offered under this number; SlotTaken, TooLate, NoSuchBooking.
    """
    offer = MoveOffer.objects.filter(booking_id=booking_id).first()
    if offer is None or not 1 <= number <= len(offer.slots):
        raise NotBookable("We offered no time under that number.")
    return move(booking_id, offer.slots[number - 1], by=by, at=at)


def check_notice(pack: Pack, row: Booking, at: datetime, verb: str) -> None:
    """Let a booking through that the customer may still change herself. Raises TooLate."""
    bookable = _bookable(pack, row)
    change = may_change(bookable, row.starts_at, at, ours=row.visits_failed > 0)
    if not change.allowed:
        hours = bookable.change_until // 60
        raise TooLate(
            f"It starts in less than {hours} hours, so you can’t {verb} here. Ring us: we may still be able to help."
        )


def _bookable(pack: Pack, row: Booking) -> Bookable:
    bookable = pack.of(BOOKABLES).get(row.bookable)
    if bookable is None:
        raise NotBookable("This is not booked here any more. Ring us.")
    return bookable
