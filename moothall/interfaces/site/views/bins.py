"""When are my bins emptied: find the address, see the days, keep them in a calendar."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.site.bin_days import bin_calendar, bin_page
from moothall.places.queries import address, find_addresses
from moothall.rounds.queries import next_bins

MOST = 30


@policy("public")
@require_safe
def find(request: Request) -> HttpResponse:
    """Ask for the address, and list those that fit."""
    words = request.GET.get("q", "").replace("\x00", "").strip()[:120]
    found = find_addresses(words, limit=MOST) if words else []
    lines = [(line.text, reverse("site:bin-days", args=[line.uprn])) for line in found]
    return render(request, "site/bin_find.html", {"words": words, "lines": lines, "full": len(found) == MOST})


@policy("public")
@require_safe
@cache_control(private=True, max_age=60)
def days(request: Request, uprn: int) -> HttpResponse:
    """Show one address's bin days, and how today's round stands."""
    line = address(uprn)
    if line is None:
        raise Http404
    at, pack = clock.now(), current_pack()
    return render(request, "site/bin_days.html", {"page": bin_page(line, next_bins(uprn, pack=pack, at=at), pack, at)})


@policy("public")
@require_safe
@cache_control(private=True, max_age=3600)
def feed(request: Request, uprn: int) -> HttpResponse:
    """Return the bin days as a calendar that follows changes."""
    line = address(uprn)
    at = clock.now()
    coming = next_bins(uprn, pack=current_pack(), at=at) if line else None
    if line is None or coming is None:
        raise Http404
    return bin_calendar(line, coming, at=at)
