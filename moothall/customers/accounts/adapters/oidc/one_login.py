"""GOV.UK One Login: ``private_key_jwt``, a signed request object (JAR), vectors of trust, the core identity as its own JWT.

Source: the programme's technical documentation (docs.sign-in.service.gov.uk), RFC 7523, RFC 9101, RFC 8485.
"""

from __future__ import annotations

import secrets
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import jwt

from moothall.core import clock
from moothall.customers.accounts.actions.proving import ProviderSays
from moothall.customers.accounts.adapters.oidc import wire
from moothall.customers.accounts.protocols import Errand, NotProved, ProviderFailed
from moothall.customers.accounts.rules.levels import identity_levels, trust_covers

CORE_IDENTITY: Final = "https://vocab.account.gov.uk/v1/coreIdentityJWT"
RETURN_CODE: Final = "https://vocab.account.gov.uk/v1/returnCode"
ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
MINUTES: Final = 5


class OneLogin:
    """GOV.UK One Login, and anything that speaks as it does."""

    proves = True

    def __init__(self, *, issuer: str, client_id: str, key_file: str, did: str, name: str) -> None:
        self.issuer, self.client_id, self.key_file, self.did, self.name = issuer, client_id, key_file, did, name

    def begin(self, errand: Errand) -> str:
        """Return the address to send the browser to, its question signed. Raises ProviderFailed."""
        address = str(wire.discover(self.issuer)["authorization_endpoint"])
        asked: dict[str, Any] = {
            "response_type": "code", "client_id": self.client_id, "redirect_uri": errand.redirect_uri,
            "scope": "openid email phone", "state": errand.state, "nonce": errand.nonce, "vtr": [errand.trust],
            "ui_locales": "en", "code_challenge": wire.challenge(errand.verifier), "code_challenge_method": "S256",
        }  # fmt: skip
        if identity_levels(errand.trust)[0] not in {"", "P0"}:
            asked["claims"] = {"userinfo": {CORE_IDENTITY: None, RETURN_CODE: None}}
        signed = self._sign(asked | {"aud": address, "iss": self.client_id})
        # The bare parameters stand beside the object, as OpenID Connect wants them; those inside it count (RFC 9101, 6.3).
        plain = {
            "response_type": "code", "scope": asked["scope"], "client_id": self.client_id, "request": signed,
        }  # fmt: skip
        return f"{address}?{urlencode(plain)}"

    def finish(self, code: str, errand: Errand) -> ProviderSays:
        """Return who came back. Raises ProviderFailed; NotProved where identity was asked for and could not be proved."""
        described = wire.discover(self.issuer)
        address = str(described["token_endpoint"])
        assertion = self._sign({"aud": address, "iss": self.client_id, "sub": self.client_id})
        given = wire.fetch(
            address,
            form={
                "grant_type": "authorization_code", "code": code, "redirect_uri": errand.redirect_uri,
                "code_verifier": errand.verifier, "client_assertion_type": ASSERTION, "client_assertion": assertion,
            },
        )  # fmt: skip
        claims = wire.read_id_token(
            str(given.get("id_token", "")), described, client_id=self.client_id, nonce=errand.nonce
        )
        told = wire.fetch(described["userinfo_endpoint"], bearer=str(given.get("access_token", "")))
        if told.get("sub") != claims["sub"]:
            raise ProviderFailed("it told of somebody else")
        wanted = identity_levels(errand.trust)[0]
        credential = ".".join(part for part in (identity_levels(errand.trust)[1],) if part)
        trust = str(claims.get("vot", ""))
        if not trust_covers(trust, credential):
            raise ProviderFailed(f"signed in by {trust or 'nothing'} where {credential} was asked")
        who: dict[str, Any] = {}
        trust = identity_levels(trust)[1]  # an identity is proved by what is signed as one, and by nothing else
        if wanted not in {"", "P0"}:
            if CORE_IDENTITY not in told:
                raise NotProved
            who = self._core_identity(str(told[CORE_IDENTITY]), str(claims["sub"]), wanted)
            trust = ".".join(part for part in (str(who["vot"]), trust) if part)
        return ProviderSays(
            issuer=self.issuer, subject=str(claims["sub"]), trust=trust,
            email=str(told.get("email", "")) if told.get("email_verified") is True else "",
            given_name=_name(who, "GivenName"), family_name=_name(who, "FamilyName"), date_of_birth=_born(who),
        )  # fmt: skip

    def _core_identity(self, token: str, subject: str, wanted: str) -> dict[str, Any]:
        """The proved identity: signed by another key than the ID token, which the issuer's DID document names."""
        try:
            kid = str(jwt.get_unverified_header(token).get("kid", ""))
        except jwt.PyJWTError as wrong:
            raise ProviderFailed("an identity that is none") from wrong
        controller = kid.partition("#")[0]
        document = wire.kept(self.did)
        if document.get("id") != controller:
            raise ProviderFailed("an identity signed in another's name")
        methods = {one.get("id"): one for one in document.get("assertionMethod", []) if isinstance(one, dict)}
        if kid not in methods:
            methods = {one.get("id"): one for one in wire.kept(self.did, again=True).get("assertionMethod", [])}
        if kid not in methods:
            raise ProviderFailed("an identity signed by a key that is not the provider's")
        key = jwt.PyJWK(methods[kid]["publicKeyJwk"], algorithm="ES256").key
        issuer = self.did.removesuffix(".well-known/did.json")
        claims = wire.read_token(token, key, issuer=issuer, audience=self.client_id, algorithms=["ES256"])
        if claims["sub"] != subject:
            raise ProviderFailed("an identity of somebody else")
        if not trust_covers(str(claims.get("vot", "")), wanted):
            raise NotProved
        return claims

    def _sign(self, claims: dict[str, Any]) -> str:
        now = int(clock.machine_now().timestamp())
        times = {"iat": now, "exp": now + MINUTES * 60, "jti": secrets.token_urlsafe(16)}
        try:
            return jwt.encode(claims | times, Path(self.key_file).read_text(encoding="utf-8"), algorithm="RS256")
        except (OSError, ValueError, jwt.PyJWTError) as wrong:
            raise ProviderFailed(f"our own key cannot be used: {wrong}") from wrong


def _subject(who: dict[str, Any]) -> dict[str, Any]:
    found = who.get("vc", {}).get("credentialSubject", {})
    return found if isinstance(found, dict) else {}


def _name(who: dict[str, Any], kind: str) -> str:
    """The parts of the present name: one with ``validUntil`` is an earlier one."""
    names = [one for one in _subject(who).get("name", []) if not one.get("validUntil")]
    parts = names[0].get("nameParts", []) if names else []
    return " ".join(str(part.get("value", "")) for part in parts if part.get("type") == kind).strip()


def _born(who: dict[str, Any]) -> date | None:
    for one in _subject(who).get("birthDate", []):
        try:
            return date.fromisoformat(str(one.get("value", "")))
        except ValueError:
            continue
    return None
