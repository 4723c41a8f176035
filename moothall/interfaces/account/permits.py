"""Her permits and licences, and asking for one again without being asked what we know."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from moothall.core import clock
from moothall.core.actors import SYSTEM
from moothall.intake.account_queries import own_card
from moothall.intake.actions import NotOnThisChannel
from moothall.intake.renewing import CannotRenew, renew
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.site.keys import hold
from moothall.interfaces.site.messages import message
from moothall.interfaces.site.permit_shapes import STANDING
from moothall.permits.queries import permits_of


@policy("customer")
@require_safe
def permits(request: Request) -> HttpResponse:
    """What she holds or held."""
    at = clock.now()
    found = permits_of(own_card(request.holder, at=at).ids, visible_to=SYSTEM, at=at)
    return render(request, "account/permits.html", {"permits": found, "standing": STANDING})


@policy("customer")
@require_POST
def again(request: Request, permit_id: UUID) -> HttpResponse:
    """Begin its renewal: her answers are filled in, what is new is asked."""
    back = reverse("account:permits")
    try:
        dialogue, token = renew(permit_id, own_card(request.holder, at=clock.now()), by=request.actor, at=clock.now())
    except CannotRenew as why:
        return message(request, "You can’t renew this now", str(why), back, "My permits and licences", status=409)
    except NotOnThisChannel as other:
        return message(request, "This can’t be asked for here", str(other), back, "My permits and licences", status=409)
    except KeyError:
        raise Http404 from None
    return hold(redirect("site:request", dialogue), dialogue, token)
