"""Coming in by a code, a password, or the code of an app."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moothall.core import away, clock
from moothall.core.limits import TooManyAttempts
from moothall.customers.accounts import actions
from moothall.customers.accounts.actions import AccountRefused, CodeRefused
from moothall.customers.accounts.adapters.oidc import asking, provider
from moothall.customers.accounts.queries import account_with
from moothall.customers.rules.writing import CannotRead
from moothall.intake.account_actions import read_address, send_code
from moothall.interfaces import account_session as session
from moothall.interfaces import known_browser
from moothall.interfaces.account import passkeys, steps
from moothall.interfaces.account.pages import FormPage
from moothall.interfaces.policy import Request, address_of, policy
from moothall.interfaces.ui.fields import FieldView

ADDRESS = FieldView(
    "address", "text", "Email address or mobile number", hint="We send you a code. If you have no account yet, we make one.",
    width="20", autocomplete="username", attributes={"autocapitalize": "none", "spellcheck": "false"},
)  # fmt: skip
CODE = FieldView(
    "code", "text", "Your code", hint="Six figures", width="10", inputmode="numeric", autocomplete="one-time-code"
)
GIVEN = FieldView("given", "text", "First name", width="20", autocomplete="given-name")
FAMILY = FieldView("family", "text", "Last name", width="20", autocomplete="family-name")
SENT = "We sent it to {to}. It can take a minute to arrive."
ABROAD = (
    "If an account signs in with {to} already, we sent it there. We send codes to no other numbers outside the UK: give us "
    "an email address or a UK mobile number instead."
)
APP = FieldView(
    "code", "text", "The code your app shows", hint="Or one of the spare codes you wrote down", width="10",
    autocomplete="one-time-code",
)  # fmt: skip


@policy("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: Request) -> HttpResponse:
    """Ask for an address and send a code there; the page is the same whether there is an account or not."""
    wanted = steps.safe_next(request, request.POST.get("next") or request.GET.get("next", ""))
    field, status = ADDRESS, 200
    if request.method == "POST":
        typed = request.POST.get("address", "")
        try:
            kind, value = read_address(typed)
            sent = send_code(
                kind=kind, value=value, address=address_of(request), browser=known_browser.name(request, value),
                by=request.actor, at=clock.now(),
            )  # fmt: skip
        except (CannotRead, TooManyAttempts) as wrong:
            field, status = replace(ADDRESS, value=typed, error=str(wrong)), 400
        else:
            steps.keep(request, code=str(sent.id), to=sent.to, abroad=sent.abroad, kind=kind, value=value, next=wanted)
            return redirect("account:code")
    page = FormPage("Sign in or make an account", "Send me a code", fields=(field,), hidden=(("next", wanted),))
    there = provider()
    trouble = next(iter(away.away([asking.CODE])), None) if there is not None else None
    ways = {"provider": there, "trouble": trouble, "next": wanted, "passkey": passkeys.question(request)}
    return render(request, "account/sign_in.html", {"page": page, **ways}, status=status)


@policy("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: Request) -> HttpResponse:
    """Take the code. A right one lets her in, or asks a newcomer's name."""
    held = steps.half(request) if request.COOKIES else {}
    if "code" not in held:
        return redirect("account:sign-in")
    field, status = CODE, 200
    if request.method == "POST":
        try:
            kind, value = actions.check_code(
                UUID(held["code"]), request.POST.get("code", ""), address=address_of(request), at=clock.now()
            )
        except (CodeRefused, TooManyAttempts) as wrong:
            field, status = replace(CODE, error=str(wrong)), 400
        else:
            session.note_confirmed(request, kind, value)
            found = account_with(value)
            if found is not None:
                return steps.come_in(request, found, how=["code"])
            steps.drop(request, "code")
            steps.keep(request, shown=[kind, value])
            return redirect("account:name")
    page = FormPage(
        "Enter the code", "Carry on", lead=(ABROAD if held.get("abroad") else SENT).format(to=held["to"]), fields=(field,),
        links=(("Send it again, or somewhere else", reverse("account:sign-in")),), back=reverse("account:sign-in"),
    )  # fmt: skip
    return render(request, "account/form.html", {"page": page}, status=status)


@policy("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def name(request: Request) -> HttpResponse:
    """Ask a newcomer's name and open her account."""
    held = steps.half(request) if request.COOKIES else {}
    if "shown" not in held:
        return redirect("account:sign-in")
    fields, status = (GIVEN, FAMILY), 200
    if request.method == "POST":
        given, family = (" ".join(request.POST.get(one, "").split()) for one in ("given", "family"))
        fields = (replace(GIVEN, value=given), replace(FAMILY, value=family))
        kind, value = held["shown"]
        try:
            if not (given or family):
                raise CannotRead("Enter your name.")
            account = actions.open_account(
                kind=kind, value=value, given_name=given, family_name=family, by=request.actor, at=clock.now()
            )
        except (CannotRead, AccountRefused) as wrong:
            fields, status = (replace(fields[0], error=str(wrong)), fields[1]), 400
        else:
            return steps.come_in(request, account.id, how=["code"])
    page = FormPage("What is your name?", "Make my account", lead="As you would like us to write it.", fields=fields)
    return render(request, "account/form.html", {"page": page}, status=status)


@policy("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: Request) -> HttpResponse:
    """Take an address and a password."""
    wanted = steps.safe_next(request, request.POST.get("next") or request.GET.get("next", ""))
    field, error, status = replace(ADDRESS, hint=""), "", 200
    if request.method == "POST":
        typed = request.POST.get("address", "")
        field = replace(field, value=typed)
        try:
            value = read_address(typed)[1]
            account = actions.check_password(
                value=value, password=request.POST.get("password", ""), address=address_of(request),
                browser=known_browser.name(request, value), at=clock.now(),
            )  # fmt: skip
        except CannotRead as wrong:
            field, status = replace(field, error=str(wrong)), 400
        except (AccountRefused, TooManyAttempts) as wrong:
            error, status = str(wrong), 403
        else:
            steps.keep(request, next=wanted)
            return steps.come_in(request, account.id, how=["password"])
    by_code = (f"{reverse('account:sign-in')}?next={wanted}",)
    page = FormPage(
        "Sign in with a password", "Sign in", fields=(field,), secret=("Password", "password", "current-password"),
        secret_error=error, hidden=(("next", wanted),), links=(("Send me a code instead", by_code[0]),),
    )  # fmt: skip
    return render(request, "account/form.html", {"page": page}, status=status)


@policy("public")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def app(request: Request) -> HttpResponse:
    """Take the code of the app, or a spare one."""
    held = steps.half(request) if request.COOKIES else {}
    if "account" not in held:
        return redirect("account:sign-in")
    field, status = APP, 200
    if request.method == "POST":
        account_id = UUID(held["account"])
        try:
            shown = actions.check_authenticator(account_id, request.POST.get("code", ""), at=clock.now())
        except (CodeRefused, TooManyAttempts) as wrong:
            field, status = replace(APP, error=str(wrong)), 400
        except LookupError:
            return redirect("account:sign-in")
        else:
            return steps.come_in(request, account_id, how=[*held["how"], shown])
    page = FormPage("One more code", "Sign in", lead="You set up an app that shows codes.", fields=(field,))
    return render(request, "account/form.html", {"page": page}, status=status)
