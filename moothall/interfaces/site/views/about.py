"""About us: how to reach us, accessibility, privacy; and the pages for when something went wrong."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from moothall.core import clock
from moothall.intake import queries
from moothall.intake.queries.spoken import spoken_with
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.site import shapes
from moothall.interfaces.site.messages import message
from moothall.interfaces.site.views.carrying import carried, from_elsewhere
from moothall.interfaces.site.views.down import unreachable


@policy("public")
@require_safe
def contact(request: Request) -> HttpResponse:
    """Say how to reach us, and whether we are open now."""
    ways = [way for way in queries.ways_in(at=clock.now()) if way.value or way.says]
    places = queries.places_to_come(at=clock.now())
    return render(
        request, "site/contact.html", {"ways": ways, "places": places, "languages": shapes.languages(spoken_with())}
    )


@policy("public")
@require_safe
def accessibility(request: Request) -> HttpResponse:
    """The accessibility statement (Public Sector Bodies Accessibility Regulations 2018)."""
    return render(request, "site/accessibility.html")


@policy("public")
@require_safe
def privacy(request: Request) -> HttpResponse:
    """What we keep, why, and for how long (UK GDPR, articles 13 and 14)."""
    return render(request, "site/privacy.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose protection had run out: what was typed is here, and one press sends it again.

    What another site filled in is never offered: one press of an officer would do what a stranger wrote.
    """
    if from_elsewhere(request):
        text = (
            "Another website sent it in your name, so we did nothing with it. If you meant to, begin on our own page."
        )
        return message(request, "This form did not come from our site", text, status=403)
    context = {"carried": carried(request), "action": request.get_full_path(), "files": bool(request.FILES)}
    return render(request, "site/send_again.html", context, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """There is no such page."""
    text = "If you typed the address, check it. If you followed a link, it may have moved."
    return message(request, "We can’t find this page", text, status=404)


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Not allowed."""
    return message(
        request, "You can’t see this page", "It is not for everyone, or you have been away for a while.", status=403
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The browser sent something that cannot be read."""
    return message(
        request,
        "We couldn’t read what your browser sent",
        "Go back, check what you typed, and send it again.",
        status=400,
    )


def broken(request: HttpRequest) -> HttpResponse:
    """Something went wrong on our side. Drawn from nothing that could be broken too."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return unreachable(request)
    page = (
        "<!DOCTYPE html><html lang=en-GB><head><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        "<title>Something went wrong</title></head><body><main><h1>Something went wrong on our side</h1>"
        "<p>It is written in our log. Nothing you sent was half done. Go back and try again in a minute.</p>"
        "<p><a href='/'>Go to the start page</a></p></main></body></html>"
    )
    return HttpResponse(page, status=500)
