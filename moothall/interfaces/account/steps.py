"""The steps of coming in: what is half done is kept in the session, and at the end she is where she wanted to be."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from moothall.core import clock
from moothall.customers.accounts import actions
from moothall.customers.accounts.actions import ProviderSays
from moothall.customers.accounts.queries import STRONG, asks_for_app, confirmed_values
from moothall.interfaces import account_session as session
from moothall.interfaces import known_browser

HALF: Final = "account_half"
MINUTES: Final = 20


def safe_next(request: HttpRequest, wanted: str) -> str:
    """Return where she wanted to go, if it is a page of ours; else her account."""
    home = reverse("account:home")
    if not wanted.startswith("/") or not url_has_allowed_host_and_scheme(wanted, {request.get_host()}):
        return home
    return wanted


def half(request: HttpRequest) -> dict[str, Any]:
    """Return what is half done in this browser; empty when nothing is, or when it is too long ago."""
    held: dict[str, Any] = request.session.get(HALF, {})
    if held and int(clock.machine_now().timestamp()) - held["at"] > MINUTES * 60:
        request.session.pop(HALF, None)
        return {}
    return held


def keep(request: HttpRequest, **more: Any) -> None:
    """Keep what is half done."""
    request.session[HALF] = half(request) | more | {"at": int(clock.machine_now().timestamp())}


def drop(request: HttpRequest, *names: str) -> None:
    """Forget parts of what is half done."""
    request.session[HALF] = {name: value for name, value in half(request).items() if name not in names}


def come_in(request: HttpRequest, account_id: UUID, *, how: list[str]) -> HttpResponse:
    """Let her in, asking for the code of her app first where she has one and has not shown more than an address."""
    if not {*STRONG, "new-app"} & set(how) and asks_for_app(account_id):
        keep(request, account=str(account_id), how=how)
        return redirect("account:app")
    held = half(request)
    request.session.pop(HALF, None)
    at = clock.now()
    if (said := _pending(held)) is not None and "code" in how and ("email", said.email) in confirmed_values(account_id):
        actions.come_by_provider(said, account_id=account_id, strong=bool(STRONG & set(how)), at=at)
    account = actions.signed_in(account_id, how=how, at=at)
    session.begin(request, account_id, how, account.epoch)
    answer = HttpResponseRedirect(safe_next(request, str(held.get("next", ""))))
    return known_browser.note(request, answer, *(value for _, value in confirmed_values(account_id)))


def _pending(held: dict[str, Any]) -> ProviderSays | None:
    """Who a provider said somebody is whose address has an account, waiting until she shows that this is hers. Whoever else
    signs in here meanwhile (a shared computer) is not given a stranger's way in."""
    pending = held.get("pending")
    return ProviderSays(**{**pending, "date_of_birth": None}) if pending and pending.get("email") else None
