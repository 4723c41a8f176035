"""Bookings made elsewhere, brought in many at once: nobody is told, nothing is held against anybody's past."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from moothall.bookings.capacity import most_of
from moothall.bookings.models import BookingState
from moothall.bookings.pack import unit_named
from moothall.bookings.rules import SERIES
from moothall.core.access import require
from moothall.core.actors import Actor
from moothall.core.bulk import copy_rows
from moothall.core.ids import new_id, new_ids
from moothall.core.packs import current_pack
from moothall.core.reference_numbers import next_references

_BOOKING = (
    "id", "reference", "state", "bookable", "site", "resource", "service", "starts_at", "ends_at", "way", "places", "load",
    "needs", "language", "access", "card", "customer_id", "for_kind", "for_id", "title", "held_at", "owes_pence",
    "confirmed_at", "ended_at", "ended_because", "moved", "arrived_at", "minutes_late", "visits_failed", "series_id",
)  # fmt: skip
_CLAIM = """
WITH mine AS (
    SELECT id, resource, starts_at, ends_at FROM bookings_booking b
    WHERE for_kind IN ('import', 'series') AND state = 'confirmed' AND load = '{}'::jsonb
    AND NOT EXISTS (SELECT 1 FROM bookings_claim c WHERE c.booking_id = b.id)
)
INSERT INTO bookings_claim (id, booking_id, resource, during, live)
SELECT id, id, resource, tstzrange(starts_at, ends_at), true FROM mine
"""

_COUNT = """
INSERT INTO bookings_tally AS held (id, resource, starts_at, units, minutes, metres, kilograms, most_units)
VALUES (%s, %s, %s, %s, 0, 0, 0, %s)
ON CONFLICT (resource, starts_at) DO UPDATE SET units = held.units + excluded.units, most_units = excluded.most_units
"""


@dataclass(frozen=True, slots=True)
class ImportedBooking:
    """One booking as another system holds it: `confirmed`, `attended`, `missed` or `cancelled`.

    ``id`` is its own where something else is to point at it, ``owes_pence`` what it was paid with. Of a customer's weekly
    series each has the same ``series_id``, and all but the first name the first as ``lead``.
    """

    bookable: str
    site: str
    resource: str
    starts_at: datetime
    ends_at: datetime
    state: str = "confirmed"
    service: str = ""
    way: str = "in_person"
    needs: tuple[str, ...] = ()
    language: str = ""
    card: str = ""
    customer_id: UUID | None = None
    minutes_late: int = 0
    title: str = ""
    id: UUID | None = None
    owes_pence: int = 0
    series_id: UUID | None = None
    lead: UUID | None = None
    places: int = 0
    """Of a session: how many come. 0: it is no session."""


def import_bookings(rows: Iterable[ImportedBooking], *, by: Actor) -> int:
    """Bring bookings in, of what is one's at a time or of places; those to come take their times. Returns how many.

    Raises:
        Refused; IntegrityError: two of them, or one and one that is here, take the same resource at the same time, or more
        places than a session has.
    """
    require(by, "import.run")
    rows = list(rows)
    ids, references = new_ids(), iter(next_references(len(rows)))
    with transaction.atomic():
        copy_rows("bookings_booking", _BOOKING, (_row(row, row.id or next(ids), next(references)) for row in rows))
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM)
            cursor.executemany(_COUNT, list(_counted(rows)))
    return len(rows)


def _counted(rows: Iterable[ImportedBooking]) -> Iterator[tuple[Any, ...]]:
    """What each session to come holds more by these, with the most it holds; in one order for everybody."""
    more: Counter[tuple[str, datetime]] = Counter()
    for row in rows:
        if row.places and row.state == BookingState.CONFIRMED:
            more[row.resource, row.starts_at] += row.places
    pack = current_pack()
    for (resource, starts_at), units in sorted(more.items()):
        unit = unit_named(pack, resource)
        yield new_id(), resource, starts_at, units, most_of(unit).get("units") if unit is not None else None


def _row(one: ImportedBooking, booking_id: UUID, reference: str) -> tuple[Any, ...]:
    ended = None if one.state == BookingState.CONFIRMED else one.ends_at
    made = one.starts_at - timedelta(days=4)
    load = {"units": one.places} if one.places else {}
    came = one.starts_at + timedelta(minutes=one.minutes_late) if one.state == BookingState.ATTENDED else None
    return (
        booking_id, reference, one.state, one.bookable, one.site, one.resource, one.service, one.starts_at, one.ends_at,
        one.way, one.places or 1, load, "{" + ",".join(one.needs) + "}", one.language, "", one.card, one.customer_id,
        SERIES if one.lead else "import", one.lead or booking_id, one.title, made, one.owes_pence, made, ended, "", 0, came,
        one.minutes_late if came else None, 0, one.series_id,
    )  # fmt: skip
