"""Whether a page of the site is looked at from a kiosk, where the same pages stand under /kiosk."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest

PREFIX: Final = "/kiosk"


def at_kiosk(request: HttpRequest) -> bool:
    """Say whether this request comes from a kiosk."""
    return getattr(request, "kiosk", None) is not None


def mounted(request: HttpRequest, path: str) -> str:
    """Return where a page of the site stands for this browser, for addresses that others are given to come back by."""
    return f"{PREFIX}{path}" if at_kiosk(request) else path


def channel_of(request: HttpRequest) -> str:
    """Return the channel of what is asked for here: ``kiosk`` or ``web``."""
    return "kiosk" if at_kiosk(request) else "web"


def helped_at(request: HttpRequest) -> str:
    """Return why somebody helps at this kiosk; empty where nobody does."""
    return str(getattr(getattr(request, "kiosk", None), "helped", ""))


def spoken_at(request: HttpRequest) -> str:
    """Return the language that was chosen at this kiosk; empty for the council's own, and away from one."""
    return str(getattr(getattr(request, "kiosk", None), "language", ""))
