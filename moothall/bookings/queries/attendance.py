"""How many came, came late, or did not come: counted from the bookings of a few weeks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from moothall.bookings.models import Booking, BookingState
from moothall.bookings.pack import BOOKABLES, units_of
from moothall.core.packs import Pack
from moothall.services.pack import Service


@dataclass(frozen=True, slots=True)
class Attendance:
    """Of so many bookings that are over: nobody came to `missed`, `late` began late by more than five minutes."""

    of: int
    missed: int
    late: int


def attendance(bookables: Iterable[str], *, since: datetime, until: datetime, pack: Pack) -> Attendance:
    """Return how bookings of these kinds went between two moments. One query, over what stands in the diaries then."""
    codes = sorted(bookables)
    units = sorted({unit.code for code in codes for unit in units_of(pack, code)})
    rows = Booking.objects.filter(
        resource__in=units, bookable__in=codes, starts_at__gte=since, starts_at__lt=until,
        state__in=(BookingState.ATTENDED, BookingState.MISSED),
    )  # fmt: skip
    found = rows.aggregate(
        of=Count("id"), missed=Count("id", filter=Q(state=BookingState.MISSED)),
        late=Count("id", filter=Q(state=BookingState.ATTENDED, minutes_late__gt=0)),
    )  # fmt: skip
    return Attendance(**found)


def booked_by(pack: Pack, service: Service) -> frozenset[str]:
    """Return the codes of what a service books, whichever answer is given; nothing where it books nothing."""
    found: set[str] = set()
    for question in service.questions:
        if question.type != "slot":
            continue
        if question.books:
            found.add(question.books)
        elif question.books_by:
            found |= {option.value for option in service.by_question[question.books_by].options}
    return frozenset(found) & frozenset(pack.of(BOOKABLES))
