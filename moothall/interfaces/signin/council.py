"""Staff sign-in by the council's own OpenID Connect provider: code flow with PKCE, nonce, issuer and audience checked.

Accounts are opened at the console first; the provider only says who someone is. Its own second factor counts.
"""

from __future__ import annotations

import logging
from typing import Any, Final, cast

import jwt
import requests
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from mozilla_django_oidc.auth import OIDCAuthenticationBackend
from mozilla_django_oidc.views import OIDCAuthenticationCallbackView, OIDCAuthenticationRequestView

from moothall.core import away, clock
from moothall.core.models import Staff
from moothall.core.staff import elsewhere, signing_in
from moothall.interfaces.policy import policy

log = logging.getLogger("moothall.signin")
IN_TROUBLE: Final = frozenset({"server_error", "temporarily_unavailable"})
"""What it sends back when it cannot do its work (RFC 6749, 4.1.2.1)."""
MALFORMED: Final = (ValueError, LookupError, TypeError, AttributeError)
"""What an answer of theirs in another shape than agreed ends in."""
BACKEND = "moothall.interfaces.signin.council.CouncilSignIn"


def is_set_up() -> bool:
    """Say whether this council signs its staff in by OpenID Connect."""
    return bool(settings.OIDC_RP_CLIENT_ID)


class CouncilSignIn(OIDCAuthenticationBackend):
    """Finds the account that the provider's word is about; never makes one."""

    def verify_token(self, token: str, **kwargs: Any) -> Any:
        """Return the token's content when its signature, nonce, issuer and audience are right."""
        payload = super().verify_token(token, **kwargs)  # type: ignore[no-untyped-call]
        audience = payload.get("aud")
        meant = audience if isinstance(audience, list) else [audience]
        if payload.get("iss") != settings.OIDC_ISSUER or settings.OIDC_RP_CLIENT_ID not in meant:
            raise SuspiciousOperation("The provider's token is not meant for us.")
        return payload

    def _verify_jws(self, payload: str, key: Any) -> dict[str, Any]:
        """Return what a token says when it is signed as agreed and in time, our clocks a minute apart at most."""
        claims: dict[str, Any] = jwt.decode(
            payload, key, algorithms=[settings.OIDC_RP_SIGN_ALGO], leeway=elsewhere.LEEWAY,
            options={"verify_aud": False},
        )  # fmt: skip
        return claims

    def verify_claims(self, claims: dict[str, Any]) -> bool:
        """Ask for a subject: an address may be handed on, a subject never is."""
        return bool(claims.get("sub"))

    def get_or_create_user(self, access_token: str, id_token: str, payload: dict[str, Any]) -> Staff | None:
        """Return the account, or nothing. What the provider tells of the person must be about the token's subject."""
        if not {"exp", "iat"} <= payload.keys():
            raise SuspiciousOperation("The provider's token does not say how long it holds.")
        claims = self.get_userinfo(access_token, id_token, payload)  # type: ignore[no-untyped-call]
        if not self.verify_claims(claims) or claims["sub"] != payload.get("sub"):
            return None
        return signing_in.staff_of_claims(
            subject=str(claims["sub"]),
            email=str(claims.get("email", "")),
            email_verified=claims.get("email_verified") is True,
        )

    def get_user(self, user_id: Any) -> Staff | None:
        """Return the account of a session, unless it is closed."""
        staff = super().get_user(user_id)  # type: ignore[no-untyped-call]
        return staff if isinstance(staff, Staff) and staff.is_active else None


class _Begin(OIDCAuthenticationRequestView):
    """Sends the browser to the provider."""


class _Back(OIDCAuthenticationCallbackView):
    """Takes the browser back from the provider."""

    def login_success(self) -> HttpResponse:
        """Sign in as by password, under a new session key."""
        from moothall.interfaces.signin import steps

        wanted = self.request.session.pop("oidc_login_next", "") or ""
        staff = cast("Staff", self.user)  # the library calls this with someone only
        return steps.enter(self.request, staff, how="oidc", wanted=wanted, backend=BACKEND)


@policy("public")
@require_safe
def begin(request: HttpRequest) -> HttpResponseBase:
    """Go to the council's own sign-in; where it is away, back to the page that says so, before the browser is lost to it."""
    if not is_set_up():
        raise Http404
    if away.ask(elsewhere.CODE, at=clock.now()) is away.Why.SILENT:
        return _not_there(request)
    return _Begin.as_view()(request)


@policy("public")
@require_safe
def back(request: HttpRequest) -> HttpResponseBase:
    """Come back from the council's own sign-in. A provider that does not answer, or lies, lets nobody in."""
    if not is_set_up():
        raise Http404
    if request.GET.get("error") in IN_TROUBLE:
        return _not_there(request)
    try:
        answer = _Back.as_view()(request)
    except (requests.RequestException, jwt.PyJWTError, SuspiciousOperation, *MALFORMED) as wrong:
        why = _why(wrong)
        log.warning("The council's own sign-in failed", extra={"reason": f"{type(wrong).__name__}: {wrong}"[:300]})
        if why is None:
            return HttpResponseRedirect(settings.LOGIN_REDIRECT_URL_FAILURE)
        away.note(elsewhere.CODE, why, at=clock.now())
        return _not_there(request)
    if request.user.is_authenticated:
        away.answers(elsewhere.CODE, at=clock.now())
    return answer


def shown() -> dict[str, Any]:
    """Return what the page for signing in shows of it: whether there is one, and since when it does not do its work.

    One query; none where the council has no sign-in of its own.
    """
    is_there = is_set_up()
    gone = next(iter(away.away([elsewhere.CODE])), None) if is_there else None
    return {"council": is_there, "away": gone, "tried": False}


def _why(wrong: Exception) -> away.Why | None:
    """Tell what fails for everybody from what is wrong with one visit."""
    if isinstance(wrong, jwt.ExpiredSignatureError | jwt.ImmatureSignatureError):
        return away.Why.CLOCKS
    if isinstance(wrong, requests.HTTPError):
        return away.Why.SILENT if wrong.response is not None and wrong.response.status_code >= 500 else None
    return away.Why.SILENT if isinstance(wrong, requests.RequestException) else None


def _not_there(request: HttpRequest) -> HttpResponse:
    """Go back to where one signs in, with where one was going."""
    wanted = request.GET.get("next") or request.session.get("oidc_login_next") or ""
    return HttpResponseRedirect(f"{reverse('signin:sign-in')}?{urlencode({'council': 'away', 'next': wanted})}")
