"""The screen in the waiting room: who is called where, large. No personal data but first names that were chosen."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.reception.shapes import opens_screen
from moothall.reception.pack import CENTRES, RECEPTION
from moothall.reception.queries import called_now
from moothall.reception.rules import say_wait, spoken


@policy("public", quiet=True)
@never_cache
@require_safe
def screen(request: Request, centre: str, key: str) -> HttpResponse:
    """The whole screen. Without a script it asks for itself again every ten seconds."""
    return render(request, "reception/screen.html", _shown(centre, key))


@policy("public", quiet=True)
@never_cache
@require_safe
def screen_now(request: Request, centre: str, key: str) -> HttpResponse:
    """What the screen shows now."""
    return render(request, "reception/calls.html", _shown(centre, key))


def _shown(centre: str, key: str) -> dict[str, Any]:
    pack = current_pack()
    place = pack.of(CENTRES).get(centre)
    if place is None or not opens_screen(key, centre):
        raise Http404
    at = clock.now()
    calls, waiting, longest = called_now(centre, at=at)
    return {
        "place": place, "calls": calls, "waiting": waiting, "wait": say_wait(longest) if longest is not None else "",
        "spoken": {one.id: spoken(one.ticket, one.shown if one.shown != one.ticket else "", one.desk) for one in calls},
        "speak": pack.one(RECEPTION).speak, "at": at, "now_link": reverse("reception:screen-now", args=[centre, key]),
    }  # fmt: skip
