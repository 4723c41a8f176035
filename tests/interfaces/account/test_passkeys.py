"""A passkey lets in once for each question of ours, on our own site, by its owner; a copy or an answer overheard does not."""

from __future__ import annotations

import hashlib
import html
import json
import os
import re
import struct
import time
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.signing import TimestampSigner
from django.test import Client
from webauthn.helpers import bytes_to_base64url as b64

from moothall.customers.accounts.models import Account, Passkey

pytestmark = pytest.mark.django_db
PRESENT_AND_SURE, PRESENT = 0x05, 0x01


class Authenticator:
    """A passkey as a telephone holds it, and the answers it gives."""

    def __init__(self, account: Account, site: str, at: Any) -> None:
        self.site, self.count, self.id = site, 1, os.urandom(32)
        self.key = ec.generate_private_key(ec.SECP256R1())
        point = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        Passkey.objects.create(
            account=account,
            name="mine",
            credential_id=self.id,
            public_key=cbor2.dumps(public),
            sign_count=1,
            created_at=at,
        )

    def answer(
        self, challenge: str, *, origin: str = "", count: int = 0, flags: int = PRESENT_AND_SURE, site: str = ""
    ) -> str:
        self.count = count or self.count + 1
        host = (site or self.site).split("//")[1].split(":")[0].split("/")[0]
        said = {"type": "webauthn.get", "challenge": challenge, "origin": origin or self.site, "crossOrigin": False}
        client = json.dumps(said).encode()
        data = hashlib.sha256(host.encode()).digest() + bytes([flags]) + struct.pack(">I", self.count)
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signed)}
        return json.dumps({"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "response": response})


@pytest.fixture
def authenticator(resident: Client, come_in: Any, settings: Any, clock: Any) -> Authenticator:
    made = Authenticator(come_in(), settings.PUBLIC_URL, clock.now())
    resident.post("/account/out")
    return made


def question(client: Client) -> str:
    """The challenge that the page asks a passkey to answer."""
    found = re.search(r'data-options="([^"]+)"', client.get("/account/sign-in").content.decode())
    assert found is not None
    return str(json.loads(html.unescape(found[1]))["challenge"])


def comes(client: Client, credential: str, **more: str) -> Any:
    return client.post("/account/sign-in/passkey", {"credential": credential, **more})


def test_an_answer_lets_in_once(resident: Client, authenticator: Authenticator) -> None:
    credential = authenticator.answer(question(resident))
    assert comes(resident, credential)["Location"] == "/account/"
    assert resident.get("/account/").status_code == 200
    thief = Client()
    assert comes(thief, credential).status_code == 403, "overheard, it is worth nothing"
    assert thief.get("/account/").status_code == 302


@pytest.mark.parametrize(
    "how",
    [
        {"origin": "https://moothall.example.evil"}, {"site": "https://evil.example"}, {"flags": PRESENT}, {"flags": 0},
    ],
    ids=["another-origin", "made-for-another-site", "nobody-asked-who-holds-it", "nobody-there"],
)  # fmt: skip
def test_an_answer_given_elsewhere_or_by_nobody_lets_nobody_in(
    resident: Client, authenticator: Authenticator, how: dict[str, Any]
) -> None:
    assert comes(resident, authenticator.answer(question(resident), **how)).status_code == 403
    assert resident.get("/account/").status_code == 302


def test_a_question_that_we_did_not_ask_or_asked_long_ago_lets_nobody_in(
    resident: Client, authenticator: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = question(resident)
    made_up = b64(TimestampSigner(key="x" * 50, salt="moothall.interfaces.account.passkeys").sign("guess").encode())
    for challenge in (b64(os.urandom(32)), made_up):
        assert comes(resident, authenticator.answer(challenge)).status_code == 403
    now = time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 601)
    assert comes(resident, authenticator.answer(ours)).status_code == 403


def test_a_copy_is_known_by_its_count_and_another_key_by_its_signature(
    resident: Client, authenticator: Authenticator
) -> None:
    assert comes(resident, authenticator.answer(question(resident), count=7))["Location"] == "/account/"
    resident.post("/account/out")
    for count in (7, 3):
        answer = comes(resident, authenticator.answer(question(resident), count=count))
        assert answer.status_code == 403
        assert "may have been copied" in answer.content.decode()
    authenticator.key = ec.generate_private_key(ec.SECP256R1())
    assert comes(resident, authenticator.answer(question(resident), count=9)).status_code == 403
    assert Passkey.objects.get().sign_count == 7


@pytest.mark.parametrize(
    "wanted", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_it_leads_nowhere_but_here(resident: Client, authenticator: Authenticator, wanted: str) -> None:
    assert comes(resident, authenticator.answer(question(resident)), next=wanted)["Location"] == "/account/"
