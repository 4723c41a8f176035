"""A twin of GOV.UK One Login for demonstrations and tests: the same wire, people of its own, no real identity.

It checks what the real one checks: the signed request object, the redirect address, PKCE, the client's assertion. It keeps
what is under way in the database's idempotency table for ten minutes, so that every web process answers alike.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import jwt
from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from moothall.core import clock
from moothall.core.idempotency import once
from moothall.customers.accounts.adapters.oidc.one_login import ASSERTION, CORE_IDENTITY
from moothall.customers.accounts.rules.levels import identity_levels
from moothall.interfaces.demo.identity_keys import ensure_keys, key_of
from moothall.interfaces.policy import Request, policy

SCOPE: Final = "demo-identity"
MINUTES: Final = 10
TRUST: Final = "https://oidc.account.gov.uk/trustmark"


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person the twin knows. ``proved``: her documents were good enough for P2."""

    sub: str
    given: str
    family: str
    born: str
    email: str
    proved: bool = True


PEOPLE: Final = (
    Somebody("urn:fdc:gov.uk:2022:alma", "Alma", "Dunn", "1988-06-21", "alma.dunn@example.org"),
    Somebody("urn:fdc:gov.uk:2022:joe", "Joe", "Bloggs", "1979-11-02", "joe.bloggs@example.com"),
    Somebody("urn:fdc:gov.uk:2022:mary", "Mary", "Jones", "1947-03-09", "mary.jones@example.com"),
    Somebody("urn:fdc:gov.uk:2022:sam", "Sam", "Newcome", "1999-12-31", "sam.newcome@example.net", proved=False),
)


class _Refused(Exception):
    """The client did something wrong; the message says what, as an error of OAuth."""


def _public(name: str, kid: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key_of(name).public_key()))
    return made | {"kid": kid, "alg": "ES256", "use": "sig"}


def _issuer() -> str:
    return f"{settings.PUBLIC_URL}/demo/identity/"


def _controller() -> str:
    host = urlsplit(settings.PUBLIC_URL).netloc.replace(":", "%3A")
    return f"did:web:{host}:demo:identity"


def _here(name: str) -> str:
    return f"{settings.PUBLIC_URL}{reverse(name)}"


@policy("demo")
@require_GET
def configuration(request: Request) -> HttpResponse:
    """The provider's description (OpenID Connect Discovery)."""
    ensure_keys()
    return JsonResponse(
        {
            "issuer": _issuer(), "authorization_endpoint": _here("demo:identity-authorize"),
            "token_endpoint": _here("demo:identity-token"), "userinfo_endpoint": _here("demo:identity-userinfo"),
            "jwks_uri": _here("demo:identity-keys"), "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "response_types_supported": ["code"], "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["ES256"],
        }
    )  # fmt: skip


@policy("demo")
@require_GET
def keys(request: Request) -> HttpResponse:
    """The keys that sign ID tokens."""
    return JsonResponse({"keys": [_public("token.pem", "token-1")]})


@policy("demo")
@require_GET
def did(request: Request) -> HttpResponse:
    """The DID document: the keys that sign proved identities, which are others."""
    name = f"{_controller()}#identity-1"
    method = {
        "type": "JsonWebKey",
        "id": name,
        "controller": _controller(),
        "publicKeyJwk": _public("identity.pem", name),
    }
    return JsonResponse({"id": _controller(), "assertionMethod": [method]})


@policy("demo")
@require_http_methods(["GET", "POST"])
def authorize(request: Request) -> HttpResponse:
    """Ask which of its people has come, and send her back with a code."""
    signed = request.GET.get("request", "") or request.POST.get("request", "")
    try:
        asked = _asked(signed)
    except _Refused as wrong:
        return render(request, "demo/identity_error.html", {"why": str(wrong)}, status=400)
    if request.method == "GET":
        identity = bool(identity_levels(asked["vtr"][0])[0] not in {"", "P0"})
        return render(request, "demo/identity.html", {"people": PEOPLE, "signed": signed, "identity": identity})
    person = next((one for one in PEOPLE if one.sub == request.POST.get("who")), None)
    if person is None:
        return _back(asked, error="access_denied")
    code = secrets.token_urlsafe(24)
    _keep(f"code:{code}", {"asked": asked, "sub": person.sub})
    return _back(asked, code=code)


@policy("demo")
@csrf_exempt
@require_POST
def token(request: Request) -> HttpResponse:
    """Give tokens for a code, to the client that proves itself by its key."""
    form = request.POST
    try:
        if form.get("client_assertion_type") != ASSERTION:
            raise _Refused("invalid_client")
        _verified(form.get("client_assertion", ""), audience=_here("demo:identity-token"))
        held = _take(f"code:{form.get('code', '')}")
        asked = held.get("asked", {})
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if not asked or asked["redirect_uri"] != form.get("redirect_uri"):
            raise _Refused("invalid_grant")
        if asked["code_challenge"] != base64.urlsafe_b64encode(digest).rstrip(b"=").decode():
            raise _Refused("invalid_grant")
    except _Refused as wrong:
        return JsonResponse({"error": str(wrong)}, status=400)
    access = secrets.token_urlsafe(24)
    _keep(f"access:{access}", held)
    credential = identity_levels(asked["vtr"][0])[1]
    claims = {"nonce": asked["nonce"], "vot": credential, "vtm": TRUST, "sid": secrets.token_urlsafe(12)}
    return JsonResponse(
        {
            "access_token": access, "token_type": "Bearer", "expires_in": 180,
            "id_token": _sign("token.pem", "token-1", _issuer(), asked["client_id"], held["sub"], claims),
        }
    )  # fmt: skip


@policy("demo")
@require_GET
def userinfo(request: Request) -> HttpResponse:
    """Tell who she is; with a proved identity where that was asked for and her documents were good."""
    held = _read(f"access:{request.headers.get('Authorization', '').removeprefix('Bearer ')}")
    person = next((one for one in PEOPLE if one.sub == held.get("sub")), None)
    if person is None:
        return JsonResponse({"error": "invalid_token"}, status=400)
    said: dict[str, Any] = {"sub": person.sub, "email": person.email, "email_verified": True}
    trust = held["asked"]["vtr"][0]
    if identity_levels(trust)[0] not in {"", "P0"} and person.proved:
        names = [{"type": "GivenName", "value": person.given}, {"type": "FamilyName", "value": person.family}]
        subject = {"name": [{"nameParts": names}], "birthDate": [{"value": person.born}]}
        vc = {"type": ["VerifiableCredential", "IdentityAssertionCredential"], "credentialSubject": subject}
        said[CORE_IDENTITY] = _sign(
            "identity.pem", f"{_controller()}#identity-1", _issuer(), held["asked"]["client_id"], person.sub,
            {"vot": identity_levels(trust)[0], "vtm": TRUST, "vc": vc},
        )  # fmt: skip
    return JsonResponse(said)


def _asked(signed: str) -> dict[str, Any]:
    """Read the signed request object as the real provider does; anything wrong is told, not guessed at."""
    asked = _verified(signed, audience=_here("demo:identity-authorize"))
    missing = {"redirect_uri", "state", "nonce", "vtr", "scope", "code_challenge"} - set(asked)
    if missing:
        raise _Refused(f"The request object lacks {', '.join(sorted(missing))}.")
    if asked["redirect_uri"] != f"{settings.PUBLIC_URL}{reverse('account:identity-back')}":
        raise _Refused("The redirect address is not registered.")
    return asked


def _verified(signed: str, *, audience: str) -> dict[str, Any]:
    client = settings.RESIDENT_PROVIDER["client_id"]
    try:
        claims: dict[str, Any] = jwt.decode(
            signed, key_of("council.pem").public_key(), algorithms=["RS256"], audience=audience, issuer=client,
            options={"require": ["exp", "iat", "jti"]},
        )  # fmt: skip
    except jwt.PyJWTError as wrong:
        raise _Refused(f"The signature does not hold: {wrong}") from wrong
    return claims


def _sign(key: str, kid: str, issuer: str, audience: str, sub: str, claims: dict[str, Any]) -> str:
    now = int(clock.machine_now().timestamp())
    times = {"iss": issuer, "aud": audience, "sub": sub, "iat": now, "exp": now + 180}
    return jwt.encode(times | claims, key_of(key), algorithm="ES256", headers={"kid": kid})


def _back(asked: dict[str, Any], **more: str) -> HttpResponse:
    return HttpResponseRedirect(f"{asked['redirect_uri']}?{urlencode({'state': asked['state'], **more})}")


def _now() -> datetime:
    return clock.machine_now()


def _keep(key: str, value: dict[str, Any]) -> None:
    once(SCOPE, key, at=_now(), do=lambda: value)


def _read(key: str) -> dict[str, Any]:
    held, ran = once(SCOPE, key, at=_now(), do=dict, expires=timedelta(minutes=MINUTES))
    return {} if ran else held


def _take(key: str) -> dict[str, Any]:
    """Return what was kept, the first time only: a code is good once (RFC 6749, 4.1.2)."""
    held = _read(key)
    _, first = once(SCOPE, f"used:{key}", at=_now(), do=dict)
    if not first:
        raise _Refused("invalid_grant")
    return held
