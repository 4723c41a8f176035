"""Telling people about their bookings: booked, moved, reminded, cancelled, offered, and when a visit failed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from moothall.bookings.links import offer_link
from moothall.bookings.models import Wait
from moothall.bookings.queries import BookingView, booking, bookings_of_case, series_of
from moothall.bookings.queries.diary import wait_of, why_closed
from moothall.bookings.rules import say_until, say_weekly
from moothall.cases.models import Case
from moothall.core import clock
from moothall.core.events import Recorded, handles
from moothall.core.lists import say_all
from moothall.core.packs import current_pack
from moothall.core.zone import LONDON, council_date
from moothall.notifications.actions.queueing import queue_message
from moothall.notifications.booking_values import booking_values
from moothall.notifications.recipients import Recipient, posted_to, recipient
from moothall.notifications.values import AboutCase
from moothall.promises.rules import say_moment

REASONS = {
    "weather": "the weather", "vehicle": "our lorry broke down", "crew": "too few of our crew could come to work",
    "overrun": "the round took longer than the day", "no_access": "we couldn’t get to it",
    "not_out": "nothing was out", "wrong_items": "it wasn’t what was booked",
    "closed": "it has to close", "full": "our lorry was full", "too_heavy": "it was too heavy for two people to lift safely",
}  # fmt: skip


def is_told_by_booking(about: AboutCase) -> bool:
    """Say whether the message about the booking tells the customer all that "we have your request" would."""
    service = about.pack.services.get(about.case.service)
    books = service is not None and any(q.books or q.books_by for q in service.questions)
    return books and bool(bookings_of_case(about.case.id))


def is_over_by_booking(about: AboutCase, at: datetime) -> bool:
    """Say whether the case ended by its booking alone, of which its own message tells: booked ahead, or just cancelled."""
    if not is_told_by_booking(about):
        return False
    view = bookings_of_case(about.case.id)[0]
    return view.state == "cancelled" or (view.state == "confirmed" and view.starts_at > at)


def _to(view: BookingView) -> Recipient:
    case = Case.objects.filter(id=view.case_id).first() if view.case_id else None
    if case is None:
        return recipient(view.customer_id)
    return recipient(view.customer_id, email=case.track_email, post=posted_to(case))


def _tell(event: Recorded, template: str, **more: Any) -> None:
    view = booking(event.subject_id) if event.subject_id else None
    if view is None or view.for_kind == "staff":
        return
    to = _to(view)
    whom = to.customer_id or (to.addresses[0].value if to.addresses else view.id)
    queue_message(
        key=f"{event.id}:{whom}:{template}", template=template, to=to, values={**booking_values(view), **more},
        at=clock.now(), case_id=view.case_id, event_id=event.id,
    )  # fmt: skip


def _said(iso: object) -> str:
    return say_moment(datetime.fromisoformat(str(iso)).astimezone(LONDON))


def _why_closed(event: Recorded) -> str:
    """Why what was booked had to close, in the words of whoever closed it; nothing where it did not."""
    closure = str(event.data.get("closure") or "")
    return why_closed(closure) if closure else ""


def _things(event: Recorded, name: str) -> str:
    """Things of a collection in words: “sofa, 2 mattress”. Their names are the service's own."""
    service = current_pack().services.get(event.service)
    asked = [question for question in service.questions if question.type == "items"] if service else []
    labels = {option.value: option.label for question in asked for option in question.options}
    held = event.data.get(name)
    said = []
    for code, count in held.items() if isinstance(held, Mapping) else ():
        label = labels.get(str(code), str(code))
        said.append(f"{label[:1].lower()}{label[1:]}" + (f" ({count})" if count != 1 else ""))
    return say_all(said)


@handles("booking.confirmed", as_="notifications.booking_confirmed")
def confirmed(event: Recorded) -> None:
    """It is booked. A series is told of once, with all of its times."""
    view = booking(event.subject_id) if event.subject_id else None
    if view is None or view.lead != view.id:
        return
    also = [one.starts_at for one in series_of(view) if one.is_live]
    _tell(event, "booking-confirmed", also=say_weekly(also, ()) if view.is_weekly else "")


@handles("booking.reminder_due", as_="notifications.booking_reminder")
def remind(event: Recorded) -> None:
    """The reminder, unless it was moved or cancelled in between."""
    view = booking(event.subject_id) if event.subject_id else None
    if view is not None and view.state == "confirmed" and view.starts_at.isoformat() == event.data.get("starts_at"):
        _tell(event, "booking-reminder")


@handles("booking.moved", as_="notifications.booking_moved")
def moved(event: Recorded) -> None:
    """Another time. A failed visit is told in words of its own."""
    if event.data.get("reason") in REASONS:
        return
    ours = not event.data.get("by_customer") and event.actor_kind != "staff"
    _tell(event, "booking-moved", was=_said(event.data["from"]), ours=ours or event.data.get("reason") == "council")


@handles("booking.places_given_up", as_="notifications.booking_fewer")
def fewer(event: Recorded) -> None:
    """Part of the party does not come: how many places it has now, and had."""
    was = int(event.data["was"])
    _tell(
        event, "booking-fewer", had="1 place" if was == 1 else f"{was} places",
        ours=not event.data.get("by_customer"),
    )  # fmt: skip


@handles("booking.cancelled", as_="notifications.booking_cancelled")
def cancelled(event: Recorded) -> None:
    """It is off; and how many of its series with it, which are not told of one by one."""
    if event.data.get("quiet"):
        return
    more = int(event.data.get("following") or 0)
    following = f"and {more} more after it" if more else ""
    _tell(
        event,
        "booking-cancelled",
        following=following,
        why=_why_closed(event),
        ours=not event.data.get("by_customer") and event.data.get("reason") != "asked",
    )


@handles("booking.expired", as_="notifications.booking_expired")
def expired(event: Recorded) -> None:
    """Kept for payment and never paid. A time that was only looked at, and never sent, is nobody's message."""
    view = booking(event.subject_id) if event.case_id is not None and event.subject_id else None
    if view is not None and view.lead == view.id:
        _tell(event, "booking-expired")


@handles("booking.visit_failed", as_="notifications.visit_failed")
def visit_failed(event: Recorded) -> None:
    """Why, and the new date, before she has to ask."""
    reason = _why_closed(event) or REASONS.get(str(event.data.get("reason")), "")
    if event.data.get("left"):
        parts = {name: _things(event, name) for name in ("left", "taken")}
        new = bool(event.data.get("new_date"))
        more = {"was": _said(event.data["was"])} if new else {"ours": bool(event.data.get("ours"))}
        _tell(
            event, "visit-part-new-date" if new else "visit-part", reason=reason, things_left=parts["left"],
            things_taken=parts["taken"], **more,
        )  # fmt: skip
    elif event.data.get("new_date"):
        _tell(event, "visit-failed-new-date", reason=reason, was=_said(event.data["was"]), ahead=_is_ahead(event))
    else:
        _tell(event, "visit-failed", reason=reason, ours=bool(event.data.get("ours")))


def _is_ahead(event: Recorded) -> bool:
    """Whether the day that cannot be kept is not over yet: said before she has waited it out."""
    was = datetime.fromisoformat(str(event.data["was"]))
    return council_date(was) >= council_date(event.occurred_at)


@handles("booking.offered", as_="notifications.booking_offered")
def offered(event: Recorded) -> None:
    """A time has come free for somebody who waits."""
    row = Wait.objects.filter(id=event.subject_id).first() if event.subject_id else None
    view = booking(row.booking_id) if row is not None and row.booking_id else None
    if row is None or view is None or view.state != "held" or view.expires_at is None:
        return
    to = recipient(row.customer_id, email=row.email, phone=row.phone)
    values = {**booking_values(view), "link": offer_link(row.id), "until": say_until(view.expires_at)}
    away = wait_of(row.id).away(view.site)
    if away and values["where"]:
        values["where"] = f"{values['where']}, {away}"
    queue_message(
        key=f"{event.id}:{row.id}:booking-offered", template="booking-offered", to=to, values=values, at=clock.now(),
        event_id=event.id,
    )  # fmt: skip
