"""The addresses of GeoReport v2. The format is the ending; without one, XML unless Accept asks for JSON."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.urls import path
from django.urls.resolvers import URLPattern

from moothall.interfaces.api.open311 import views

app_name = "open311"


def _both(route: str, view: Callable[..., HttpResponse], name: str) -> list[URLPattern]:
    """With and without the format, each also with a slash at its end: a POST that was redirected would lose its form."""
    return [
        path(f"{route}.<slug:fmt>", view, name=f"{name}-as"), path(f"{route}.<slug:fmt>/", view),
        path(route, view, name=name), path(f"{route}/", view),
    ]  # fmt: skip


urlpatterns = [
    *_both("discovery", views.discovery, "discovery"),
    *_both("v2/discovery", views.discovery, "discovery-v2"),
    *_both("v2/services", views.services, "services"),
    *_both("v2/services/<slug:code>", views.service, "service"),
    *_both("v2/requests", views.requests, "requests"),
    *_both("v2/requests/<str:number>", views.one_request, "one-request"),
    *_both("v2/tokens/<slug:token>", views.token, "token"),
    *_both("v2/servicerequestupdates", views.updates, "updates"),
    path("", views.nothing, name="root"),
    path("<path:rest>", views.nothing, name="nothing"),
]
