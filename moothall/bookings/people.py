"""A person's bookings, for her time line, her copy and her erasure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from moothall.bookings.actions.erasing import erase_bookings
from moothall.bookings.actions.giving import give_booked
from moothall.bookings.queries.person import booking_rows_of, bookings_until, made_between
from moothall.core.access import restrictions_visible_to
from moothall.core.actors import Actor
from moothall.core.packs import current_pack
from moothall.core.people import PersonEntry, PersonProvider, register_person_provider

_STATES = {
    "held": "Holds a time", "confirmed": "Booked", "attended": "Came to a booking", "missed": "Did not come to a booking",
    "cancelled": "Booking cancelled",
}  # fmt: skip


def timeline(customer_ids: Iterable[UUID], visible_to: Actor, limit: int, until: datetime | None) -> list[PersonEntry]:
    """Return what she booked, newest first. One query. What a restricted service booked is as private as its case."""
    services, allowed = current_pack().services, restrictions_visible_to(visible_to)
    return [
        PersonEntry(
            at=view.held_at, kind="booking", title=_STATES[view.shown.state], detail=view.shown.words, link_kind="case",
            link_id=str(view.shown.case_id or ""), state=view.shown.state,
        )
        for view in bookings_until(customer_ids, until=until, limit=limit)
        if view.shown.state in _STATES and not _hidden(services.get(view.shown.service), allowed)
    ]  # fmt: skip


def _hidden(service: Any, allowed: frozenset[str] | None) -> bool:
    kind = str(getattr(service, "restricted", None) or "")
    return bool(kind) and allowed is not None and kind not in allowed


def export(customer_id: UUID) -> Mapping[str, Any]:
    """Return every booking she made, and the cards she holds."""
    return booking_rows_of(customer_id)


def erase(customer_id: UUID, by: Actor, at: datetime) -> int:
    """Take what she told us out of her bookings, and her cards and waiting; that a time was used stays."""
    return erase_bookings(customer_id, by=by, at=at)


register_person_provider(
    PersonProvider("bookings", timeline, export, erase, kind="booking", made_between=made_between, give=give_booked)
)
