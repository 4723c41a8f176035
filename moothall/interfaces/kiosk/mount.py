"""The mount: a page of the site asked for under /kiosk is the site's own, with its addresses led back under /kiosk.

Only what is listed here is let through; everything else, and every address of somebody else's, is no way out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, ResolverMatch, resolve

from moothall.core.actors import SYSTEM
from moothall.interfaces.kiosk.sitting import Sitting, forget, keep, now, sitting_of
from moothall.interfaces.site.mounted import PREFIX
from moothall.interfaces.site.speaking import drawn
from moothall.interfaces.site.tracking_proof import may_see
from moothall.payments.queries import bill

LET_IN: Final = frozenset(
    f"site:{name}"
    for name in (
        "search", "suggest", "answer", "services", "area", "service", "start", "request", "stop", "check", "send", "sent",
        "told-by", "rate-sent", "keep", "prove", "prove-code", "prove-later", "question", "wait", "track", "case", "case-add",
        "case-not-right", "case-withdraw", "case-rate", "case-help-back", "pay", "pay-start", "pay-back", "help", "help-one",
        "help-ask", "bin-day", "bin-days", "announcement", "contact", "accessibility", "privacy",
    )
)  # fmt: skip
OWN: Final = re.compile(r"^/(?:$|over$|stay$|point/|helped$|arrive$)")
_OURS: Final = re.compile(r'(\s(?:href|action|formaction|data-suggest)=")/(?!kiosk/|static/|theme\.css|icon\.svg|/)')
_THEIRS: Final = re.compile(r'(<a\b[^>]*?)\shref="(?:(?:https?:|tel:|mailto:|sms:)|/performance/)[^"]*"')
"""What leads away from a kiosk, to others or to the figures: its words stay, and lead nowhere."""
_DOWNLOAD: Final = re.compile(r"<a\b[^>]*\sdownload\b[^>]*>.*?</a>", re.S)
_REMEMBERS: Final = re.compile(r'\sautocomplete="[^"]*"')
_DIALOGUE: Final = re.compile(r"^/requests/([0-9a-f-]{36})/")


class KioskMiddleware:
    """Serves the site under /kiosk to whoever stands at a kiosk, and to nobody what the one before began."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request under /kiosk; any other is passed on as it is."""
        if not request.path_info.startswith(f"{PREFIX}/"):
            return self.get_response(request)
        sitting = sitting_of(request)
        request.kiosk = sitting  # type: ignore[attr-defined]
        rest = request.path_info.removeprefix(PREFIX)
        wanted = request.GET.get("lang", "")
        if sitting.ran_out(now()) and (rest not in {"/", "/over"} or sitting.language or wanted):
            return _closed(_over(request, sitting, wanted if rest == "/" else ""))
        if wanted and request.method == "GET":
            return _closed(_speak(request, sitting, wanted))
        if OWN.match(rest):
            return _closed(self.get_response(request))
        match = _let_in(request, rest, sitting)
        if match is None:
            return _closed(drawn(request, render(request, "kiosk/shut.html", status=404)))
        sitting.away = False
        keep(request, sitting)
        request.path_info = request.path = rest
        response = self.get_response(request)
        _learn(request, sitting, response)
        return _closed(response)


def over(request: HttpRequest, sitting: Sitting) -> HttpResponse:
    """End a sitting and show the first page."""
    return _over(request, sitting)


def _over(request: HttpRequest, sitting: Sitting, language: str = "") -> HttpResponse:
    """Forget, and lead to the first page: in the language that whoever comes now has just chosen."""
    response = HttpResponseRedirect(f"{PREFIX}/?{urlencode({'lang': language} if language else {'over': 1})}")
    forget(request, sitting, response)
    return response


def _speak(request: HttpRequest, sitting: Sitting, language: str) -> HttpResponse:
    """Go on in a language: kept in the sitting, not in the address, so that going back does not choose it for the next."""
    sitting.language = language[:12]
    keep(request, sitting)
    query = request.GET.copy()
    query.pop("lang")
    return HttpResponseRedirect(request.path_info + (f"?{query.urlencode()}" if query else ""))


def _let_in(request: HttpRequest, path: str, sitting: Sitting) -> ResolverMatch | None:
    """Return what stands at an address, where the kiosk shows it and it is of this sitting; else None."""
    try:
        match = resolve(path)
    except Resolver404:
        return None
    if match.view_name not in LET_IN:
        return None
    dialogue, intent = match.kwargs.get("dialogue"), match.kwargs.get("intent")
    if dialogue is not None and str(dialogue) not in sitting.dialogues:
        return None
    if isinstance(intent, UUID):
        about = bill(intent, visible_to=SYSTEM)
        if about is None or about.case_id is None or not may_see(request, about.case_id):
            return None
    return match


def _learn(request: HttpRequest, sitting: Sitting, response: HttpResponse) -> None:
    """Note a request that was just begun, and that somebody goes to the payment provider's page."""
    to = response.headers.get("Location", "")
    begun = _DIALOGUE.match(to)
    if begun and begun[1] not in sitting.dialogues:
        sitting.dialogues.append(begun[1])
        keep(request, sitting)
    if to.startswith(("http://", "https://")):
        sitting.away = True
        keep(request, sitting)


def _closed(response: HttpResponse) -> HttpResponse:
    """Lead a page's addresses back under the mount, take out those of others, and let no browser keep it."""
    response.headers["Cache-Control"] = "no-store, private"
    to = response.headers.get("Location", "")
    if to.startswith("/") and not to.startswith((f"{PREFIX}/", "//")):
        response.headers["Location"] = f"{PREFIX}{to}"
    for morsel in response.cookies.values():
        if morsel["path"].startswith("/requests/"):
            morsel["path"] = f"{PREFIX}{morsel['path']}"
    if getattr(response, "streaming", False):
        return response
    kind = response.headers.get("Content-Type", "")
    if kind.startswith("text/html"):
        text = _THEIRS.sub(r"\1", _DOWNLOAD.sub("", response.content.decode()))
        text = _REMEMBERS.sub(' autocomplete="off"', _OURS.sub(rf"\1{PREFIX}/", text))
        response.content = text.replace("<form ", '<form autocomplete="off" ').encode()
        response.headers["Content-Length"] = str(len(response.content))
    elif kind.startswith("application/json"):
        response.content = response.content.replace(b'"url": "/', f'"url": "{PREFIX}/'.encode())
    return response
