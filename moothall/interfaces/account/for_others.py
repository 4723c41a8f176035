"""Asking for somebody one speaks for: what may be asked, and what may not, said plainly."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from moothall.core import clock
from moothall.core.packs import current_pack
from moothall.intake.account_queries import asking_page
from moothall.intake.actions import NotOnThisChannel
from moothall.intake.asking_for import NotAsking, OutsideScope, start_for
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.site.keys import hold
from moothall.interfaces.site.messages import message
from moothall.services.pack import SERVICES


@policy("customer")
@require_safe
def others(request: Request, representation: UUID) -> HttpResponse:
    """What may be asked for on behalf of one person."""
    page = asking_page(request.holder, representation, request.GET.get("q", "")[:300], at=clock.now())
    if page is None:
        raise Http404
    return render(request, "account/for_other.html", {"page": page, "here_id": representation})


@policy("customer")
@require_POST
def ask(request: Request, representation: UUID, code: str) -> HttpResponse:
    """Begin a request for that person, or say why not."""
    if code not in current_pack().of(SERVICES):
        raise Http404
    back = reverse("account:for", args=[representation])
    try:
        dialogue, token = start_for(
            representation, code, customer_id=request.holder.customer_id, by=request.actor, at=clock.now()
        )
    except OutsideScope as outside:
        return message(
            request, "You can’t ask for this for them", str(outside), back, "What you can ask for", status=409
        )
    except NotOnThisChannel as other:
        return message(request, "This can’t be asked for here", str(other), back, "What you can ask for", status=409)
    except (NotAsking, KeyError):
        raise Http404 from None
    return hold(redirect("site:request", dialogue), dialogue, token)
