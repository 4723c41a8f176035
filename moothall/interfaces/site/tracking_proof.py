"""Which cases this browser has shown to be its own: kept in the session, never in an address."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

KEY = "cases"
MOST = 20


def remember(request: HttpRequest, case: UUID) -> None:
    """Note that this browser may see the case."""
    held = [one for one in request.session.get(KEY, []) if one != str(case)]
    if request.session.get(KEY, [])[-1:] != [str(case)]:
        request.session[KEY] = [*held, str(case)][-MOST:]


def may_see(request: HttpRequest, case: UUID) -> bool:
    """Say whether this browser has proved the case is hers."""
    return str(case) in request.session.get(KEY, [])
