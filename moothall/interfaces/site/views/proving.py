"""Showing who one is in the middle of a request: by a code, by signing in, or later at the desk. The answers wait."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from moothall.core import clock
from moothall.core.limits import TooManyAttempts
from moothall.customers.accounts.actions import CodeRefused, check_code
from moothall.customers.accounts.adapters.oidc import provider
from moothall.customers.accounts.rules.levels import masked
from moothall.intake import actions
from moothall.intake.account_actions import send_code
from moothall.intake.proving import ProofWanted, check_sender, proof_wanted, send_unproved
from moothall.interfaces import account_session as session
from moothall.interfaces.account import steps
from moothall.interfaces.account.codes import CODE
from moothall.interfaces.policy import Request, address_of, policy
from moothall.interfaces.site.keys import token_in
from moothall.interfaces.site.mounted import helped_at
from moothall.interfaces.site.sender import sender
from moothall.interfaces.site.speaking import chosen_in
from moothall.interfaces.site.views.requests import kept, onward
from moothall.interfaces.ui.fields import FieldView, OptionView

PROVING = "proving"


def wanted_of(request: Request, dialogue: UUID) -> ProofWanted | None:
    """Return what must still be shown before this request is sent. A signed-in resident's request becomes hers on the way."""
    at, holder = clock.now(), session.holder_in(request)
    check_sender(dialogue, token_in(request), holder=holder, by=sender(request, dialogue), at=at)
    if holder is not None:
        actions.adopt(dialogue, token_in(request), customer_id=holder.customer_id, at=at)
    return proof_wanted(dialogue, token_in(request), holder=holder, confirmed=session.confirmed_in(request), at=at)


@policy("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@kept
def prove(request: Request, dialogue: UUID) -> HttpResponse:
    """Say what must be shown and offer the ways; send the code that was asked for."""
    wanted = wanted_of(request, dialogue)
    if wanted is None:
        return redirect("site:check", dialogue)
    field, status = _to(wanted), 200
    if request.method == "POST" and wanted.addresses and wanted.level == "contact":
        chosen = dict(enumerate(wanted.addresses)).get(_number(request.POST.get("to", "0")))
        try:
            if chosen is None:
                raise ValueError("Choose where we shall send the code.")
            sent = send_code(
                kind=chosen[0], value=chosen[1], address=address_of(request), by=request.actor, at=clock.now()
            )
        except (ValueError, TooManyAttempts) as wrong:
            field, status = replace(field, error=str(wrong)), 400
        else:
            steps.keep(request, proving=str(sent.id), to=sent.to, abroad=sent.abroad, dialogue=str(dialogue))
            return redirect("site:prove-code", dialogue)
    check = reverse("site:check", args=[dialogue])
    context = {
        "wanted": wanted, "field": field, "provider": provider(), "back": check, "check": check, "dialogue": dialogue,
        "holder": session.holder_in(request), "errors": (field,) if field.error else (),
    }  # fmt: skip
    return render(request, "account/prove.html", context, status=status)


@policy("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@kept
def prove_code(request: Request, dialogue: UUID) -> HttpResponse:
    """Take the code; a right one sends the request."""
    held = steps.half(request) if request.COOKIES else {}
    if held.get("dialogue") != str(dialogue) or PROVING not in held:
        return redirect("site:prove", dialogue)
    field, status = CODE, 200
    if request.method == "POST":
        try:
            kind, value = check_code(
                UUID(held[PROVING]), request.POST.get("code", ""), address=address_of(request), at=clock.now()
            )
        except (CodeRefused, TooManyAttempts) as wrong:
            field, status = replace(CODE, error=str(wrong)), 400
        else:
            session.note_confirmed(request, kind, value)
            steps.drop(request, PROVING)
            if wanted_of(request, dialogue) is None:
                actions.submit(
                    dialogue,
                    token_in(request),
                    helped_because=helped_at(request),
                    language=chosen_in(request),
                    by=sender(request, dialogue),
                    at=clock.now(),
                )
            return onward(request, dialogue)
    context = {
        "field": field, "to": held["to"], "abroad": held.get("abroad", False), "dialogue": dialogue,
        "errors": (field,) if field.error else (),
    }  # fmt: skip
    return render(request, "account/prove_code.html", context, status=status)


@policy("public")
@require_POST
@kept
def prove_later(request: Request, dialogue: UUID) -> HttpResponse:
    """Send it now; who she is, she shows at the desk."""
    wanted = wanted_of(request, dialogue)
    if wanted is not None and wanted.level != "verified":
        return redirect("site:prove", dialogue)
    send_unproved(
        dialogue, token_in(request), helped_because=helped_at(request), language=chosen_in(request),
        by=sender(request, dialogue), at=clock.now(),
    )  # fmt: skip
    return onward(request, dialogue)


def _to(wanted: ProofWanted) -> FieldView:
    options = tuple(
        OptionView(str(number), f"{'Email' if kind == 'email' else 'Text'} {masked(kind, value)}")
        for number, (kind, value) in enumerate(wanted.addresses)
    )
    return FieldView("to", "choice", "Where shall we send it?", options=options, value="0")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else -1
