"""The journey of a service in the language that was chosen on its page, kept in a cookie of this browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.html import format_html, format_html_join

from moothall.core.packs import Pack, current_pack
from moothall.customers.pack import LANGUAGES, PHRASES
from moothall.interfaces.site.mounted import at_kiosk
from moothall.interfaces.site.tongues import Tongue
from moothall.services.pack import SERVICES, Service

COOKIE: Final = "moothall_language"
A_YEAR: Final = 365 * 86_400
_JOURNEY: Final = re.compile(r"^/(?:services/(?P<service>[a-z0-9-]+)/?$|services/[a-z0-9-]+/start|requests/|return/)")
_MAIN: Final = re.compile(r'(<main id="main"[^>]*>)')


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


class TonguesMiddleware:
    """Draws the pages of a journey in the language chosen; every other page, and every English one, is left as it is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request, in another language where one is chosen. At a kiosk nothing is kept, so nothing is chosen."""
        journey = _JOURNEY.match(request.path_info)
        response = self.get_response(request)
        if journey is None or at_kiosk(request):
            return response
        wanted = request.GET.get("lang", "")
        chosen = wanted or request.COOKIES.get(COOKIE, "")
        pack = current_pack()
        offered = tongues(pack)
        if wanted and (wanted in offered or wanted == "en"):
            response.set_cookie(COOKIE, wanted, max_age=A_YEAR, httponly=True, samesite="Lax",
                                secure=settings.SESSION_COOKIE_SECURE)  # fmt: skip
        if response.streaming or "text/html" not in response.get("Content-Type", "") or not response.content:
            return response
        here = journey["service"]
        service = pack.of(SERVICES).get(here) if here else None
        tongue = offered.get(chosen)
        links = [one for one in offered.values() if service is not None and asked_in(one, service)]
        if not links and tongue is None:
            return response
        html = response.content.decode()
        if tongue is not None:
            html = tongue.page(html)
        response.content = _MAIN.sub(lambda main: main[1] + _nav(pack, links, tongue), html, count=1).encode()
        if response.has_header("Content-Length"):
            response["Content-Length"] = str(len(response.content))
        if links or tongue is not None:
            patch_vary_headers(response, ["Cookie"])
            patch_cache_control(response, private=True)
        return response


def _nav(pack: Pack, links: list[Tongue], tongue: Tongue | None) -> str:
    """The other languages, each by its own name."""
    known = pack.of(LANGUAGES)
    others = [
        (one.code, one.code, known[one.code].own_name or known[one.code].name)
        for one in links
        if tongue is None or one.code != tongue.code
    ]
    if tongue is not None:
        others = [("en", "en", "English"), *others]
    listed = format_html_join("", '<li><a href="?lang={}" lang="{}">{}</a></li>', others)
    return str(
        format_html(
            '<nav class="govuk-width-container tongues" aria-label="{}"><ul>{}</ul></nav>',
            (tongue.say("Other languages") if tongue else None) or "Other languages", listed,
        )
    )  # fmt: skip
