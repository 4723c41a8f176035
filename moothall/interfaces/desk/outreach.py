"""The desk away from the office: at a surgery, a library, a home. Said once, then every visit begun says it."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from moothall.contacts.models import Outreach
from moothall.interfaces.desk.screen import go
from moothall.interfaces.policy import Request, policy

KEY: Final = "desk_outreach"


def outreach_of(request: Request) -> tuple[str, str]:
    """Return where this officer is, and the place's name; both empty at the office."""
    kind, where = request.session.get(KEY, ("", ""))
    return (kind, where) if kind in Outreach.values else ("", "")


def outreach_words(request: Request) -> str:
    """Say where this officer is; empty at the office."""
    kind, where = outreach_of(request)
    return said(kind, where)


def said(kind: str, where: str) -> str:
    """Say where somebody was met."""
    if kind not in Outreach.values:
        return ""
    name = str(Outreach(kind).label)
    return f"{name}: {where}" if where else name


@require_POST
@policy("staff", needs="contact.take")
def away(request: Request) -> HttpResponse:
    """Keep where this officer is from now on, in this sign-in; nothing chosen: back at the office."""
    kind = request.POST.get("outreach", "")
    where = " ".join(request.POST.get("outreach-at", "").split())[:80]
    if kind in Outreach.values:
        request.session[KEY] = (kind, "" if kind == Outreach.HOME else where)
    else:
        request.session.pop(KEY, None)
    return go("desk:home")
