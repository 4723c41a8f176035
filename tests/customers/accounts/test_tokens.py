"""What an identity provider signs is taken only where it is meant for us, signed as we allow, and says what it may say."""

from __future__ import annotations

import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from moothall.core import clock as clocks
from moothall.customers.accounts.adapters.oidc import one_login, wire
from moothall.customers.accounts.adapters.oidc.one_login import OneLogin
from moothall.customers.accounts.protocols import ProviderFailed

ISSUER, KEYS, US = "https://id.example.org/", "https://id.example.org/keys", "council"
DESCRIBED = {
    "issuer": ISSUER, "jwks_uri": KEYS, "token_endpoint": "https://id.example.org/token",
    "userinfo_endpoint": "https://id.example.org/me",
}  # fmt: skip


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def published(key: rsa.RSAPrivateKey, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The provider's keys, as it publishes them."""
    listed = {"keys": [json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())) | {"kid": "one"}]}
    monkeypatch.setattr(wire, "kept", lambda url, *, again=False: listed)
    return listed


def claims(**more: Any) -> dict[str, Any]:
    now = int(clocks.machine_now().timestamp())
    said = {"iss": ISSUER, "aud": US, "sub": "alma", "iat": now, "exp": now + 60, "nonce": "n"}
    return {name: value for name, value in (said | more).items() if value is not None}


def signed(key: Any, said: dict[str, Any], alg: str | None = "RS256", kid: str = "one") -> str:
    return jwt.encode(said, key, algorithm=alg, headers={"kid": kid})


def read(token: str, nonce: str = "n") -> dict[str, Any]:
    return wire.read_id_token(token, DESCRIBED, client_id=US, nonce=nonce)


def test_what_is_meant_for_us_is_read(key: rsa.RSAPrivateKey, published: Any) -> None:
    assert read(signed(key, claims()))["sub"] == "alma"
    assert read(signed(key, claims(aud=[US, "other"], azp=US)))["sub"] == "alma"


@pytest.mark.parametrize(
    "more",
    [
        {"iss": "https://evil.example/"}, {"aud": "other"}, {"aud": [US, "other"]}, {"aud": [US, "other"], "azp": "other"},
        {"azp": "other"}, {"nonce": "another"}, {"nonce": None}, {"sub": None}, {"exp": 1}, {"exp": None}, {"iat": None},
    ],
    ids=lambda more: "-".join(f"{name}={value}" for name, value in more.items()),
)  # fmt: skip
def test_what_is_meant_for_others_or_another_visit_is_not(
    key: rsa.RSAPrivateKey, published: Any, more: dict[str, Any]
) -> None:
    with pytest.raises(ProviderFailed):
        read(signed(key, claims(**more)))


def test_only_the_provider_signs_and_only_as_we_allow(key: rsa.RSAPrivateKey, published: Any) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = published["keys"][0]["n"]
    for token in (
        signed(other, claims()), signed(key, claims(), kid="two"), signed(key, claims(), alg="RS384"),
        signed(None, claims(), alg="none"), signed(public, claims(), alg="HS256"), "no.token", "",
    ):  # fmt: skip
        with pytest.raises(ProviderFailed):
            read(token)


def test_an_identity_is_proved_by_what_is_signed_as_one_alone(
    key: rsa.RSAPrivateKey, published: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {
        "id_token": signed(key, claims(vot="P2.Cl.Cm")),
        "access_token": "a",
        "sub": "alma",
        "birthdate": "1984-05-17",
    }
    monkeypatch.setattr(wire, "discover", lambda issuer: DESCRIBED)
    monkeypatch.setattr(wire, "fetch", lambda url, **how: told)
    monkeypatch.setattr(one_login.OneLogin, "_sign", lambda self, said: "signed")
    who = OneLogin(issuer=ISSUER, client_id=US, key_file="", did="", name="it")
    errand = wire.new_errand("https://council.example/back", "Cl.Cm")
    said = who.finish("code", type(errand)(errand.state, "n", errand.verifier, errand.trust, errand.redirect_uri))
    assert (said.level, said.trust, said.date_of_birth) == ("", "Cl.Cm", None)
