"""A partner sees who was referred to it and says whether it can help; by the link it was sent, without an account."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moothall.core import clock
from moothall.core.actors import Actor, ActorKind
from moothall.customers.actions import log_look
from moothall.interfaces.policy import Request, policy
from moothall.partners.actions import CannotRefer, IsOver, answer_person
from moothall.partners.queries import partner_page

PARTNER = Actor(ActorKind.PARTNER, name="A partner, by its link", purpose="referral")
MOST = 500


@policy("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def asked(request: Request, token: str) -> HttpResponse:
    """Show who it is, and take what the partner says; nothing of her once she has taken it back. Each look is logged."""
    at, error = clock.now(), ""
    page = partner_page(token, at=at)
    if page is None:
        raise Http404
    if request.method == "POST":
        said, words = request.POST.get("said", ""), request.POST.get("words", "").replace("\x00", "")[:MOST]
        try:
            answer_person(page.id, said, reason=request.POST.get("reason", ""), words=words, by=PARTNER, at=at)
        except CannotRefer as wrong:
            error = str(wrong)
        except IsOver:
            return redirect("site:referred", token)
        else:
            return redirect("site:referred", token)
    if page.told:
        log_look(customer_id=page.customer_id, screen="partner.referral", case_id=page.case_id, by=PARTNER, at=at)
    context = {"page": page, "error": error, "typed": request.POST}
    return render(request, "site/referred.html", context, status=422 if error else 200)
