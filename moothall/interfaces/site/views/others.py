"""Help that others give: the directory, and one entry of it."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from moothall.core.paging import BadCursor
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui.jinja import with_query
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
    return render(request, "site/help_one.html", {"page": found})
