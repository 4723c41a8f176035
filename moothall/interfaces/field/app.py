"""The app itself: its shell, which holds nobody's data, its service worker, and the page on which a device joins a crew."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from moothall.core import clock
from moothall.core.access import Refused
from moothall.field.actions import add_device
from moothall.field.queries import crews_for
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui.jinja import theme_url
from moothall.interfaces.ui.theme import current_brand

KEPT: Final = ("built/field.css", "built/field.js", "built/atkinson-latin-wght-normal.woff2")
WORKER: Final = "built/field-worker.js"


@policy("public")
@require_safe
@cache_control(no_cache=True)
def shell(request: Request) -> HttpResponse:
    """The one page of the app. Everything on it is drawn on the device, from what the device holds."""
    return render(request, "field/app.html", {"addresses": _addresses()})


@policy("public")
@require_safe
@cache_control(no_cache=True)
def worker(request: Request) -> HttpResponse:
    """The service worker, which keeps the app on the device: told here what to keep, under a name that changes with it."""
    kept = [reverse("field:app"), reverse("field:manifest"), reverse("ui:icon"), theme_url(),
            *(staticfiles_storage.url(name) for name in KEPT)]  # fmt: skip
    name = hashlib.sha256("\n".join([*kept, *map(_content, (*KEPT, WORKER))]).encode()).hexdigest()[:12]
    told = f"self.KEPT = {json.dumps(kept)};\nself.NAME = {json.dumps('field-' + name)};\n"
    return HttpResponse(told + _content(WORKER), content_type="text/javascript; charset=utf-8")


@policy("public")
@require_safe
@cache_control(public=True, max_age=3600)
def manifest(request: Request) -> JsonResponse:
    """What a browser needs to put the app among the others."""
    brand, here = current_brand(), reverse("field:app")
    told = {
        "name": f"{brand.called} field jobs", "short_name": "Field jobs", "id": here, "start_url": here, "scope": here,
        "display": "standalone", "lang": "en-GB", "background_color": "#ffffff", "theme_color": "#16191d",
        "icons": [{"src": reverse("ui:icon"), "type": "image/svg+xml", "sizes": "any", "purpose": "any"}],
    }  # fmt: skip
    return JsonResponse(told, content_type="application/manifest+json")


@policy("staff", needs="field.work")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: Request) -> HttpResponse:
    """Let this device in for a crew. The token goes to the app's own store and is shown to nobody."""
    if request.method != "POST":
        return render(request, "field/join.html", {"crews": crews_for(request.actor), "addresses": _addresses()})
    try:
        device, token = add_device(
            name=request.POST.get("name", ""), crew=request.POST.get("crew", ""), by=request.actor, at=clock.now()
        )
    except (ValueError, Refused) as why:
        return JsonResponse({"problems": [{"code": "not_added", "message": str(why), "where": ""}]}, status=422)
    return JsonResponse({"token": token, "device": str(device.id), "name": device.name})


def _addresses() -> dict[str, Any]:
    here = reverse("field:app")
    return {"app": here, "join": reverse("field:join"), "worker": reverse("field:worker"), "api": here + "api/"}


@cache
def _content(name: str) -> str:
    """A built file as text; a font counts by its name."""
    found = finders.find(name)
    path = Path(found) if isinstance(found, str) else Path(staticfiles_storage.path(name))
    return path.read_text(encoding="utf-8") if path.suffix in {".js", ".css"} else name
