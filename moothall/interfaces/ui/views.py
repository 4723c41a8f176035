"""The council's stylesheet and icon, and the guide that shows every component (demonstrations and tests only)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from moothall.interfaces.policy import policy
from moothall.interfaces.ui import guide as contents
from moothall.interfaces.ui import pictures, theme

A_YEAR = 31_536_000


@policy("public")
@require_safe
@cache_control(public=True, max_age=A_YEAR, immutable=True)
def theme_css(request: HttpRequest) -> HttpResponse:
    """The council's colours. Its address carries a version, so browsers may keep it for good."""
    return HttpResponse(theme.stylesheet(theme.current_brand()), content_type="text/css; charset=utf-8")


@policy("public")
@require_safe
@cache_control(public=True, max_age=86_400)
def icon(request: HttpRequest) -> HttpResponse:
    """The council's emblem in its colour, for the browser's tab."""
    brand = theme.current_brand()
    return HttpResponse(pictures.icon(brand.emblem, brand.colour), content_type="image/svg+xml")


@policy("demo")
@require_safe
def guide(request: HttpRequest, audience: str = "site") -> HttpResponse:
    """Every component with realistic words. Not there in production."""
    if audience not in contents.AUDIENCES:
        raise Http404
    return render(request, f"ui/guide/{audience}.html", contents.context(audience, request.GET.get("theme", "auto")))
