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
from moothall.customers.accounts.queries import asks_for_app, ways_in
from moothall.customers.accounts.rules.levels import Proof
from moothall.customers.accounts.rules.one_time import app_address
from moothall.customers.rules.writing import CannotRead, show_phone
from moothall.intake.account_actions import read_new_address, send_code
from moothall.interfaces import account_session as session
from moothall.interfaces.account import passkeys, steps
from moothall.interfaces.account.codes import ADDRESS, APP, CODE
from moothall.interfaces.account.pages import FormPage
from moothall.interfaces.policy import Request, address_of, policy
from moothall.interfaces.site.messages import message
from moothall.interfaces.site.pages import NoticeView

DONE = {
    "point": "You can sign in with it from now on.", "password": "Your password is kept.", "passkey": "Your passkey is kept.",
    "gone": "It is taken away.", "mine": "It shows who you are from now on.",
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
    proved = request.holder.proof >= Proof.VERIFIED
    context = {
        "ways": held, "app_asked": asks_for_app(account), "may_keep": proved and held.waiting,
         "provider": provider(), "passkey": options, "show_phone": show_phone, "holder": request.holder,
        "done": NoticeView("Done", done, "kept") if done else None,
    }  # fmt: skip
    return render(request, "account/ways.html", context)


@policy("customer")
@require_http_methods(["GET", "HEAD", "POST"])
def add_point(request: Request) -> HttpResponse:
    """Ask for another address and send a code there."""
    field, asked, status = replace(ADDRESS, hint="We send a code there."), APP, 200
    if request.method == "POST":
        typed = request.POST.get("address", "")
        try:
            kind, value = read_new_address(typed)
            actions.second_proof(request.holder.account_id, request.POST.get("code", ""), at=clock.now())
            sent = send_code(kind=kind, value=value, address=address_of(request), by=request.actor, at=clock.now())
        except CodeRefused as wrong:
            field, asked, status = replace(field, value=typed), replace(APP, error=str(wrong)), 400
        except (CannotRead, TooManyAttempts) as wrong:
            field, status = replace(field, value=typed, error=str(wrong)), 400
        else:
            steps.keep(request, adding=str(sent.id), to=sent.to)
            return redirect("account:add-point-code")
    fields = (field, asked) if asks_for_app(request.holder.account_id) else (field,)
    page = FormPage("Add an address or number", "Send me a code", fields=fields, back=reverse("account:ways"))
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
            return _done(request, "point")
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
    """Set a password, or another one; with the code of the app where one is set up."""
    account, error = request.holder.account_id, ""
    fields = (APP,) if asks_for_app(account) else ()
    if request.method == "POST":
        try:
            given = {name: request.POST.get(name, "") for name in ("password", "code")}
            actions.change_password(account, new=given["password"], code=given["code"], at=clock.now())
            return _done(request, "password")
        except AccountRefused as wrong:
            error = str(wrong)
        except (CodeRefused, TooManyAttempts) as wrong:
            fields = (replace(APP, error=str(wrong)),)
    page = FormPage(
        "Choose a password", "Keep it", lead="Twelve characters or more. Three words nobody would put together are good.",
        secret=("New password", "password", "new-password"), secret_error=error, back=reverse("account:ways"), fields=fields,
    )  # fmt: skip
    return render(request, "account/form.html", {"page": page}, status=400 if page.errors else 200)


@policy("customer")
@require_http_methods(["GET", "HEAD", "POST"])
def app_away(request: Request) -> HttpResponse:
    """Take the app away, with its code."""
    field = APP
    if request.method == "POST":
        try:
            actions.remove_authenticator(request.holder.account_id, code=request.POST.get("code", ""), at=clock.now())
            return _done(request, "gone")
        except (CodeRefused, TooManyAttempts) as wrong:
            field = replace(APP, error=str(wrong))
    page = FormPage(
        "Take the app away", "Take it away", fields=(field,), back=reverse("account:ways"),
        lead="We ask for its code a last time, so that nobody else can do this.",
    )  # fmt: skip
    return render(request, "account/form.html", {"page": page}, status=400 if field.error else 200)


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
            strong = request.holder.strong
            spare = actions.confirm_authenticator(account, request.POST.get("code", ""), strong=strong, at=at)
            session.stay(request)
            waits = not strong and request.holder.held >= Proof.VERIFIED
            return render(request, "account/spare.html", {"codes": spare, "waits": waits})
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
    """Take a way in away: `what` names its kind, `id` which. Where an app is set up, with its code: asked for first."""
    account, at, what = request.holder.account_id, clock.now(), request.POST.get("what", "")
    code, key = request.POST.get("code"), request.POST.get("id", "")
    if what == "app":
        return redirect("account:app-away")
    try:
        way = UUID(key or str(account))
        if what not in {*AWAY, "password"}:
            raise Http404
        if code is None and asks_for_app(account):
            return _ask_app(request, what, key)
        if what == "password":
            actions.remove_password(account, code=code or "", at=at)
        else:
            AWAY[what](account, way, code=code or "", at=at)
    except (CodeRefused, TooManyAttempts) as wrong:
        return _ask_app(request, what, key, error=str(wrong))
    except AccountRefused as wrong:
        where = reverse("account:ways")
        return message(request, "It stays for now", str(wrong), where, "Ways to sign in", status=409)
    except ValueError:
        raise Http404 from None
    return _done(request, "gone")


AWAY = {"point": actions.remove_point, "passkey": actions.remove_passkey, "provider": actions.unlink_identity}


def _ask_app(request: Request, what: str, key: str, *, error: str = "") -> HttpResponse:
    page = FormPage(
        "Take it away", "Take it away", fields=(replace(APP, error=error),), back=reverse("account:ways"),
        lead="We ask for the code of your app first, so that nobody else can do this.",
        hidden=(("what", what), ("id", key)), action=reverse("account:take-away"),
    )  # fmt: skip
    return render(request, "account/form.html", {"page": page}, status=400 if error else 200)


@policy("customer")
@require_POST
def mine(request: Request) -> HttpResponse:
    """Say that a way in which waited is hers: only in a session that has proved who she is."""
    try:
        way = UUID(request.POST.get("id", ""))
    except ValueError:
        raise Http404 from None
    if request.holder.proof < Proof.VERIFIED:
        raise Http404
    actions.keep_way(request.holder.account_id, way, at=clock.now())
    return _done(request, "mine")


@policy("customer")
@require_POST
def out_everywhere(request: Request) -> HttpResponse:
    """End every session of hers, this one too."""
    actions.sign_out_everywhere(request.holder.account_id, at=clock.now())
    session.end(request)
    return redirect("account:sign-in")


def _done(request: Request, what: str) -> HttpResponse:
    """Go back to the list; the session in which it was done stays in, all others are over."""
    session.stay(request)
    return HttpResponseRedirect(f"{reverse('account:ways')}?done={what}")
