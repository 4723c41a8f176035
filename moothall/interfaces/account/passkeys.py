"""Passkeys (WebAuthn). They need JavaScript; every other way stands beside them."""

from __future__ import annotations

import json
import secrets
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from moothall.core import clock
from moothall.core.limits import TooManyAttempts
from moothall.customers.accounts import actions
from moothall.customers.accounts.actions import AccountRefused, CodeRefused
from moothall.customers.accounts.queries import passkey, passkey_ids
from moothall.interfaces import account_session as session
from moothall.interfaces.account import steps
from moothall.interfaces.policy import Request, policy
from moothall.interfaces.site.messages import message

CHALLENGE: Final = "passkey_challenge"
BAD: Final = (WebAuthnException, ValueError, KeyError, TypeError)


def _site() -> tuple[str, str]:
    """Our origin, and the name passkeys are made for: the host alone (WebAuthn: RP ID)."""
    parts = urlsplit(settings.PUBLIC_URL)
    return f"{parts.scheme}://{parts.netloc}", parts.hostname or "localhost"


def question(request: Request) -> str:
    """Return what the browser asks a passkey to answer when signing in, as JSON for the page's script.

    The challenge is a signed moment, so that a page that is only looked at needs no session.
    """
    options = generate_authentication_options(
        rp_id=_site()[1], challenge=_challenge(), user_verification=UserVerificationRequirement.REQUIRED
    )
    return options_to_json(options)


def registration(request: Request, user_id: bytes, name: str) -> str:
    """Return what the browser asks for to make a passkey, as JSON for the page's script."""
    challenge = secrets.token_bytes(32)
    request.session[CHALLENGE] = challenge.hex()
    options = generate_registration_options(
        rp_id=_site()[1], rp_name=settings.PUBLIC_URL, user_id=user_id, user_name=name, user_display_name=name,
        challenge=challenge,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in passkey_ids(request.holder.account_id)],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )  # fmt: skip
    return options_to_json(options)


@policy("public")
@never_cache
@require_POST
def come(request: Request) -> HttpResponse:
    """Let in whoever's passkey answered."""
    try:
        given = _read(request)
        row = passkey(base64url_to_bytes(given["id"]))
        if row is None:
            raise AccountRefused("We don’t know this passkey. It may have been taken away.")
        challenge = _challenge_in(given)
        checked = verify_authentication_response(
            credential=given, expected_challenge=challenge, expected_rp_id=_site()[1], expected_origin=_site()[0],
            credential_public_key=row.public_key, credential_current_sign_count=0, require_user_verification=True,
        )  # fmt: skip
        account = actions.passkey_used(row.id, sign_count=checked.new_sign_count, at=clock.now())
    except (AccountRefused, *BAD) as wrong:
        why = str(wrong) if isinstance(wrong, AccountRefused) else "The passkey did not answer as it should. Try again."
        where = reverse("account:sign-in")
        return message(request, "We could not sign you in", why, where, "Sign in another way", status=403)
    steps.keep(request, next=steps.safe_next(request, request.POST.get("next", "")))
    return steps.come_in(request, account.id, how=["new-passkey" if row.waiting else "passkey"])


@policy("customer")
@never_cache
@require_POST
def add(request: Request) -> HttpResponse:
    """Keep a new passkey."""
    held = request.session.pop(CHALLENGE, "")
    try:
        checked = verify_registration_response(
            credential=_read(request), expected_challenge=bytes.fromhex(held), expected_rp_id=_site()[1],
            expected_origin=_site()[0], require_user_verification=True,
        )  # fmt: skip
        actions.add_passkey(
            request.holder.account_id, credential_id=checked.credential_id, public_key=checked.credential_public_key,
            sign_count=checked.sign_count, name=request.POST.get("name", ""), code=request.POST.get("code", ""),
            strong=request.holder.strong, at=clock.now(),
        )  # fmt: skip
    except (AccountRefused, CodeRefused, TooManyAttempts, *BAD) as wrong:
        said = isinstance(wrong, (AccountRefused, CodeRefused, TooManyAttempts))
        why = str(wrong) if said else "The passkey was not made. Try again."
        where = reverse("account:ways")
        return message(request, "We could not keep the passkey", why, where, "Ways to sign in", status=400)
    session.stay(request)
    return HttpResponseRedirect(f"{reverse('account:ways')}?done=passkey")


def _read(request: Request) -> dict[str, Any]:
    given = json.loads(request.POST.get("credential", "")[:20_000])
    if not isinstance(given, dict):
        raise ValueError("not an answer")
    return given


_SALT: Final = "moothall.interfaces.account.passkeys"
SECONDS: Final = 600


def _challenge() -> bytes:
    """A challenge that only we could have made and that tells when: it runs out by itself."""
    return TimestampSigner(salt=_SALT).sign(secrets.token_urlsafe(24)).encode()


def _challenge_in(given: dict[str, Any]) -> bytes:
    """Return the challenge of an answer if it is one of ours and still good; the library then holds the answer to it."""
    client = json.loads(base64url_to_bytes(given["response"]["clientDataJSON"]))
    challenge = base64url_to_bytes(client["challenge"])
    try:
        TimestampSigner(salt=_SALT).unsign(challenge.decode(), max_age=SECONDS)
    except (BadSignature, UnicodeDecodeError) as wrong:
        raise AccountRefused("That took too long. Try again.") from wrong
    if not actions.use_challenge(challenge, at=clock.now()):
        raise AccountRefused("This was used already. Try again.")
    return challenge
