"""The pages of signing in. Each parses, takes one step, and shows what came of it."""

from __future__ import annotations

import base64
from typing import Any, cast
from urllib.parse import quote

import segno
from django.contrib.auth import logout, update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from moothall.core import clock
from moothall.core.limits import TooManyAttempts
from moothall.core.models import Staff
from moothall.core.packs import current_pack
from moothall.core.staff import CannotKeep, change_own_password, names_of, signing_in, staff_line
from moothall.interfaces import known_browser
from moothall.interfaces.policy import Request, address_of, policy
from moothall.interfaces.signin import council, steps


@policy("public")
@require_http_methods(["GET", "POST"])
def sign_in(request: Request) -> HttpResponse:
    """Ask for name and password; the right ones lead on."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    page: dict[str, Any] = {
        "next": steps.safe_next(request, wanted), "kept": False, "lost": False, **council.shown()
    }  # fmt: skip
    if request.method == "GET":
        no = request.GET.get("council") == "no"
        page["tried"] = request.GET.get("council") == "away"
        page["error"] = "The council’s sign-in did not let you in. Try again, or ask an administrator." if no else ""
        return render(request, "signin/sign_in.html", {**page, "username": ""})
    username = request.POST.get("username", "")
    try:
        staff = signing_in.check_password(
            username=username, password=request.POST.get("password", ""), address=address_of(request),
            browser=known_browser.name(request, username), at=clock.now(),
        )  # fmt: skip
    except (signing_in.SignInRefused, TooManyAttempts) as error:
        page |= {"error": str(error), "username": username}
        return render(request, "signin/sign_in.html", page, status=429 if isinstance(error, TooManyAttempts) else 403)
    return steps.first(request, staff, wanted)


@policy("public")
@require_http_methods(["GET", "POST"])
def code(request: Request) -> HttpResponse:
    """Ask for the code of the telephone, or a recovery code."""
    turn = steps.whose_turn(request)
    if turn is None:
        return _start_again()
    error = ""
    if request.method == "POST":
        try:
            signing_in.check_code(staff=turn[0], code=request.POST.get("code", ""), at=clock.now())
            return steps.onward(request, turn[0], done=("code",))
        except (signing_in.CodeRefused, TooManyAttempts) as wrong:
            error = str(wrong)
    return render(request, "signin/code.html", {"error": error}, status=403 if error else 200)


@policy("public")
@require_http_methods(["GET", "POST"])
def set_up(request: Request) -> HttpResponse:
    """Set up the second factor that a role asks for, before being let in."""
    turn = steps.whose_turn(request)
    if turn is None:
        return _start_again()
    if signing_in.has_second_factor(turn[0]):  # has one already: it is asked for, never replaced, by a password alone
        return HttpResponseRedirect(reverse("signin:code"))
    codes, page = _second_factor(request, turn[0])
    if codes:
        steps.onward(request, turn[0], done=("code",))
        return render(request, "signin/recovery.html", {"codes": codes, "onward": reverse("signin:onward")})
    return render(request, "signin/set_up.html", page, status=403 if page["error"] else 200)


@policy("public")
@require_GET
def onward(request: Request) -> HttpResponse:
    """Go on after the recovery codes were shown."""
    if isinstance(request.user, Staff):
        return HttpResponseRedirect(steps.home_of(request.user, current_pack()))
    turn = steps.whose_turn(request)
    return _start_again() if turn is None else steps.onward(request, turn[0], done=())


@policy("public")
@require_http_methods(["GET", "POST"])
def new_password(request: Request) -> HttpResponse:
    """Ask for a password of one's own in place of the one that was handed over."""
    turn = steps.whose_turn(request)
    if turn is None or not turn[0].must_change_password:
        return _start_again()
    staff, half = turn
    if signing_in.has_second_factor(staff) and "code" not in half.get("done", []):
        return HttpResponseRedirect(reverse("signin:code"))
    wrong, changed = _change_password(request, staff)
    if changed is not None:
        return steps.onward(request, changed, done=())
    return render(request, "signin/password.html", {"wrong": wrong, "first": True}, status=403 if wrong else 200)


@policy("public")
@require_POST
def sign_out(request: Request) -> HttpResponse:
    """End the session."""
    logout(request)
    return HttpResponseRedirect(reverse("signin:sign-in"))


@policy("staff")
@require_GET
def carry_on(request: Request) -> HttpResponse:
    """Offer to send what came after the sign-in had run out."""
    kept = request.session.get(steps.KEPT)
    if not kept:
        raise Http404
    return render(request, "signin/carry_on.html", {"forms": kept})


@policy("staff")
@require_GET
def still_here(request: Request) -> HttpResponse:
    """Keep the sign-in awake: the person is there."""
    return HttpResponse(status=204)


@policy("staff")
@require_GET
def account(request: Request) -> HttpResponse:
    """One's own account: name, roles, second factor, password."""
    line = staff_line(_officer(request).id, request.actor)
    roles, teams = names_of(line) if line is not None else ((), ())
    shown = {"line": line, "roles": roles, "teams": teams, "done": request.GET.get("done", "")}
    return render(request, "signin/account.html", shown | {"explains": request.actor.may("report.explain")})


@policy("staff")
@require_http_methods(["GET", "POST"])
def password(request: Request) -> HttpResponse:
    """Change one's own password; other sessions end, this one goes on."""
    wrong, changed = _change_password(request, _officer(request))
    if changed is not None:
        update_session_auth_hash(request, changed)
        return HttpResponseRedirect(f"{reverse('signin:account')}?done=password")
    return render(request, "signin/password.html", {"wrong": wrong, "first": False}, status=403 if wrong else 200)


@policy("staff")
@require_http_methods(["GET", "POST"])
def second_factor(request: Request) -> HttpResponse:
    """Set up one's own second factor, or replace it after a right code of the present one."""
    staff = _officer(request)
    if signing_in.has_second_factor(staff) and not request.session.get("code_again"):
        error = ""
        if request.method == "POST":
            try:
                signing_in.check_code(staff=staff, code=request.POST.get("code", ""), at=clock.now())
                request.session["code_again"] = True
                return HttpResponseRedirect(reverse("signin:second-factor"))
            except (signing_in.CodeRefused, TooManyAttempts) as wrong:
                error = str(wrong)
        return render(request, "signin/code.html", {"error": error}, status=403 if error else 200)
    codes, page = _second_factor(request, staff)
    if codes:
        request.session.pop("code_again", None)
        return render(request, "signin/recovery.html", {"codes": codes, "onward": reverse("signin:account")})
    return render(request, "signin/set_up.html", page, status=403 if page["error"] else 200)


def _officer(request: Request) -> Staff:
    return cast("Staff", request.user)  # the policy let nobody else through


def _start_again() -> HttpResponse:
    return HttpResponseRedirect(reverse("signin:sign-in"))


def _change_password(request: HttpRequest, staff: Staff) -> tuple[dict[str, str], Staff | None]:
    if request.method != "POST":
        return {}, None
    actor = getattr(request, "actor")  # noqa: B009  set by the policy
    try:
        changed = change_own_password(
            staff_id=staff.id, current=request.POST.get("current", ""), fresh=request.POST.get("fresh", ""), by=actor,
            at=clock.now(),
        )  # fmt: skip
    except CannotKeep as wrong:
        return {wrong.field: str(wrong)}, None
    return {}, changed


def _second_factor(request: HttpRequest, staff: Staff) -> tuple[list[str], dict[str, Any]]:
    """The recovery codes once a right code came, else what the page that asks for it shows."""
    error = ""
    if request.method == "POST":
        try:
            return signing_in.confirm_second_factor(staff=staff, code=request.POST.get("code", ""), at=clock.now()), {}
        except (signing_in.CodeRefused, TooManyAttempts) as wrong:
            error = str(wrong)
    device = signing_in.begin_second_factor(staff=staff)
    secret = base64.b32encode(device.bin_key).decode().rstrip("=")
    label = quote(f"Moothall:{staff.username}")
    address = f"otpauth://totp/{label}?secret={secret}&issuer=Moothall&digits=6&period=30"
    picture = segno.make(address, error="m").svg_data_uri(scale=5, border=4, light="#ffffff")
    groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return [], {"error": error, "picture": picture, "secret": groups}
