"""Staff sign-in by the council's own OpenID Connect provider: code flow with PKCE, nonce, issuer and audience checked.

Accounts are opened at the console first; the provider only says who someone is. Its own second factor counts.
"""

from __future__ import annotations

from typing import Any, cast

import requests
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from mozilla_django_oidc.auth import OIDCAuthenticationBackend
from mozilla_django_oidc.views import OIDCAuthenticationCallbackView, OIDCAuthenticationRequestView

from moothall.core.models import Staff
from moothall.core.staff import signing_in
from moothall.interfaces.policy import policy

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

    def verify_claims(self, claims: dict[str, Any]) -> bool:
        """Ask for a subject: an address may be handed on, a subject never is."""
        return bool(claims.get("sub"))

    def get_or_create_user(self, access_token: str, id_token: str, payload: dict[str, Any]) -> Staff | None:
        """Return the account, or nothing. What the provider tells of the person must be about the token's subject."""
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
def begin(request: HttpRequest) -> HttpResponseBase:
    """Go to the council's own sign-in."""
    if not is_set_up():
        raise Http404
    return _Begin.as_view()(request)


@policy("public")
def back(request: HttpRequest) -> HttpResponseBase:
    """Come back from the council's own sign-in. A provider that does not answer, or lies, lets nobody in."""
    if not is_set_up():
        raise Http404
    try:
        return _Back.as_view()(request)
    except (requests.RequestException, SuspiciousOperation, ValueError):
        return HttpResponseRedirect(settings.LOGIN_REDIRECT_URL_FAILURE)
