"""The steps between typing a name and being in: password, code, a new password if somebody else knows the old one.

Until the last step nobody is signed in: the session holds only whose turn it is, for ten minutes.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from moothall.core import clock
from moothall.core.models import Staff
from moothall.core.packs import Pack, current_pack
from moothall.core.staff import actor_of_staff, permissions_of, signing_in
from moothall.intake.draft_actions import take_forms
from moothall.interfaces import known_browser
from moothall.interfaces.policy import SEEN, Audience, policies_of
from moothall.interfaces.signin import last_officer

HALF: Final = "half_in"
KEPT: Final = "kept_forms"
HALF_MINUTES: Final = 10
BY_PASSWORD: Final = "moothall.core.staff.backends.ByPassword"  # noqa: S105  a path, not a secret


def safe_next(request: HttpRequest, wanted: str) -> str:
    """Return the page to go to after signing in, when it is one of ours; else nothing."""
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    in_between = wanted.startswith("/sign-in") and not wanted.startswith("/sign-in/account")
    return wanted if wanted.startswith("/") and ours and not in_between else ""


def first(request: HttpRequest, staff: Staff, wanted: str) -> HttpResponse:
    """Go on after the right password: to the code, to setting one up, to a new password, or in."""
    half = {"staff": str(staff.id), "next": safe_next(request, wanted), "at": int(clock.machine_now().timestamp())}
    request.session[HALF] = half
    return onward(request, staff, done=())


def onward(request: HttpRequest, staff: Staff, *, done: tuple[str, ...]) -> HttpResponse:
    """Take the next step that is not done yet."""
    half = request.session[HALF]
    steps = {*half.get("done", []), *done}
    request.session[HALF] = {**half, "done": sorted(steps)}
    if "code" not in steps:
        if signing_in.has_second_factor(staff):
            return HttpResponseRedirect(reverse("signin:code"))
        if settings.SECOND_FACTOR_REQUIRED and signing_in.needs_second_factor(staff, current_pack()):
            return HttpResponseRedirect(reverse("signin:set-up"))
    if staff.must_change_password:
        return HttpResponseRedirect(reverse("signin:new-password"))
    return enter(request, staff, how="second_factor" if "code" in steps else "password", wanted=half["next"])


def enter(request: HttpRequest, staff: Staff, *, how: str, wanted: str, backend: str = BY_PASSWORD) -> HttpResponse:
    """Sign in under a new session key, and go where the person was going; a form of hers that waited is offered first."""
    request.session.pop(HALF, None)
    login(request, staff, backend=backend)
    request.session[SEEN] = int(clock.machine_now().timestamp())
    signing_in.signed_in(staff=staff, how=how, at=clock.now())
    pack, going = current_pack(), safe_next(request, wanted)
    kept = [one for one in take_forms(by=actor_of_staff(staff, pack)) if safe_next(request, one.path)]
    if kept:
        request.session[KEPT] = [asdict(one) for one in kept]
        answer = HttpResponseRedirect(reverse("signin:carry-on"))
    else:
        answer = HttpResponseRedirect(going if going and may_open(going, staff, pack) else home_of(staff, pack))
    return known_browser.note(request, last_officer.note(answer, staff), staff.username)


FIRST_PAGES: Final = (
    ("contact.view", "/desk/"), ("ward.view", "/mine/"), ("console.view", "/console/"), ("field.work", "/field/"),
)  # fmt: skip
"""What one may, and the page on which whoever may it begins: the first that fits."""


def home_of(staff: Staff, pack: Pack) -> str:
    """Return the first page for someone with these roles."""
    may = permissions_of(staff.role_codes, pack)
    return next((page for needed, page in FIRST_PAGES if needed in may), "/performance/")


def may_open(page: str, staff: Staff, pack: Pack) -> bool:
    """Say whether these roles may open a page of ours. One there is not, or that is no officer's, says so itself."""
    try:
        view = resolve(urlsplit(page).path).func
    except Resolver404:
        return True
    policies = policies_of(view)
    stated = policies.get("GET") or policies.get("*")
    if stated is None or stated.audience is not Audience.STAFF:
        return True
    return permissions_of(staff.role_codes, pack).issuperset(stated.wanted("GET"))


def whose_turn(request: HttpRequest) -> tuple[Staff, dict[str, Any]] | None:
    """Return who is between two steps, unless nobody is or it took too long."""
    half = request.session.get(HALF)
    if half is None or clock.machine_now().timestamp() - half["at"] > HALF_MINUTES * 60:
        request.session.pop(HALF, None)
        return None
    staff = signing_in.open_account(UUID(half["staff"]))
    return None if staff is None else (staff, half)
