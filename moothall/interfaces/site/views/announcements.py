"""What fails for many at once: its page, and being told instead of asking."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from moothall.announcements.queries import announcement as announcement_of
from moothall.announcements.queries import news_of
from moothall.core import clock
from moothall.intake.actions import follow_instead
from moothall.intake.queries import names_of
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.site.announced import announced_page
from moothall.interfaces.site.keys import token_in
from moothall.interfaces.site.speaking import chosen_in
from moothall.interfaces.site.views.requests import kept


@policy("public")
@require_safe
def show(request: Request, announcement: UUID) -> HttpResponse:
    """Say what goes on, and everything said of it so far. Four queries."""
    one = announcement_of(announcement, at=clock.now())
    if one is None:
        raise Http404
    page = announced_page(one, news_of(announcement), dict(names_of(one.services)))
    return render(request, "site/announcement.html", {"page": page})


@policy("public")
@require_POST
@kept
def follow(request: Request, dialogue: UUID, announcement: UUID) -> HttpResponse:
    """End the request with being told. Twice is once; where it is over by now, the check says so."""
    try:
        follow_instead(
            dialogue, token_in(request), announcement, language=chosen_in(request), by=request.actor, at=clock.now()
        )
    except LookupError as gone:
        if type(gone) is not LookupError:
            raise
        return redirect("site:check", dialogue)
    return redirect("site:sent", dialogue)
