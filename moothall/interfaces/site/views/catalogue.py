"""Home, search, the list of services, one service."""

from __future__ import annotations

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from moothall.core import clock
from moothall.intake import queries
from moothall.intake.actions import note_unmet_search
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.site import shapes
from moothall.interfaces.site.mounted import at_kiosk, channel_of
from moothall.partners.queries import help_beside

MOST_SUGGESTED = 6


@policy("public")
@require_safe
def home(request: Request) -> HttpResponse:
    """Ask what the person wants to do."""
    return render(request, "site/home.html", {"page": shapes.home(queries.home_page(at=clock.now()))})


@policy("public")
@require_safe
def search(request: Request) -> HttpResponse:
    """Show the services that everyday words may mean; for what only the nation's list knows, who does it. Words that mean
    nothing to us are noted as unmet need."""
    found = queries.search_catalogue(request.GET.get("q", ""))
    listed = queries.listed_instead(found.words, unmet=found.unmet)
    if found.unmet and not any(one.service for one in listed):
        note_unmet_search(found.words, channel=channel_of(request), by=request.actor, at=clock.now())
    home, areas = queries.home_page(at=clock.now()), {area.code: area.name for area, _ in queries.areas_of()}
    page = shapes.search(found, areas, home.popular[:4], home.ways, listed)
    return render(request, "site/search.html", {"page": page, "others": help_beside(page.words)})


@policy("public", quiet=True)
@require_safe
@cache_control(private=True, max_age=60)
def suggest(request: Request) -> JsonResponse:
    """Answer while typing."""
    found = queries.search_catalogue(request.GET.get("q", ""), limit=MOST_SUGGESTED)
    results = [
        {"title": one.title, "summary": one.summary, "url": one.link} for one in shapes.found_in_another_language(found)
    ]
    results += [
        {"title": line.name, "summary": line.summary, "url": reverse("site:service", args=[line.code])}
        for line in found.services
    ]
    return JsonResponse({"results": results})


@policy("public")
@require_safe
def services(request: Request, area: str = "") -> HttpResponse:
    """List all services by area, or those of one."""
    found = queries.areas_of(area=area)
    if not found:
        raise Http404
    return render(request, "site/services.html", {"areas": [shapes.area_view(one, lines) for one, lines in found]})


@policy("public")
@require_safe
def service(request: Request, code: str) -> HttpResponse:
    """Show one service with its promise and how well it is kept."""
    page = queries.service_page(code, at=clock.now())
    if page is None:
        raise Http404
    return render(request, "site/service.html", {"page": shapes.service(page), "prints": not at_kiosk(request)})
