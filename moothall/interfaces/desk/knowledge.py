"""Answers and scripts: those of one's own teams that want looking at, and everything there is to read."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.core.zone import council_date
from moothall.interfaces.desk.screen import draw
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui.jinja import with_query
from moothall.interfaces.ui.knowledge import SHOWN, SHOWN_WORDS, pieces
from moothall.services.knowledge import kept

SIZE = 50


@require_safe
@policy("staff", needs="contact.view")
def knowledge(request: Request) -> HttpResponse:
    """The list, with the words to narrow it by. Nothing is read of anybody: the pack alone."""
    pack, today = current_pack(), council_date(clock.now())
    show, whose, words = request.GET.get("show", "all"), request.GET.get("whose", ""), request.GET.get("q", "")[:100]
    if show not in SHOWN or whose not in {"", "mine"}:
        raise Http404
    found = pieces(pack, kept(pack, teams=request.actor.teams if whose else None), words=words, show=show, today=today)
    after = request.GET.get("after", "")
    start = min(int(after), len(found)) if after.isascii() and after.isdigit() and len(after) < 7 else 0
    older = with_query(request.path, q=words, show=show, whose=whose, after=start + SIZE)
    return draw(
        request, "desk/knowledge.html", here="knowledge", words=words, show=show, whose=whose, choices=SHOWN_WORDS,
        pieces=found[start : start + SIZE], count=len(found), older=older if start + SIZE < len(found) else "",
    )  # fmt: skip
