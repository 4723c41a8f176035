"""Ways to sign in: addresses, password, app, passkeys, provider; each added after it was shown, none the last taken away."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import segno
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moothall.core import clock
from moothall.core.limits import TooManyAttempts
from moothall.core.packs import current_pack
from moothall.customers.accounts import actions
from moothall.customers.accounts.actions import AccountRefused, CodeRefused
from moothall.customers.accounts.adapters.oidc import provider
from moothall.customers.accounts.queries import ways_in
from moothall.customers.accounts.rules.one_time import app_address
from moothall.customers.rules.writing import CannotRead, show_phone
from moothall.intake.account_actions import read_address, send_code
from moothall.interfaces import account_session as session
from moothall.interfaces.account import passkeys, steps
from moothall.interfaces.account.codes import ADDRESS, APP, CODE
from moothall.interfaces.account.pages import FormPage
from moothall.interfaces.policy import Request, address_of, policy
from moothall.interfaces.site.messages import message
from moothall.interfaces.site.pages import NoticeView

DONE = {
    "point": "You can sign in with it from now on.", "password": "Your password is kept.", "passkey": "Your passkey is kept.",
    "gone": "It is taken away.", "app": "Your app is set up.",
}  # fmt: skip


@policy("customer")
@require_safe
def ways(request: Request) -> HttpResponse:
    """Every way into this account."""
    account = request.holder.account_id
    held, done = ways_in(account), DONE.get(request.GET.get("done", ""))
    options = passkeys.registration(
        request, account.bytes, held.points[0].words if held.points else request.holder.name
    )
    context = {
        "ways": held, "provider": provider(), "passkey": options, "show_phone": show_phone, "holder": request.holder,
        "done": NoticeView("Done", done, "kept") if done else None,
    }  # fmt: skip
    return render(request, "account/ways.html", context)


@policy("customer")
@require_http_methods(["GET", "HEAD", "POST"])
def add_point(request: Request) -> HttpResponse:
    """Ask for another address and send a code there."""
    field, status = replace(ADDRESS, hint="We send a code there."), 200
    if request.method == "POST":
        typed = request.POST.get("address", "")
        try:
            kind, value = read_address(typed)
            sent = send_code(kind=kind, value=value, address=address_of(request), by=request.actor, at=clock.now())
        except (CannotRead, TooManyAttempts) as wrong:
            field, status = replace(field, value=typed, error=str(wrong)), 400
        else:
            steps.keep(request, adding=str(sent.id), to=sent.to)
            return redirect("account:add-point-code")
    page = FormPage("Add an address or number", "Send me a code", fields=(field,), back=reverse("account:ways"))
    return render(request, "account/form.html", {"page": page}, status=status)


@policy("customer")
@require_http_methods(["GET", "HEAD", "POST"])
def add_point_code(request: Request) -> HttpResponse:
    """Take the code for the new address."""
    held = steps.half(request)
    if "adding" not in held:
        return redirect("account:add-point")
    field, status = CODE, 200
    if request.method == "POST":
        at = clock.now()
        try:
            kind, value = actions.check_code(
                UUID(held["adding"]), request.POST.get("code", ""), address=address_of(request), at=at
            )
            actions.add_point(request.holder.account_id, kind=kind, value=value, at=at)
        except (CodeRefused, TooManyAttempts, AccountRefused) as wrong:
            field, status = replace(CODE, error=str(wrong)), 400
        else:
            steps.drop(request, "adding", "to")
            session.note_confirmed(request, kind, value)
            return _done("point")
    page = FormPage(
        "Enter the code",
        "Carry on",
        lead=f"We sent it to {held['to']}.",
        fields=(field,),
        back=reverse("account:add-point"),
    )
    return render(request, "account/form.html", {"page": page}, status=status)


@policy("customer")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: Request) -> HttpResponse:
    """Set a password, or another one."""
    error = ""
    if request.method == "POST":
        try:
            actions.set_password(request.holder.account_id, new=request.POST.get("password", ""), at=clock.now())
            return _done("password")
        except AccountRefused as wrong:
            error = str(wrong)
    page = FormPage(
        "Choose a password", "Keep it", lead="Twelve characters or more. Three words nobody would put together are good.",
        secret=("New password", "password", "new-password"), secret_error=error, back=reverse("account:ways"),
    )  # fmt: skip
    return render(request, "account/form.html", {"page": page}, status=400 if error else 200)


@policy("customer")
@require_http_methods(["GET", "HEAD", "POST"])
def app(request: Request) -> HttpResponse:
    """Set up an app that shows codes."""
    account, field, at = request.holder.account_id, replace(APP, hint="Six figures"), clock.now()
    try:
        secret = actions.begin_authenticator(account, at=at)
    except AccountRefused as wrong:
        where = reverse("account:ways")
        return message(request, "An app is set up already", str(wrong), where, "Ways to sign in", status=409)
    if request.method == "POST":
        try:
            spare = actions.confirm_authenticator(account, request.POST.get("code", ""), at=at)
            session.strengthen(request, "app")
            return render(request, "account/spare.html", {"codes": spare})
        except (CodeRefused, TooManyAttempts) as wrong:
            field = replace(field, error=str(wrong))
    council = current_pack().council
    address = app_address(secret, request.holder.name, council.short_name or council.name)
    picture = segno.make(address, error="m").svg_data_uri(scale=5, border=2)
    page = FormPage("Set up an app", "Set it up", fields=(field,), back=reverse("account:ways"))
    context = {"page": page, "picture": picture, "secret": secret}
    return render(request, "account/app.html", context, status=400 if field.error else 200)


@policy("customer")
@require_POST
def take_away(request: Request) -> HttpResponse:
    """Take a way in away: `what` names its kind, `id` which."""
    account, at, what = request.holder.account_id, clock.now(), request.POST.get("what", "")
    try:
        key = UUID(request.POST.get("id", "") or str(account))
        if what == "point":
            actions.remove_point(account, key, at=at)
        elif what == "passkey":
            actions.remove_passkey(account, key, at=at)
        elif what == "provider":
            actions.unlink_identity(account, key, at=at)
        elif what == "password":
            actions.remove_password(account, at=at)
        elif what == "app":
            actions.remove_authenticator(account, at=at)
        else:
            raise Http404
    except AccountRefused as wrong:
        where = reverse("account:ways")
        return message(request, "It stays for now", str(wrong), where, "Ways to sign in", status=409)
    except ValueError:
        raise Http404 from None
    return _done("gone")


def _done(what: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('account:ways')}?done={what}")
