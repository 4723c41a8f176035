"""Coming in by an identity provider, and proving one's identity there."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from moothall.core import away, clock
from moothall.customers.accounts.actions import AccountRefused, HasAccount, NotTheSame, come_by_provider
from moothall.customers.accounts.adapters.oidc import provider
from moothall.customers.accounts.adapters.oidc.asking import CODE
from moothall.customers.accounts.adapters.oidc.wire import new_errand
from moothall.customers.accounts.protocols import Errand, NotProved, ProviderFailed
from moothall.customers.accounts.queries import identity_waits
from moothall.interfaces import account_session as session
from moothall.interfaces.account import steps
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.site.messages import message

log = logging.getLogger("moothall.identity")
ERRAND: Final = "account_errand"
SORRY = (
    "It did not answer as it should, so we could not let you in. Nothing is lost. Try again in a minute, or use a code."
)
SORRY_INSIDE = (
    "It did not answer as it should, so nothing was proved. You are still signed in, and nothing you told us is lost. "
    "Try again in a minute."
)
IN_TROUBLE: Final = frozenset({"server_error", "temporarily_unavailable"})
"""What it sends back when it cannot do its work (RFC 6749, 4.1.2.1); all else is about the person or the visit."""


@policy("public")
@never_cache
@require_safe
def begin(request: Request) -> HttpResponse:
    """Go to the provider. `prove=1` asks it to prove her identity, else only to say that it is her."""
    who = provider()
    if who is None:
        raise Http404
    proving = request.GET.get("prove") == "1" and who.proves
    held = settings.RESIDENT_PROVIDER
    back = f"{settings.PUBLIC_URL}{reverse('account:identity-back')}"
    errand = new_errand(back, held["trust"] if proving else held["trust_sign_in"])
    steps.keep(request, next=steps.safe_next(request, request.GET.get("next", "")))
    request.session[ERRAND] = asdict(errand)
    try:
        return HttpResponseRedirect(who.begin(errand))
    except ProviderFailed as wrong:
        return _sorry(request, wrong)


@policy("public")
@never_cache
@require_safe
def back(request: Request) -> HttpResponse:
    """Take what the provider sends back: once, and only for who was sent there from this browser."""
    who = provider()
    held: dict[str, Any] | None = request.session.pop(ERRAND, None) if request.COOKIES else None
    if who is None:
        raise Http404
    if held is None or not constant_time_compare(held["state"], request.GET.get("state", "")):
        return redirect("account:sign-in")
    if request.GET.get("error") in IN_TROUBLE:
        return _sorry(request, ProviderFailed(f"it said {request.GET['error']}"))
    if "error" in request.GET:
        return _not_proved(request)
    inside = session.holder_in(request)
    try:
        said = who.finish(request.GET.get("code", ""), Errand(**held))
        account = come_by_provider(
            said,
            account_id=inside.account_id if inside else None,
            strong=bool(inside and inside.strong),
            at=clock.now(),
        )
    except ProviderFailed as wrong:
        return _sorry(request, wrong)
    except NotProved:
        return _not_proved(request)
    except HasAccount as known:
        # linked once she has shown that the account is hers: what the provider said waits in the session
        steps.keep(request, pending={**asdict(said), "email": known.value, "date_of_birth": None, "trust": "Cl"})
        where = reverse("account:sign-in")
        return message(
            request, "You have an account already", str(known), where, "Sign in to it", kind="risk", status=409
        )
    except (NotTheSame, AccountRefused) as wrong:
        where, words = _where_she_was(request)
        return message(request, "We could not use this", str(wrong), where, words, kind="risk", status=409)
    away.answers(CODE, at=clock.now())
    shown = "new-provider" if identity_waits(said.issuer, said.subject) else "provider"
    how = [shown, *(session.how_in(request) if inside else ())]
    return steps.come_in(request, account.id, how=how)


def _sorry(request: Request, wrong: ProviderFailed) -> HttpResponse:
    log.warning("The identity provider failed", extra={"reason": wrong.reason[:300]})
    if wrong.why is not None:
        away.note(CODE, wrong.why, at=clock.now())
    if session.holder_in(request) is not None:  # she need not come in another way: she is in, and goes on where she was
        where, words = _where_she_was(request)
        return message(request, "The identity service did not answer", SORRY_INSIDE, where, words, status=502)
    where = reverse("account:sign-in")
    return message(request, "The identity service did not answer", SORRY, where, "Sign in another way", status=502)


def _not_proved(request: Request) -> HttpResponse:
    text = (
        "Your identity was not proved, and nothing has changed. You can try again with other documents, or show us something"
        " at one of our offices: an officer can do it there and then."
    )
    where, words = _where_she_was(request)
    return message(request, "Your identity was not proved", text, where, words, kind="risk", status=409)


def _where_she_was(request: Request) -> tuple[str, str]:
    """The page from which she went to the provider, and the words of the way back; her account where there is none."""
    where = steps.safe_next(request, str(steps.half(request).get("next", "")))
    return where, "My account" if where == reverse("account:home") else "Carry on where you were"
