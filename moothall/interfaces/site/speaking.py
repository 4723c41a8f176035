"""A request from its service's page to its rating in the language that was chosen.

The choice is kept in a cookie of this browser, at a kiosk in the sitting alone; what is sent takes it along.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from moothall.core.packs import Pack, current_pack
from moothall.customers.pack import LANGUAGES, PHRASES
from moothall.interfaces.site.mounted import at_kiosk, spoken_at
from moothall.interfaces.site.tongues import Tongue
from moothall.services.pack import SERVICES, Service

COOKIE: Final = "moothall_language"
A_YEAR: Final = 365 * 86_400
_SERVICE: Final = re.compile(r"^/services/(?P<service>[a-z0-9-]+)/?$")
_JOURNEY: Final = re.compile(
    r"^/(?:services/[a-z0-9-]+(?:/start)?/?$|requests/|return/|track(?:/|$)|feedback(?:/|$)|pay/|answers/[a-z0-9-]+(?:/large)?$"
    r"|reports/[A-Z0-9]{4}-[A-Z0-9]{4}(?:/follow)?$)"
)
_ANY: Final = re.compile(r"^/(?:track|feedback|pay/|reports/|kiosk/$)")
"""Pages that are not of one service: every language is offered there."""
_OTHERWISE: Final = re.compile(r"^/answers/")
"""Pages that say themselves in which languages they are had."""
_ONLY_SENT: Final = re.compile(r"^(/requests/[^/]+/)(?:send|told-by|rate)$|^(.+)/(?:start|add|withdraw|wait|follow)$")
"""What is sent to and cannot be looked at: the page before it can."""
_MAIN: Final = re.compile(r'(<main id="main"[^>]*>)')
UNREAD: Final = "No native reader has checked these words yet. If something matters, ask us."


@lru_cache(maxsize=8)
def tongues(pack: Pack) -> dict[str, Tongue]:
    """Return the languages that pages can be drawn in, by code. Built once for each version of a pack."""
    known = pack.of(LANGUAGES)
    return {
        code: Tongue(code, one.says, right_to_left=code in known and known[code].right_to_left)
        for code, one in pack.of(PHRASES).items()
        if one.says
    }


def asked_in(tongue: Tongue, service: Service) -> bool:
    """Say whether everything a service asks can be asked in a language."""
    said = [service.name]
    for question in service.questions:
        if question.type == "lookup":
            continue
        said += [question.label, *((question.hint,) if question.hint else ()), *(one.label for one in question.options)]
    return all(tongue.has(" ".join(text.split())) for text in said)


@lru_cache(maxsize=8)
def offered_in(pack: Pack) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return for each language the public services that can be asked for in it: (code, what it is called in it)."""
    services = [one for one in pack.of(SERVICES).values() if one.visibility == "public"]
    return {
        code: tuple((one.code, tongue.say(one.name) or one.name) for one in services if asked_in(tongue, one))
        for code, tongue in tongues(pack).items()
    }


def chosen_in(request: HttpRequest) -> str:
    """Return the language that was chosen here, where pages can be drawn in it; else nothing: the council's own."""
    offered = tongues(current_pack())
    if at_kiosk(request):
        return spoken_at(request) if spoken_at(request) in offered else ""
    wanted = request.GET.get("lang", "") or request.COOKIES.get(COOKIE, "")
    return wanted if wanted in offered else ""


class TonguesMiddleware:
    """Draws the pages of a request in the language chosen, and at a kiosk every page; leaves any other as it is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request, in another language where one is chosen."""
        response = self.get_response(request)
        if at_kiosk(request):
            return drawn(request, response)
        if not _JOURNEY.match(request.path_info):
            return response
        wanted = request.GET.get("lang", "")
        if wanted == "en" or wanted in tongues(current_pack()):
            response.set_cookie(COOKIE, wanted, max_age=A_YEAR, httponly=True, samesite="Lax",
                                secure=settings.SESSION_COOKIE_SECURE)  # fmt: skip
        return drawn(request, response)


def drawn(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return a page in the language chosen, with the way to the others; what is no page, or has none, as it is."""
    if response.streaming or "text/html" not in response.get("Content-Type", "") or not response.content:
        return response
    pack = current_pack()
    tongue, links = tongues(pack).get(chosen_in(request)), _links(pack, request.path_info)
    if not links and tongue is None:
        return response
    html = response.content.decode()
    if tongue is not None:
        html = tongue.page(html)
    nav = _nav(pack, request, links, tongue)
    response.content = _MAIN.sub(lambda main: main[1] + nav, html, count=1).encode()
    if response.has_header("Content-Length"):
        response["Content-Length"] = str(len(response.content))
    if not at_kiosk(request):
        patch_vary_headers(response, ["Cookie"])
        patch_cache_control(response, private=True)
    return response


def _links(pack: Pack, path: str) -> list[Tongue]:
    """The languages a page can be had in: those its service can be asked in, or all where it is of none."""
    here = _SERVICE.match(path)
    service = pack.of(SERVICES).get(here["service"]) if here else None
    offered = tongues(pack).values()
    return [one for one in offered if _ANY.match(path) or (service is not None and asked_in(one, service))]


def _nav(pack: Pack, request: HttpRequest, links: list[Tongue], tongue: Tongue | None) -> str:
    """The other languages, each by its own name; and that nobody has checked this one, where that is so."""
    known, away = pack.of(LANGUAGES), _OTHERWISE.match(request.path_info)
    others = [
        (one.code, known[one.code].own_name or known[one.code].name, "rtl" if one.right_to_left else "ltr")
        for one in links
        if tongue is None or one.code != tongue.code
    ]
    if tongue is not None:
        others = [("en", "English", "ltr"), *others]
    to = [(_address(request, code), code, way, name) for code, name, way in others if not away]
    listed = format_html_join("", '<li><a href="{}" lang="{}" dir="{}">{}</a></li>', to)
    said = (tongue.say("Other languages") if tongue else None) or "Other languages"
    switch = format_html('<nav aria-label="{}"><ul>{}</ul></nav>', said, listed) if to else ""
    note = _unread(pack, tongue) if tongue else ""
    if not (switch or note):
        return ""
    return str(format_html('<div class="govuk-width-container tongues">{}{}</div>', switch, note))


def _unread(pack: Pack, tongue: Tongue) -> str:
    """That nobody who speaks it has checked these words, in them; in English where even that is missing."""
    if not pack.of(PHRASES)[tongue.code].unread:
        return ""
    own = tongue.say(UNREAD)
    return format_html(
        '<p class="muted small"{}>{}</p>', "" if own else mark_safe(' lang="en" dir="ltr"'), own or UNREAD
    )


def _address(request: HttpRequest, code: str) -> str:
    """Where this page is had in another language: itself, and where it was sent to, the page it was sent from."""
    if request.method in {"GET", "HEAD"} and set(request.GET) <= {"lang"} and not at_kiosk(request):
        return f"?lang={code}"
    path = request.path_info if request.method in {"GET", "HEAD"} else _ONLY_SENT.sub(r"\1\2", request.path_info)
    query = request.GET.copy()
    query.pop("over", None)
    query["lang"] = code
    return f"{path}?{query.urlencode()}"
