"""A bill's page: what is to be paid and why, off to the provider's page and back. Card numbers are typed there only."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from moothall.cases.named import reference_to_quote
from moothall.core import clock
from moothall.core.actors import SYSTEM, customer_actor
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.site import pay_shapes as shapes
from moothall.interfaces.site.money_links import by_link
from moothall.interfaces.site.mounted import at_kiosk, mounted
from moothall.interfaces.site.tracking_proof import may_see
from moothall.payments.actions import AlreadyPaid, CannotPay, NotNow, Underway, look_at_intent, start_payment
from moothall.payments.links import opens
from moothall.payments.queries import Bill, bill

View = Callable[..., HttpResponse]
PAYER = customer_actor(None).because("payment")


def known(view: View) -> View:
    """Open a bill to whoever has its link; a wrong link and a bill that is not there look the same."""

    @wraps(view)
    def held(request: Request, intent: UUID, token: str, **parts: Any) -> HttpResponse:
        find = (lambda: bill(intent, visible_to=SYSTEM)) if opens(token, intent) else (lambda: None)
        found = by_link(request, find, about=intent, what="this payment")
        if isinstance(found, HttpResponse):
            return found
        return view(request, about=found, token=token, **parts)

    return held


@policy("public")
@never_cache
@require_safe
@known
def show(request: Request, about: Bill, token: str) -> HttpResponse:
    """Show what is to be paid, or what became of it."""
    return _draw(request, about, token)


@policy("public")
@never_cache
@require_POST
@known
def start(request: Request, about: Bill, token: str) -> HttpResponse:
    """Go to the provider's page. Pressed twice, it is the same payment."""
    return to_provider(request, about, token)


@policy("public")
@never_cache
@require_safe
@known
def back(request: Request, about: Bill, token: str) -> HttpResponse:
    """The customer is back: ask the provider, and say where it stands. Where it cannot be asked, the page says so."""
    look_at_intent(about.id, by=PAYER, at=clock.now())
    return redirect("site:pay", about.id, token)


def to_provider(request: Request, about: Bill, token: str) -> HttpResponse:
    """Send the browser to the provider's page; where there is none now, show the bill with what to do."""
    come_back = request.build_absolute_uri(mounted(request, reverse("site:pay-back", args=[about.id, token])))
    try:
        page = start_payment(
            about.id, come_back=come_back, by=PAYER, at=clock.now(), hold=shapes.holds_money(about.service)
        )
    except NotNow as later:
        return _draw(request, about, token, trouble=str(later), status=503)
    except (AlreadyPaid, Underway):  # the page itself says where it stands
        return redirect("site:pay", about.id, token)
    except CannotPay as no:
        return _draw(request, bill(about.id, visible_to=SYSTEM) or about, token, trouble=str(no), status=409)
    return HttpResponseRedirect(page)


def _draw(request: Request, about: Bill, token: str, *, trouble: str = "", status: int = 200) -> HttpResponse:
    if about.case_id is None and about.booking_id is None and about.pence == 0:
        raise Http404
    mine = about.case_id is not None and may_see(request, about.case_id)
    asked_with = reference_to_quote(about.case_id)
    view = shapes.pay_page(about, token, mine=mine, kiosk=at_kiosk(request), trouble=trouble, request=asked_with)
    return render(request, "site/pay.html", {"page": view}, status=status)
