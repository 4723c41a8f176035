"""Help that others give: the directory, one entry of it, and asking to be referred to it."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.core.paging import BadCursor
from moothall.intake.actions import NotOnThisChannel, start_dialogue
from moothall.interfaces.account_session import actor_in
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.site.keys import hold
from moothall.interfaces.site.messages import message
from moothall.interfaces.site.mounted import channel_of
from moothall.interfaces.ui.jinja import with_query
from moothall.partners.pack import REFERRING
from moothall.partners.queries import help_page, search_help, topics


@policy("public")
@require_safe
def help_from_others(request: Request) -> HttpResponse:
    """Find help that others give, in one's own words or by what it is about."""
    words, topic = request.GET.get("words", "")[:120], request.GET.get("topic", "")[:80]
    try:
        page = search_help(words, topic=topic, after=request.GET.get("after", ""))
    except BadCursor:
        return redirect("site:help")
    older = with_query(request.path, words=words, topic=topic, after=page.after) if page.after else ""
    context = {"page": page, "words": words, "topic": topic, "topics": topics(), "older": older}
    return render(request, "site/help.html", context)


@policy("public")
@require_safe
def one(request: Request, help_id: UUID) -> HttpResponse:
    """Show one service of another organisation."""
    found = help_page(help_id)
    if found is None:
        raise Http404
    asks = found.by_herself and current_pack().one(REFERRING).service is not None
    return render(request, "site/help_one.html", {"page": found, "asks": asks})


@policy("public")
@require_POST
def ask(request: Request, help_id: UUID) -> HttpResponse:
    """Begin a request to be referred to this, with its name filled in; what is shared is asked there."""
    found, held = help_page(help_id), current_pack().one(REFERRING)
    if found is None or held.service is None:
        raise Http404
    try:
        dialogue, token = start_dialogue(
            held.service,
            channel=channel_of(request),
            by=actor_in(request),
            at=clock.now(),
            answers={held.help: found.title},
        )
    except KeyError:
        raise Http404 from None
    except NotOnThisChannel as other:
        contact = reverse("site:contact")
        return message(request, "This can’t be asked for here", str(other), contact, "How to reach us", status=409)
    return hold(redirect("site:request", dialogue), dialogue, token)
