"""The waiting list: who wants what is full is offered what comes free, one after another, each for a while."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from moothall.bookings import events
from moothall.bookings.actions.holding import hold, release
from moothall.bookings.errors import HoldGone, NotBookable
from moothall.bookings.models import Booking, Wait, WaitState
from moothall.bookings.pack import BOOKABLES
from moothall.bookings.queries.finding import Wish, find
from moothall.bookings.queries.person import card_held
from moothall.bookings.queries.views import BookingView
from moothall.bookings.rules import BOOKED_ALONG, Spot, access_in, any_left, card_number
from moothall.core.actors import SYSTEM, Actor
from moothall.core.events import record
from moothall.core.ids import new_id
from moothall.core.packs import current_pack
from moothall.core.zone import LONDON, council_date

MOST_OFFERS = 3
MOST_LOOKED_AT = 50
ENDED: dict[str, Any] = {
    "answers": {},
    "access": "",
    "language": "",
    "card": "",
    "near_latitude": None,
    "near_longitude": None,
}
"""What nobody needs of a wait that is over."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody who waits had asked for: an offer fits it, and she goes on from it with what she had answered.

    ``needs`` are a booking's: what is booked along, and what the place must have. ``card`` is the number she entered: it
    counts as long as it is in force. ``near`` is where she sets out (latitude, longitude): her offer says how far it is.
    """

    load: Mapping[str, int] = field(default_factory=dict)
    way: str = ""
    needs: tuple[str, ...] = ()
    indoor: bool | None = None
    language: str = ""
    access: str = ""
    card: str = ""
    near: tuple[float, float] | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)


def join_list(
    bookable: str, *, since: datetime, until: datetime, by: Actor, at: datetime, sites: tuple[str, ...] = (),
    from_minute: int = 0, to_minute: int = 24 * 60, places: int = 1, email: str = "", phone: str = "",
    customer_id: UUID | None = None, service: str = "", asked: Asked | None = None,
) -> UUID:  # fmt: skip
    """Put somebody on the list for what is full; return the entry's id. The same wish by the same address again: the same,
    with what she answered last.

    Raises:
        NotBookable: nothing to offer, no way to reach her, or the time has passed.
    """
    if bookable not in current_pack().of(BOOKABLES):
        raise NotBookable("This cannot be booked here.")
    if not (email or phone):
        raise NotBookable("Enter an email address or a mobile number, so that we can tell you.")
    if not any_left(max(since, at), until, from_minute, to_minute):
        raise NotBookable("That time has passed. Choose a later one.")
    said = asked or Asked()
    latitude, longitude = said.near or (None, None)
    wants = {
        "sites": list(sites), "from_minute": from_minute, "to_minute": to_minute, "places": places, "load": dict(said.load),
        "way": said.way, "needs": list(said.needs), "indoor": said.indoor,
    }  # fmt: skip
    told = {
        "language": said.language, "access": said.access[:500], "card": card_number(said.card), "near_latitude": latitude,
        "near_longitude": longitude, "answers": dict(said.answers),
    }  # fmt: skip
    with transaction.atomic():
        mine = Wait.objects.select_for_update().filter(
            bookable=bookable, email=email, phone=phone, since=since, until=until, **wants,
            state__in=(WaitState.WAITING, WaitState.OFFERED),
        )  # fmt: skip
        if (held := mine.first()) is not None:
            Wait.objects.filter(id=held.id).update(**told)
            return held.id
        row = Wait(
            id=new_id(), bookable=bookable, service=service, since=since, until=until, customer_id=customer_id, email=email,
            phone=phone, joined_at=at, **wants, **told,
        )  # fmt: skip
        row.save(force_insert=True)
        record([events.waiting(events.WAITED, row, at)], by=by)
        return row.id


def leave_list(wait_id: UUID, *, by: Actor, at: datetime) -> None:
    """Take somebody off the list; what was offered her goes to the next. Gone already is fine."""
    with transaction.atomic():
        row = Wait.objects.select_for_update().filter(id=wait_id).first()
        if row is None or row.state not in {WaitState.WAITING, WaitState.OFFERED}:
            return
        booking_id, row.booking_id, row.state = row.booking_id, None, WaitState.LEFT
        row.save(update_fields=["booking_id", "state"])
        _tidy(row)
        if booking_id is not None:
            release(booking_id, reason="left_list", by=by, at=at)


def let_offer_go(wait_id: UUID, *, by: Actor, at: datetime) -> None:
    """She does not want the time that is offered: it goes to the next, and she keeps her place for another. Gone is fine."""
    with transaction.atomic():
        row = Wait.objects.select_for_update().filter(id=wait_id, state=WaitState.OFFERED).first()
        if row is not None and row.booking_id is not None:
            release(row.booking_id, reason="let_go", by=by, at=at)


def offer_freed(booking_id: UUID, *, at: datetime, was: Spot | None = None, places: int = 0) -> list[BookingView]:
    """Offer the time that a booking gave back to the first on the list whom it suits; to several, where it gave back several
    places. Whom it does not suit (too short for her, no way in for her, more places than there are) keeps her place in line,
    and the next is asked. ``was`` is the place and time a booking had before it was moved; ``places`` how many it gave back
    where it keeps others.

    Who let an offer of this very time lapse is not offered it again. Empty when nobody wants it.
    """
    row = Booking.objects.filter(id=booking_id).first()
    spot = was or (Spot(row.site, row.starts_at) if row is not None else None)
    if row is None or spot is None or spot.starts_at <= at or row.bookable not in current_pack().of(BOOKABLES):
        return []
    length, left = row.ends_at - row.starts_at, places or int(row.load.get("units", 1)) or 1
    offered: list[BookingView] = []
    with transaction.atomic():
        line = _line(row.bookable, spot, length, skip=row.for_id)
        for waits in line[:MOST_LOOKED_AT] if _is_free(row.bookable, spot, at) else ():
            if left <= 0:
                break
            if (view := _offer(waits, spot, length, at=at)) is not None:
                offered.append(view)
                left -= int(view.load.get("units", 1)) or 1
    return offered


def _is_free(bookable: str, freed: Spot, at: datetime) -> bool:
    """Whether anything of it can be had at all: what somebody else took at once is tried for nobody."""
    if current_pack().of(BOOKABLES)[bookable].longer:
        return True  # it may have made room for something that begins at another minute
    wish = Wish(
        bookable, since=freed.starts_at, until=freed.starts_at + timedelta(minutes=1), sites=frozenset({freed.site}),
        card=True,
    )  # fmt: skip
    return find(wish, at=at, limit=1).total > 0


def _line(bookable: str, freed: Spot, length: timedelta, *, skip: UUID) -> QuerySet[Wait]:
    """Who waits for this time at this site, in the order in which they are asked; for the times beside it too, where some
    need longer than others.
    """
    at_site = Q(sites=[]) | Q(sites__contains=[freed.site])
    line = Wait.objects.select_for_update(skip_locked=True).filter(at_site, bookable=bookable, state=WaitState.WAITING)
    if current_pack().of(BOOKABLES)[bookable].longer:
        line = line.filter(since__lt=freed.starts_at + length, until__gt=freed.starts_at - timedelta(days=1))
    else:
        local = freed.starts_at.astimezone(LONDON)
        minute = local.hour * 60 + local.minute
        line = line.filter(since__lte=freed.starts_at, until__gt=freed.starts_at)
        line = line.filter(from_minute__lte=minute, to_minute__gt=minute)
    return line.exclude(id=skip).order_by("offers", "joined_at", "id")


def _offer(row: Wait, freed: Spot, length: timedelta, *, at: datetime) -> BookingView | None:
    """Keep for her the time that came free, or one that only it made room for; None where none of them suits her."""
    found = current_pack().of(BOOKABLES)[row.bookable]
    card = card_held(row.card, on=council_date(at)) if row.card else None
    vouched = card.code if card is not None and card.code in found.cards else ""
    for spot in _suiting(row, freed, length, card=bool(vouched), at=at):
        until = min(at + timedelta(minutes=found.offer_minutes), spot.starts_at)
        try:
            view = hold(
                row.bookable, spot.key, for_kind="wait", for_id=row.id, places=row.places, load=row.load, way=row.way,
                needs=tuple(one for one in row.needs if one in BOOKED_ALONG), access_needs=access_in(row.needs),
                indoor=row.indoor, language=row.language, access=row.access, card=vouched, customer_id=row.customer_id,
                service=row.service, expires_at=until, by=SYSTEM, at=at,
            )  # fmt: skip
        except NotBookable:  # taken again already, too soon by now, or nothing for her
            continue
        row.state, row.booking_id, row.offers = WaitState.OFFERED, view.id, row.offers + 1
        row.save(update_fields=["state", "booking_id", "offers"])
        data = {"booking_id": str(view.id), "expires_at": until.isoformat(), "starts_at": spot.starts_at.isoformat()}
        record([events.waiting(events.OFFERED, row, at, **data)], by=SYSTEM)
        return view
    return None


def _suiting(row: Wait, freed: Spot, length: timedelta, *, card: bool, at: datetime) -> Iterator[Spot]:
    """The time itself; and where hers is of another length, the free ones that reach into it."""
    local = freed.starts_at.astimezone(LONDON)
    if row.since <= freed.starts_at < row.until and row.from_minute <= local.hour * 60 + local.minute < row.to_minute:
        yield freed
    needed = timedelta(minutes=current_pack().of(BOOKABLES)[row.bookable].length(tuple(row.needs)))
    if needed == length:
        return
    wish = Wish(
        row.bookable, since=max(row.since, freed.starts_at - needed + timedelta(minutes=1)),
        until=min(row.until, freed.starts_at + length), sites=frozenset({freed.site}), indoor=row.indoor,
        access=access_in(row.needs), way=row.way, needs=tuple(row.needs), places=row.places, load=row.load,
        from_minute=row.from_minute, to_minute=row.to_minute, card=card,
    )  # fmt: skip
    yield from (Spot(one.site, one.starts_at) for one in find(wish, at=at, limit=MOST_OFFERS).slots)


def end_waits(*, at: datetime, most: int = 500) -> int:
    """End the waits whose time has passed, and forget what they say of anybody; return how many. An offer that was taken
    can be gone on from again until then: she may have pressed twice.
    """
    passed = Q(state=WaitState.WAITING) | Q(state=WaitState.TAKEN) & ~Q(answers={})
    with transaction.atomic():
        over = Wait.objects.select_for_update(skip_locked=True).filter(passed, until__lte=at)
        ids = list(over.values_list("id", flat=True)[:most])
        Wait.objects.filter(id__in=ids, state=WaitState.WAITING).update(state=WaitState.PASSED)
        return Wait.objects.filter(id__in=ids).update(**ENDED)


def _tidy(row: Wait) -> None:
    """Forget what a wait that is over says of her."""
    if row.state in {WaitState.LEFT, WaitState.PASSED}:
        Wait.objects.filter(id=row.id).update(**ENDED)


def offer_lapsed(booking_id: UUID, *, at: datetime) -> None:
    """An offer ran out: she keeps her place for another time, until she has let three go by."""
    with transaction.atomic():
        row = Wait.objects.select_for_update().filter(booking_id=booking_id, state=WaitState.OFFERED).first()
        if row is None:
            return
        row.booking_id = None
        row.state = WaitState.PASSED if row.until <= at else WaitState.WAITING
        if row.offers >= MOST_OFFERS:
            row.state = WaitState.LEFT
        row.save(update_fields=["booking_id", "state"])
        _tidy(row)
        record([events.waiting(events.OFFER_LAPSED, row, at, booking_id=str(booking_id))], by=SYSTEM)


@dataclass(frozen=True, slots=True)
class Taken:
    """An offer that was taken: the booking held for her, and what she had answered when she began to wait."""

    booking_id: UUID
    bookable: str
    service: str
    customer_id: UUID | None
    answers: Mapping[str, Any]


def take_offer(wait_id: UUID, *, at: datetime) -> Taken:
    """Say that she takes what was offered; return the booking that is held for her with her answers, to go on with.

    Raises:
        HoldGone: the offer has run out.
    """
    with transaction.atomic():
        row = Wait.objects.select_for_update().filter(id=wait_id).first()
        if row is None or row.state not in {WaitState.OFFERED, WaitState.TAKEN} or row.booking_id is None:
            raise HoldGone
        held = Booking.objects.filter(id=row.booking_id, state="held", expires_at__gt=at).exists()
        if not held:
            raise HoldGone
        taken = Taken(row.booking_id, row.bookable, row.service, row.customer_id, row.answers)
        row.state = WaitState.TAKEN
        row.save(update_fields=["state"])
        return taken
