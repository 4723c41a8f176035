"""One repair, by its private link: every step of it, the visit, and the times to choose from."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from moothall.core import clock
from moothall.core.actors import customer_actor
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.site.repair_shapes import page_of
from moothall.repairs.actions import TimeGone, agree, none_suit
from moothall.repairs.links import opens
from moothall.repairs.queries import repair_of_order

View = Callable[..., HttpResponse]
TENANT = customer_actor(None).because("tracking")
log = logging.getLogger("moothall.repairs")


def opened(view: View) -> View:
    """Let in whoever holds the link; to everybody else there is no such repair."""

    @wraps(view)
    def held(request: Request, order: UUID, token: str) -> HttpResponse:
        if not opens(order, token):
            log.warning("Refused a link that opens nothing", extra={"kind": "repair", "subject": str(order)})
            raise Http404
        return view(request, order, token)

    return held


@policy("public")
@never_cache
@require_safe
@opened
def show(request: Request, order: UUID, token: str) -> HttpResponse:
    """Show a repair."""
    return _page(request, order, done=request.GET.get("done", ""))


@policy("public")
@require_POST
@opened
def choose(request: Request, order: UUID, token: str) -> HttpResponse:
    """Choose one of the times, or say that none suits."""
    chosen, at = request.POST.get("time", ""), clock.now()
    try:
        if chosen == "none":
            none_suit(order, by=TENANT, at=at)
        else:
            agree(order, _moment(chosen), by=TENANT, at=at)
    except (TimeGone, LookupError) as why:
        return _page(request, order, error=str(why))
    return HttpResponseRedirect(f"/repairs/{order}/{token}?done={'none' if chosen == 'none' else 'chosen'}")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise TimeGone("Choose a time, or say that none of them suits you.")
    return moment


def _page(request: Request, order: UUID, *, done: str = "", error: str = "", **more: Any) -> HttpResponse:
    view = repair_of_order(order, at=clock.now())
    if view is None:
        raise Http404
    return render(
        request, "site/repair.html", {"page": page_of(view, done=done, error=error)}, status=400 if error else 200
    )
