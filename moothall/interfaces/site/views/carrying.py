"""A form that could not be taken, carried to the next page so that one press sends it again."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest

NEVER_CARRIED = frozenset({"csrfmiddlewaretoken", "password", "code", "new_password", "old_password"})
MOST_CARRIED = 200


def carried(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the fields that were sent, without secrets."""
    return [
        (name, str(value))
        for name, values in list(request.POST.lists())[:MOST_CARRIED]
        if name not in NEVER_CARRIED
        for value in values
    ]


def from_elsewhere(request: HttpRequest) -> bool:
    """Whether the browser says that another site's page sent this: that is never offered to be sent again."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return True
    came_from = request.headers.get("Origin") or request.headers.get("Referer")
    return came_from is not None and urlsplit(came_from).netloc != request.get_host()
