"""What other systems delivered: each with its rows counted, those refused by number and reason, and what is held."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages as notes
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from moothall.core import clock
from moothall.core.paging import BadCursor
from moothall.customers.linking import queries
from moothall.customers.linking.actions import accept_losses, refuse_delivery
from moothall.customers.linking.actions.deliveries import NoSuchSystem
from moothall.customers.linking.actions.fetching import CannotMove, begin_feed_anew, take_refused_again
from moothall.interfaces.console.screen import draw
from moothall.interfaces.policy import Request, policy


@policy("staff", needs="delivery.manage", purpose="administration")
@require_safe
def listed(request: Request) -> HttpResponse:
    """Every delivery, newest first."""
    try:
        page = queries.deliveries(request.actor, after=request.GET.get("after", ""))
    except BadCursor as wrong:
        raise Http404 from wrong
    return draw(request, "deliveries", here="deliveries", page=page, sources=queries.sources(request.actor))


@policy("staff", needs="delivery.manage", purpose="administration")
@require_safe
def one(request: Request, delivery_id: UUID) -> HttpResponse:
    """One delivery with the rows there is something to say of."""
    page = queries.delivery_page(delivery_id, request.actor)
    if page is None:
        raise Http404
    return draw(request, "delivery", here="deliveries", page=page)


@policy("staff", needs="delivery.manage", purpose="administration")
@require_POST
def settle(request: Request, delivery_id: UUID) -> HttpResponse:
    """Say of a held delivery that it is whole, or that it is not."""
    why = " ".join(request.POST.get("why", "").split())
    try:
        if request.POST.get("do") == "accept":
            done = accept_losses(delivery_id, by=request.actor, at=clock.now())
            notes.success(request, f"Read. Records ended: {done.gone}.")
        elif not why:
            notes.error(request, "Say in a few words why it is not whole, so that a colleague understands it later.")
        else:
            refuse_delivery(delivery_id, why=why, by=request.actor, at=clock.now())
            notes.success(request, "Kept as a part: no record was ended.")
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    return HttpResponseRedirect(reverse("console:delivery", args=[delivery_id]))


@policy("staff", needs="delivery.manage", purpose="administration")
@require_POST
def feed_anew(request: Request, system: str) -> HttpResponse:
    """Have a feed read from its beginning."""
    begin_feed_anew(system, by=request.actor, at=clock.now())
    notes.success(request, "It is read from the beginning within five minutes. What we have already stays as it is.")
    return HttpResponseRedirect(reverse("console:deliveries"))


@policy("staff", needs="delivery.manage", purpose="administration")
@require_POST
def folder_again(request: Request, system: str) -> HttpResponse:
    """Have the refused files of a folder taken up again."""
    try:
        back = take_refused_again(system, by=request.actor, at=clock.now())
    except NoSuchSystem as missing:
        raise Http404 from missing
    except CannotMove as wrong:
        notes.error(request, str(wrong))
    else:
        notes.success(request, f"Taken up again within a minute: {', '.join(back)}." if back else "None lies aside.")
    return HttpResponseRedirect(reverse("console:deliveries"))
