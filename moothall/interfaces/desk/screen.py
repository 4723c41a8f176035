"""What every desk screen shares: the strip at the top, the light or dark room, and drawing a page."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from moothall.core import clock
from moothall.core.zone import council_date
from moothall.intake.desk import Frame
from moothall.intake.desk_queries import desk_frame
from moothall.interfaces.desk import labels
from moothall.interfaces.policy import Request
from moothall.interfaces.ui.fields import FieldView

THEMES: Final = ("auto", "light", "dark")
THEME_COOKIE: Final = "desk_theme"
CALLS: Final = {"phone": "On a call", "counter": "With a visitor"}


def draw(request: Request, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """Draw a whole desk page: its own context, and the strip that every page has."""
    at = clock.now()
    frame = desk_frame(visible_to=request.actor, at=at)
    shared = {
        "actor": request.actor,
        "frame": frame,
        "strip": strip(frame, at),
        "theme": theme_of(request),
        "label": labels,
        "at": at,
        "here": "",
        "errors": (),
    }
    return render(request, template, shared | context, status=status)


def part(request: Request, template: str, **context: Any) -> HttpResponse:
    """Draw a piece of a page, for a script that puts it in its place."""
    return render(request, template, {"actor": request.actor, "label": labels, "at": clock.now()} | context)


def strip(frame: Frame, at: datetime) -> dict[str, Any] | None:
    """What the strip says of the contact in hand: its words, its length so far, where it is."""
    mine = frame.in_hand
    if mine is None:
        return None
    return {
        "words": CALLS.get(mine.channel, "In contact"),
        "so_far": max(at - mine.since, timedelta()),
        "link": reverse("desk:contact", args=[mine.id]),
        "others": len(frame.open_contacts) - 1,
    }


def theme_of(request: HttpRequest) -> str:
    """The officer's choice of light or dark, kept in a cookie of this browser."""
    chosen = request.COOKIES.get(THEME_COOKIE, "auto")
    return chosen if chosen in THEMES else "auto"


def go(name: str, *args: object, **query: str | int | None) -> HttpResponseRedirect:
    """Answer a change by going to a page (303, so that reloading it sends nothing again)."""
    from moothall.interfaces.ui.jinja import with_query

    answer = HttpResponseRedirect(with_query(reverse(name, args=args), **query))
    answer.status_code = 303
    return answer


def back_to(request: HttpRequest, name: str, *args: object) -> HttpResponseRedirect:
    """Go where the form said it came from (this site only), else to a named page."""
    wanted = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    answer = HttpResponseRedirect(wanted if safe and not urlsplit(wanted).netloc else reverse(name, args=args))
    answer.status_code = 303
    return answer


def found(thing: Any) -> Any:
    """Return the thing, or answer “not found”: not there and not for this officer look the same."""
    if thing is None:
        raise Http404
    return thing


def day_or_today(text: str) -> date:
    """Read a day from a form or address (2027-03-31); nonsense, or nothing, is today."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return council_date(clock.now())


def read_id(text: str | None) -> UUID | None:
    """Read an id from a form or address; nonsense is none."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def wrong(field: str, message: str) -> FieldView:
    """One thing to mend, for the summary at the top of a page: it leads to the control with this id."""
    return FieldView(id=field, type="text", label="", error=message)
