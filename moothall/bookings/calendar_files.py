"""Bookings as iCalendar (RFC 5545): one to keep, or a feed. The library escapes; we only say what is true."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event, vCalAddress

from moothall.bookings.queries import BookingView
from moothall.core.packs import current_pack


def booking_calendar(
    view: BookingView, *, at: datetime, link: str = "", hidden: bool = False, also: Sequence[BookingView] = (),
    reference: str = "",
) -> bytes:  # fmt: skip
    """Return one booking as a file any calendar opens. Opened again after a move it replaces the first, for its UID stays; of
    one that is off it takes the entry away (METHOD:CANCEL).

    ``also`` are the others of a series. ``hidden`` names neither what it is nor where: calendars are shared. ``reference``
    is the one to quote, where it is not the booking's own.
    """
    calendar = _calendar("CANCEL" if _is_off(view) else "PUBLISH")
    for one in (view, *also):
        entry = _entry(one, at, hidden=hidden)
        calendar.add_component(entry if _is_off(view) else _with_words(entry, one, reference, link=link, hidden=hidden))
    return bytes(calendar.to_ical())


def _with_words(entry: Event, view: BookingView, reference: str, *, link: str, hidden: bool) -> Event:
    words = [f"Your reference is {reference or view.reference}.", *(() if hidden else view.before)]
    if view.join:
        words.insert(0, f"Join the video call: {view.join}")
    entry.add("description", "\n".join([*words, link] if link else words))
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", "Your appointment" if hidden else view.what_for)
    alarm.add("trigger", timedelta(hours=-2))
    entry.add_component(alarm)
    return entry


def feed(views: Iterable[BookingView], *, name: str, at: datetime) -> bytes:
    """Return many bookings as one calendar for an officer to subscribe to. No name of a customer stands in it: it is read
    on telephones and by calendar services that are not ours; the reference leads her to the case.
    """
    calendar = _calendar()
    calendar.add("x-wr-calname", name)
    for view in views:
        entry = _entry(view, at)
        needs = ", ".join(filter(None, [*view.needs, view.language]))
        said = [view.reference, f"Needs: {needs}" if needs else "", f"Video call: {view.join}" if view.join else ""]
        entry.add("description", "\n".join(filter(None, said)))
        calendar.add_component(entry)
    return bytes(calendar.to_ical())


def method_of(content: bytes) -> str:
    """Return what a calendar file asks of whoever opens it: `PUBLISH` or `CANCEL`."""
    return "CANCEL" if b"METHOD:CANCEL" in content else "PUBLISH"


def _is_off(view: BookingView) -> bool:
    return view.state in {"cancelled", "released", "expired"}


def _calendar(method: str = "PUBLISH") -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Moothall//Bookings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def _entry(view: BookingView, at: datetime, *, hidden: bool = False) -> Event:
    entry = Event()
    entry.add("uid", f"{view.id}@moothall")
    entry.add("sequence", view.moved + view.places_given_up + (not view.is_live))  # a calendar takes what is newer
    entry.add("dtstamp", at)
    entry.add("dtstart", view.starts_at)
    entry.add("dtend", view.ends_at)
    organiser = next((way.value for way in current_pack().council.contact if way.channel == "email"), "")
    if organiser:  # whoever cancels must be who published (RFC 5546)
        entry.add("organizer", vCalAddress(f"mailto:{organiser}"))
    entry.add("summary", "Your appointment" if hidden else view.what_for)
    if not hidden:
        entry.add("location", view.where)
    entry.add("status", "CANCELLED" if _is_off(view) else "CONFIRMED")
    return entry
