"""How a browser holds a request under way: an http-only cookie for that request's own addresses."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from moothall.intake.actions.dialogues import KEPT_FOR

NAME = "moothall_request"


def token_in(request: HttpRequest) -> str:
    """Return the token this browser holds for the request it asks for; empty when it holds none."""
    return request.COOKIES.get(NAME, "")


def hold(response: HttpResponse, dialogue: UUID, token: str) -> HttpResponse:
    """Give the browser the token: sent back only to this request's pages, never to a script."""
    response.set_cookie(
        NAME, token, max_age=int(KEPT_FOR.total_seconds()), path=reverse("site:request", args=[dialogue]), httponly=True,
        secure=settings.SESSION_COOKIE_SECURE, samesite="Lax",
    )  # fmt: skip
    return response
