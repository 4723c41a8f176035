"""Reporting without a signal: the page a browser keeps for it, what that page asks, and the report when it comes."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Final
from uuid import UUID

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from moothall.core import clock
from moothall.core.limits import TooManyAttempts, count
from moothall.core.packs import current_pack
from moothall.documents.rules import FileRefused, check_size
from moothall.intake.actions.later import MOST_PHOTOS, NotHere, take_later
from moothall.interfaces.policy import Request, address_of, policy
from moothall.interfaces.ui.jinja import theme_url
from moothall.interfaces.ui.theme import current_brand
from moothall.reports.pack import public_services

KEPT: Final = ("built/site.css", "built/site.js", "built/offline-report.js", "built/atkinson-latin-wght-normal.woff2")
WORKER: Final = "built/offline-worker.js"
AN_HOUR: Final = 30
AGAIN: Final = 600
"""Seconds after which a browser that sent too many tries again."""


def later_addresses() -> dict[str, str]:
    """Where the pages' script finds the rest."""
    return {
        "page": reverse("site:report-offline"), "worker": reverse("site:report-worker"),
        "later": reverse("site:report-later"), "definitions": reverse("site:report-questions"),
        "scope": reverse("site:report-it"),
    }  # fmt: skip


@policy("public")
@require_safe
@cache_control(no_cache=True)
def page(request: Request) -> HttpResponse:
    """The page that is shown where there is no signal. It is drawn in the browser, from what it keeps."""
    return render(request, "site/report_offline.html", {"later": later_addresses()})


@policy("public")
@require_safe
@cache_control(no_cache=True)
def questions(request: Request) -> JsonResponse:
    """What can be reported and what is asked of it; what depends on other answers is asked when there is a signal."""
    pack = current_pack()
    services = [
        {
            "code": code, "name": pack.services[code].name.removeprefix("Report ").capitalize(),
            "questions": [
                {
                    "id": one.id, "type": one.type, "label": one.label, "hint": one.hint or "",
                    "options": [{"value": option.value, "label": option.label} for option in one.options],
                }
                for one in pack.services[code].questions
                if one.show_when is None and not one.skip_on
            ],
        }
        for code in public_services(pack)
    ]  # fmt: skip
    return JsonResponse({"services": services})


@policy("public")
@require_safe
@cache_control(no_cache=True)
def worker(request: Request) -> HttpResponse:
    """The service worker of the report page, told what to keep."""
    names = ("site:report-offline", "site:report-questions", "site:report-manifest", "ui:icon")
    kept = [*map(reverse, names), theme_url(), *map(staticfiles_storage.url, KEPT)]
    parts = [*kept, *map(_content, (*KEPT, WORKER)), json.dumps(sorted(current_pack().services))]
    name = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
    told = f"self.KEPT = {json.dumps(kept)};\nself.NAME = {json.dumps('report-' + name)};\n"
    answer = HttpResponse(told + _content(WORKER), content_type="text/javascript; charset=utf-8")
    answer["Service-Worker-Allowed"] = reverse("site:report-it")
    return answer


@policy("public")
@require_safe
@cache_control(public=True, max_age=3600)
def manifest(request: Request) -> JsonResponse:
    """What a browser needs to put reporting among the apps of a device.

    It begins at the report page; a report goes on through the pages of its service, so all of the site is within it.
    """
    brand, here = current_brand(), reverse("site:report-it")
    told = {
        "name": f"{brand.called}: report it", "short_name": "Report it", "id": here, "start_url": here,
        "scope": reverse("site:home"), "display": "standalone", "lang": "en-GB", "background_color": "#ffffff",
        "theme_color": brand.colour,
        "icons": [{"src": reverse("ui:icon"), "type": "image/svg+xml", "sizes": "any", "purpose": "any"}],
    }  # fmt: skip
    return JsonResponse(told, content_type="application/manifest+json")


@csrf_exempt  # the kept page's token may be older than its cookie; the header below no other site's form can send
@policy("public")
@require_POST
def take(request: Request) -> JsonResponse:
    """Take a report that was kept: answered with its reference, or with where to go on."""
    at = clock.now()
    try:
        count("report-later", {address_of(request): AN_HOUR}, at=at, minutes=60)
        key, given = UUID(request.headers.get("X-Report", "")), json.loads(request.POST.get("report", ""))
        answers = given["answers"]
        if not isinstance(answers, dict) or not isinstance(given["service"], str):
            raise ValueError
        photos, refused = _photos(request)
        taken = take_later(key, given["service"], answers, photos, at=at)
    except TooManyAttempts as many:
        return JsonResponse({"message": str(many)}, status=429, headers={"Retry-After": str(AGAIN)})
    except NotHere as why:
        return JsonResponse({"message": str(why)}, status=422)
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"message": "We could not read this report. Ring us."}, status=422)
    if taken.reference:
        link = reverse("site:report", args=[taken.reference])
        said, says = f"we have it. Your reference is {taken.reference}.", "See it"
    else:
        link = reverse("site:come-back", args=[taken.dialogue_id, taken.token])
        said, says = "it came, and we need a little more before it is sent.", "Carry on"
    missing = [*refused, *taken.refused]
    if missing:
        said = f"{said} Not every photo came with it. {' '.join(missing)}"
    return JsonResponse({"words": said, "link": link, "says": says})


def _photos(request: Request) -> tuple[list[tuple[str, bytes]], list[str]]:
    """The photos that may be read into memory, and why the others may not."""
    photos: list[tuple[str, bytes]] = []
    refused: list[str] = []
    files = request.FILES.getlist("photo")
    for number, one in enumerate(files[:MOST_PHOTOS], 1):
        name = f"Photo {number}.jpg"
        try:
            check_size(name, one.size or 0)
        except FileRefused as why:
            refused.append(str(why))
        else:
            photos.append((name, one.read()))
    if len(files) > MOST_PHOTOS:
        refused.append(f"We take {MOST_PHOTOS} photos with a report.")
    return photos, refused


@cache
def _content(name: str) -> str:
    found = finders.find(name)
    path = Path(found) if isinstance(found, str) else Path(staticfiles_storage.path(name))
    return path.read_text(encoding="utf-8") if path.suffix in {".js", ".css"} else name
