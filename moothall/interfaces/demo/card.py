"""The payment page of a demonstration: it stands for the provider's own, so that anyone can try without a card."""

from __future__ import annotations

import re

import requests
from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moothall.interfaces.policy import Request, policy
from moothall.interfaces.ui import words

OUTCOMES = frozenset({"pay", "decline", "cancel"})
TIMEOUT = 5


@policy("demo")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def card(request: Request, payment: str) -> HttpResponse:
    """Show the page, or do what its visitor chose and lead back."""
    if not settings.PAY_URL or not re.fullmatch(r"[A-Za-z0-9_]{8,80}", payment):
        raise Http404
    address = f"{settings.PAY_URL}/_twin/payments/{payment}"
    try:
        if request.method == "POST" and request.POST.get("do", "") in OUTCOMES:
            answer = requests.post(address, json={"outcome": request.POST["do"]}, timeout=TIMEOUT)
            if answer.ok and not answer.json().get("moto"):
                return HttpResponseRedirect(str(answer.json()["back"]))
            if answer.ok:  # a caller has no page to go back to
                return HttpResponseRedirect(request.path)
        answer = requests.get(address, timeout=TIMEOUT)
    except requests.RequestException as down:
        raise Http404 from down
    if not answer.ok:
        raise Http404
    held = answer.json()
    shown = {**held, "amount": words.pence(int(held["pence"]))}
    return render(request, "demo/card.html", {"page": shown})
