"""Ways to reach her: an address or number added or changed once a code has shown that it is hers, and taken off."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from moothall.core import clock
from moothall.core.limits import TooManyAttempts
from moothall.customers.accounts.actions import CodeRefused, check_code
from moothall.customers.rules.writing import CannotRead
from moothall.intake.account_actions import add_way_to_reach, read_new_address, send_code, take_off_way, ways_to_reach
from moothall.interfaces.account import steps
from moothall.interfaces.account.codes import ADDRESS, CODE
from moothall.interfaces.account.pages import FormPage
from moothall.interfaces.policy import Request, address_of, policy
from moothall.interfaces.site.messages import message

HALF: Final = "reaching"
HINT: Final = "We send a code there, to see that it is yours. For a number that takes no texts, ring us."


@policy("customer")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Request) -> HttpResponse:
    """Ask for an address or number, `instead` of one we hold or beside it, and send a code there."""
    at = clock.now()
    known = {str(one.id): one.shown for one in ways_to_reach(request.holder.customer_id, at=at)}
    wanted = request.POST.get("instead", request.GET.get("instead", ""))
    instead = wanted if wanted in known else ""
    field, status = replace(ADDRESS, hint=HINT), 200
    if request.method == "POST":
        typed = request.POST.get("address", "")
        try:
            kind, value = read_new_address(typed)
            sent = send_code(kind=kind, value=value, address=address_of(request), by=request.actor, at=at)
        except (CannotRead, TooManyAttempts) as wrong:
            field, status = replace(field, value=typed, error=str(wrong)), 400
        else:
            steps.keep(request, **{HALF: str(sent.id), "to": sent.to, "instead": instead})
            return redirect("account:reach-code")
    title = f"Change {known[instead]}" if instead else "Add a way to reach you"
    page = FormPage(
        title, "Send me a code", fields=(field,), hidden=(("instead", instead),), back=reverse("account:details")
    )
    return render(request, "account/form.html", {"page": page}, status=status)


@policy("customer")
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: Request) -> HttpResponse:
    """Take the code: only then does it count."""
    held = steps.half(request)
    if HALF not in held:
        return redirect("account:reach-add")
    field, status, at = CODE, 200, clock.now()
    if request.method == "POST":
        try:
            kind, value = check_code(UUID(held[HALF]), request.POST.get("code", ""), address=address_of(request), at=at)
        except (CodeRefused, TooManyAttempts) as wrong:
            field, status = replace(CODE, error=str(wrong)), 400
        else:
            add_way_to_reach(
                request.holder, kind=kind, value=value, instead=UUID(held["instead"]) if held["instead"] else None,
                key=f"reach:{held[HALF]}", by=request.actor, at=at,
            )  # fmt: skip
            steps.drop(request, HALF, "to", "instead")
            return HttpResponseRedirect(f"{reverse('account:home')}?done=reach")
    page = FormPage(
        "Enter the code", "Carry on", lead=f"We sent it to {held['to']}.", fields=(field,), back=reverse("account:reach-add"),
    )  # fmt: skip
    return render(request, "account/form.html", {"page": page}, status=status)


@policy("customer")
@require_POST
def away(request: Request) -> HttpResponse:
    """Take a way to reach her off; one she signs in by is taken away there first."""
    try:
        point = UUID(request.POST.get("id", ""))
    except ValueError:
        return redirect("account:details")
    if not take_off_way(request.holder, point, key=f"off:{point}", by=request.actor, at=clock.now()):
        text = "You sign in with this, so it stays for now. Take it away under Ways to sign in first."
        return message(request, "It stays for now", text, reverse("account:ways"), "Ways to sign in", status=409)
    return HttpResponseRedirect(f"{reverse('account:home')}?done=reach")
