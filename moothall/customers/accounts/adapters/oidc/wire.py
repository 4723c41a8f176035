"""What both flavours share on the wire: fetching, keys, checking a signed answer."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any, Final
from urllib.parse import urlencode

import jwt

from moothall.core.away import Why
from moothall.customers.accounts.protocols import Errand, ProviderFailed

TIMEOUT: Final = 10
LARGEST: Final = 1_000_000
KEPT_SECONDS: Final = 600
LEEWAY: Final = 30
SIGNED_BY: Final = ("RS256", "ES256", "PS256")
_kept: dict[str, tuple[float, Any]] = {}


def new_errand(redirect_uri: str, trust: str) -> Errand:
    """Return a new visit: 256 bits of chance each in state, nonce and verifier."""
    return Errand(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), trust, redirect_uri)


def challenge(verifier: str) -> str:
    """Return the PKCE challenge of a verifier (RFC 7636, S256)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def fetch(
    url: str, *, form: Mapping[str, str] | None = None, bearer: str = "", basic: tuple[str, str] | None = None
) -> Any:
    """Return the JSON that an address answers. A form is posted. Raises ProviderFailed."""
    headers = {"Accept": "application/json"}
    if bearer:
        headers["Authorization"] = f"Bearer {bearer}"
    if basic:
        headers["Authorization"] = "Basic " + base64.b64encode(":".join(basic).encode()).decode()
    data = urlencode(form).encode() if form is not None else None
    request = urllib.request.Request(url, data=data, headers=headers)  # noqa: S310  an address of the settings
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
            return json.loads(answer.read(LARGEST))
    except urllib.error.HTTPError as wrong:
        with wrong:  # what it refuses is about this visit; what it cannot do is about all
            why = Why.SILENT if wrong.code >= 500 else None
            raise ProviderFailed(f"{url}: {wrong.read(300).decode(errors='replace')}", why) from wrong
    except (OSError, ValueError, HTTPException) as wrong:
        raise ProviderFailed(f"{url}: {wrong}", Why.SILENT) from wrong


def kept(url: str, *, again: bool = False) -> Any:
    """Return what an address says, asked at most every ten minutes (``again``: ask now). Raises ProviderFailed."""
    held = _kept.get(url)
    if held is None or again or time.monotonic() - held[0] > KEPT_SECONDS:
        held = (time.monotonic(), fetch(url))
        _kept[url] = held
    return held[1]


def forget() -> None:
    """Forget kept answers: for tests whose provider moves."""
    _kept.clear()


def discover(issuer: str, *, again: bool = False) -> Mapping[str, Any]:
    """Return the provider's own description (OpenID Connect Discovery; ``again``: ask now). Raises ProviderFailed."""
    said = kept(issuer.rstrip("/") + "/.well-known/openid-configuration", again=again)
    if not isinstance(said, dict) or said.get("issuer") != issuer:
        raise ProviderFailed(f"{issuer} describes another issuer")
    return said


def key_of(token: str, keys: str) -> tuple[Any, str]:
    """Return the key that signed a token, from a JWKS address, and the algorithm. Raises ProviderFailed."""
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError as wrong:
        raise ProviderFailed("a token that is none") from wrong
    if header.get("alg") not in SIGNED_BY:
        raise ProviderFailed(f"a token signed by {header.get('alg') or 'nothing'}")
    for again in (False, True):  # a provider may have changed its keys since they were fetched
        listed = kept(keys, again=again).get("keys", [])
        fitting = [one for one in listed if header.get("kid") in (None, one.get("kid"))]
        if len(fitting) == 1 or (fitting and header.get("kid")):
            try:
                return jwt.PyJWK(fitting[0], algorithm=header["alg"]).key, str(header["alg"])
            except jwt.PyJWTError as wrong:
                raise ProviderFailed("a key that does not fit the token") from wrong
    raise ProviderFailed("no key of the provider's signed this token")


def read_token(token: str, key: Any, *, issuer: str, audience: str, algorithms: list[str]) -> dict[str, Any]:
    """Return the claims of a signed token that is meant for us, from this issuer, and in time. Raises ProviderFailed."""
    try:
        claims: dict[str, Any] = jwt.decode(
            token, key, algorithms=algorithms, issuer=issuer, audience=audience, leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )  # fmt: skip
    except (jwt.ExpiredSignatureError, jwt.ImmatureSignatureError) as wrong:
        raise ProviderFailed(f"a token of another time: {wrong}", Why.CLOCKS) from wrong
    except (jwt.PyJWTError, ValueError) as wrong:
        raise ProviderFailed(f"a token that does not hold: {wrong}") from wrong
    return claims


def read_id_token(token: str, described: Mapping[str, Any], *, client_id: str, nonce: str) -> dict[str, Any]:
    """Return the claims of an ID token (OpenID Connect Core, 3.1.3.7). Raises ProviderFailed."""
    key, algorithm = key_of(token, str(described["jwks_uri"]))
    claims = read_token(token, key, issuer=str(described["issuer"]), audience=client_id, algorithms=[algorithm])
    if claims.get("nonce") != nonce:
        raise ProviderFailed("a token for another visit")
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else client_id) != client_id:
        raise ProviderFailed("a token that was given to somebody else")
    return claims
