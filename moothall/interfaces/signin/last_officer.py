"""Who was let in with a browser last: what is sent when her session has gone altogether is kept for her, and nobody else.

A signed cookie holds the account's id. It lets nobody in.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from moothall.core.models import Staff
from moothall.core.staff import signing_in

NAME: Final = "moothall_officer"
SECONDS: Final = 7 * 86_400
_SALT: Final = "moothall.interfaces.signin.last_officer"


def note(response: HttpResponse, staff: Staff) -> HttpResponse:
    """Remember who was let in."""
    response.set_signed_cookie(
        NAME, str(staff.id), salt=_SALT, max_age=SECONDS, httponly=True, secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )  # fmt: skip
    return response


def of(request: HttpRequest) -> Staff | None:
    """Return who was let in with this browser last, unless the account is closed; one query where somebody was."""
    held = request.get_signed_cookie(NAME, "", salt=_SALT, max_age=SECONDS)
    try:
        return signing_in.open_account(UUID(held)) if held else None
    except ValueError:
        return None
