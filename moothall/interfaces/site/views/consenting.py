"""A resident says whether we may tell a councillor who asks for her; by the link she was sent, without an account."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moothall.core import clock
from moothall.intake.constituents import consent_page, say_consent
from moothall.interfaces.policy import Request, policy


@policy("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def asked(request: Request, token: str) -> HttpResponse:
    """Ask, take what she says, and show what she said: it can be changed while the enquiry is open."""
    word = request.POST.get("agreed", "")
    if request.method == "POST" and word in {"yes", "no"}:
        try:
            say_consent(token, agreed=word == "yes", at=clock.now())
        except LookupError:
            raise Http404 from None
        return redirect("site:consent-asked", token)
    page = consent_page(token)
    if page is None:
        raise Http404
    return render(request, "site/consent_asked.html", {"page": page})
