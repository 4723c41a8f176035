"""A plain OpenID Connect provider: code flow with PKCE and a client secret."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from moothall.customers.accounts.actions.proving import ProviderSays
from moothall.customers.accounts.adapters.oidc import wire
from moothall.customers.accounts.protocols import Errand, NotProved, ProviderFailed
from moothall.customers.accounts.rules.levels import identity_levels


class PlainProvider:
    """Any provider that keeps to OpenID Connect Core. ``proving`` are its ``acr`` values that mean a proved identity."""

    def __init__(self, *, issuer: str, client_id: str, secret: str, name: str, proving: frozenset[str]) -> None:
        self.issuer, self.client_id, self.secret, self.name = issuer, client_id, secret, name
        self.proving = proving
        self.proves = bool(proving)

    def begin(self, errand: Errand) -> str:
        """Return the address to send the browser to. Raises ProviderFailed."""
        asked = {
            "response_type": "code", "client_id": self.client_id, "redirect_uri": errand.redirect_uri,
            "scope": "openid email profile", "state": errand.state, "nonce": errand.nonce,
            "code_challenge": wire.challenge(errand.verifier), "code_challenge_method": "S256",
        }  # fmt: skip
        if identity_levels(errand.trust)[0] and self.proving:
            asked["acr_values"] = " ".join(sorted(self.proving))
        return f"{wire.discover(self.issuer)['authorization_endpoint']}?{urlencode(asked)}"

    def finish(self, code: str, errand: Errand) -> ProviderSays:
        """Return who came back. Raises ProviderFailed; NotProved where proof was asked for and not given."""
        described = wire.discover(self.issuer)
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": errand.redirect_uri,
            "code_verifier": errand.verifier,
        }  # fmt: skip
        methods = described.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        basic = (self.client_id, self.secret) if "client_secret_basic" in methods else None
        if basic is None:
            form |= {"client_id": self.client_id, "client_secret": self.secret}
        given = wire.fetch(described["token_endpoint"], form=form, basic=basic)
        claims = wire.read_id_token(
            str(given.get("id_token", "")), described, client_id=self.client_id, nonce=errand.nonce
        )
        told = wire.fetch(described["userinfo_endpoint"], bearer=str(given.get("access_token", "")))
        if told.get("sub") != claims["sub"]:
            raise ProviderFailed("it told of somebody else")
        proved = str(claims.get("acr", "")) in self.proving
        if identity_levels(errand.trust)[0] and not proved:
            raise NotProved
        return ProviderSays(
            issuer=self.issuer, subject=str(claims["sub"]), trust="P2" if proved else "",
            email=str(told.get("email", "")) if told.get("email_verified") is True else "",
            given_name=str(told.get("given_name", "")), family_name=str(told.get("family_name", "")),
            date_of_birth=_date(told.get("birthdate")),
        )  # fmt: skip


def _date(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None
