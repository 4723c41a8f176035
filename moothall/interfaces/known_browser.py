"""A browser somebody signed in with before: its tries are counted by themselves, so that strangers cannot lock her out.

A signed cookie holds a random name and digests of the last names and addresses let in here. It lets nobody in: whoever
steals it gets as many tries as a stranger has, and no more.
"""

from __future__ import annotations

import secrets
from typing import Any, Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

NAME: Final = "moothall_known"
DAYS: Final = 180
MOST: Final = 12
_SALT: Final = "moothall.interfaces.known_browser"


def name(request: HttpRequest, who: str) -> str:
    """Return this browser's name if ``who`` (a user name, an address) was let in with it before; else nothing."""
    held = _read(request)
    return str(held["name"]) if _digest(who) in held["who"] else ""


def note(request: HttpRequest, response: HttpResponse, *who: str) -> HttpResponse:
    """Remember that they were let in here."""
    held = _read(request)
    fresh = list(dict.fromkeys(map(_digest, who)))
    kept = [*(one for one in held["who"] if one not in fresh), *fresh][-MOST:]
    response.set_cookie(
        NAME, signing.dumps({"name": held["name"], "who": kept}, salt=_SALT), max_age=DAYS * 86_400, httponly=True,
        secure=settings.SESSION_COOKIE_SECURE, samesite="Lax",
    )  # fmt: skip
    return response


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        held: dict[str, Any] = signing.loads(request.COOKIES.get(NAME, ""), salt=_SALT, max_age=DAYS * 86_400)
    except signing.BadSignature:
        return {"name": secrets.token_urlsafe(12), "who": []}
    return held


def _digest(who: str) -> str:
    return salted_hmac(_SALT, who.strip().lower(), algorithm="sha256").hexdigest()[:24]
