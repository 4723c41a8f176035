"""A promise as an entry for the customer's own calendar (iCalendar, RFC 5545)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpResponse
from django.utils.text import slugify
from icalendar import Calendar, Event

from moothall.cases.queries import TrackedCase
from moothall.core.references import show_reference


def calendar_file(service: str, tracked: TrackedCase, *, at: datetime) -> HttpResponse:
    """Return the promise's due time as a file that every calendar opens."""
    promise = next((p for p in reversed(tracked.promises) if p.kind != "acknowledge" and p.due_at), None)
    calendar = Calendar()
    calendar.add("prodid", "-//Moothall//Promises//EN")
    calendar.add("version", "2.0")
    entry = Event()
    entry.add("uid", f"{tracked.case.id}@moothall")
    entry.add("dtstamp", at)
    reference = show_reference(tracked.case.reference)
    entry.add("summary", f"{service}: done by now ({reference})")
    if promise is not None and promise.due_at is not None:
        entry.add("dtstart", promise.due_at - timedelta(minutes=30))
        entry.add("dtend", promise.due_at)
    else:
        entry.add("dtstart", at)
    entry.add("description", f"We promised to finish this by now. Your reference is {reference}.")
    calendar.add_component(entry)
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slugify(service)}-{reference}.ics"'
    return response
