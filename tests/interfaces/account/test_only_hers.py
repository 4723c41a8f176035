"""Whoever reads her post or finds her session open gets no further by it; and strangers cannot keep her out."""

from __future__ import annotations

import hashlib
import json
import os
import re
import struct

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from webauthn.helpers import bytes_to_base64url as b64

from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.staff import actor_of_staff, create_staff
from moothall.customers.accounts.actions import ProviderSays, come_by_provider, verify_in_person
from moothall.customers.accounts.models import Authenticator, Passkey
from moothall.customers.accounts.queries import holder, waiting_ways
from moothall.customers.accounts.rules.levels import Proof
from moothall.customers.accounts.rules.one_time import code_at, step_of
from moothall.customers.models import Customer
from moothall.notifications.models import Message
from tests.core.access.test_staff import PASSWORD
from tests.interfaces.account.conftest import last_code
from tests.interfaces.desk.conftest import says_why

pytestmark = pytest.mark.django_db
SEEN = ["passport", "utility-bill"]


@pytest.fixture
def adviser(council, clock):
    return create_staff(
        username="ravi", name="Ravi", roles=["adviser"], password=PASSWORD, pack=council, by=SYSTEM, at=clock.now()
    )


def prove(account, adviser, council, clock, **more):
    by = actor_of_staff(adviser, council)
    verify_in_person(customer_id=account.customer_id, evidence=SEEN, by=by, at=clock.now(), **more)


def set_up_app(client, clock):
    """Set an app up over the wire; return its secret."""
    secret = re.search(r"<code class=.own-key.>([A-Z2-7]+)<", client.get("/account/ways/app").content.decode())[1]
    answer = client.post("/account/ways/app", {"code": code_at(secret, step_of(clock.now()))})
    assert answer.status_code == 200, answer.content[:400]
    clock.advance(minutes=2)
    return secret


def make_passkey(client, settings, **more):
    """Make a passkey over the wire, as a browser does."""
    page = client.get("/account/ways").content.decode().replace("&#34;", '"').replace("&quot;", '"')
    challenge = re.search(r'"challenge": ?"([^"]+)"', page)[1]
    key = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: key.x.to_bytes(32, "big"), -3: key.y.to_bytes(32, "big")})
    host = settings.PUBLIC_URL.split("//")[1].split(":")[0].split("/")[0]
    credential = os.urandom(32)
    held = hashlib.sha256(host.encode()).digest() + b"\x45" + struct.pack(">I", 1) + bytes(16) + struct.pack(">H", 32)
    said = {"type": "webauthn.create", "challenge": challenge, "origin": settings.PUBLIC_URL, "crossOrigin": False}
    proof = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": held + credential + public})
    response = {"clientDataJSON": b64(json.dumps(said).encode()), "attestationObject": b64(proof)}
    answer = {"id": b64(credential), "rawId": b64(credential), "type": "public-key", "response": response}
    return client.post("/account/ways/passkey", {"credential": json.dumps(answer), "name": "mine", **more})


def how(client):
    return set(client.session["account"]["how"])


def test_a_mailbox_does_not_become_a_proved_identity_and_shuts_nobody_out(
    resident, come_in, adviser, council, clock, settings
):
    account = come_in()
    prove(account, adviser, council, clock)
    thief = Client()
    come_in(thief)
    secret = set_up_app(thief, clock)
    assert make_passkey(thief, settings)["Location"] == "/account/ways?done=passkey"
    assert holder(account.id, how=how(thief)).proof == Proof.CONTACT
    page = thief.get("/account/ways").content.decode()
    assert "does not show who you are yet" in page
    assert "This is mine" not in page
    app = Authenticator.objects.get()
    assert thief.post("/account/ways/mine", {"id": str(app.id)}).status_code == 404
    assert Authenticator.objects.get().waiting
    come_in(resident)  # by a code alone: his app is not asked for
    assert resident.get("/account/").status_code == 200
    assert code_at(secret, step_of(clock.now()))
    thief.post("/account/details", {"given": "Tom", "family": "Thief", "channel": "email"})
    assert Customer.objects.get(pk=account.customer_id).given_name == "Mary"
    said = ProviderSays(issuer="https://id.example.org/", subject="thief", trust="Cl.Cm")
    come_by_provider(said, account_id=account.id, at=clock.now())
    assert account.identities.get().waiting
    prove(account, adviser, council, clock, ways=[Passkey.objects.get().id])
    assert (Passkey.objects.get().waiting, Authenticator.objects.get().waiting) == (False, True)


def test_the_officer_sees_what_waits_and_the_answer_counts(resident, come_in, adviser, clock, council):
    account = come_in()
    secret = set_up_app(resident, clock)
    desk = Client()
    desk.post("/sign-in/", {"username": "ravi", "password": PASSWORD})
    way = waiting_ways([account.customer_id])[0]
    says_why(desk, Customer.objects.get(pk=account.customer_id))
    page = desk.get(f"/desk/people/{account.customer_id}/").content.decode()
    assert f'name="way" value="{way.id}"' in page
    desk.post(f"/desk/people/{account.customer_id}/proof", {"seen": SEEN, "way": [str(way.id), "no"]})
    assert not Authenticator.objects.get().waiting
    resident.post("/account/out")
    resident.post("/account/sign-in", {"address": "mary.jones@example.com"})
    assert resident.post("/account/sign-in/code", {"code": last_code()})["Location"] == "/account/sign-in/app"
    resident.post("/account/sign-in/app", {"code": code_at(secret, step_of(clock.now()))})
    assert holder(account.id, how=how(resident)).proof == Proof.VERIFIED


def test_where_an_app_is_set_up_every_change_asks_its_code(resident, come_in, clock, settings):
    account = come_in()
    resident.post("/account/ways/password", {"password": "teapot-lantern-river"})
    resident.post("/account/ways/add", {"address": "07700 900123"})
    resident.post("/account/ways/add/code", {"code": last_code()})
    secret = set_up_app(resident, clock)
    assert make_passkey(resident, settings).status_code == 400
    assert not Passkey.objects.exists()
    assert resident.post("/account/ways/add", {"address": "m@example.net"}).status_code == 400
    phone = str(account.points.get(kind="phone").id)
    for what, key in (("point", phone), ("password", "")):
        asked = resident.post("/account/ways/take-away", {"what": what, "id": key})
        assert (asked.status_code, "The code your app shows" in asked.content.decode()) == (200, True)
        refused = resident.post("/account/ways/take-away", {"what": what, "id": key, "code": "000000"})
        assert refused.status_code == 400
    account.refresh_from_db()
    assert (account.points.count(), bool(account.password)) == (2, True)
    right = {"code": code_at(secret, step_of(clock.now()))}
    gone = resident.post("/account/ways/take-away", {"what": "point", "id": phone} | right)
    assert gone["Location"] == "/account/ways?done=gone"
    clock.advance(minutes=1)
    kept = make_passkey(resident, settings, code=code_at(secret, step_of(clock.now())))
    assert kept["Location"] == "/account/ways?done=passkey"


def test_a_change_ends_every_other_session_and_is_told_to_every_address(resident, come_in, clock):
    account, other = come_in(), Client()
    come_in(other)
    resident.post("/account/ways/password", {"password": "teapot-lantern-river"})
    jobs.drain(at=clock.now())
    assert (resident.get("/account/").status_code, other.get("/account/").status_code) == (200, 302)
    resident.post("/account/ways/add", {"address": "07700 900123"})
    resident.post("/account/ways/add/code", {"code": last_code()})
    jobs.drain(at=clock.now())
    first = account.points.get(kind="email")
    resident.post("/account/ways/take-away", {"what": "point", "id": str(first.id)})
    assert resident.get("/account/").status_code == 200
    jobs.drain(at=clock.now())
    told = Message.objects.filter(template="account-changed").order_by("created_at", "id")
    assert sorted((one.values["change"], one.channel) for one in told) == [
        ("a mobile number was added", "email"), ("a mobile number was added", "sms"),
        ("a password was added or changed", "email"),
        ("an email address was taken away", "email"), ("an email address was taken away", "sms"),
    ]  # fmt: skip


def test_signing_out_everywhere(resident, come_in):
    come_in()
    other = Client()
    come_in(other)
    assert "Sign out everywhere" in resident.get("/account/ways").content.decode()
    assert resident.post("/account/ways/out").status_code == 302
    assert [one.get("/account/").status_code for one in (resident, other)] == [302, 302]


def test_strangers_cannot_keep_out_a_browser_that_was_let_in_before(resident, come_in, adviser):
    come_in()
    resident.post("/account/out")
    stranger, address = Client(), {"address": "mary.jones@example.com"}
    resident.post("/account/sign-in", address)
    hers = last_code()
    answers = [stranger.post("/account/sign-in", address).status_code for _ in range(5)]
    assert answers[-1] == 400, answers
    assert resident.post("/account/sign-in/code", {"code": hers})["Location"] == "/account/"
    resident.post("/account/out")
    assert resident.post("/account/sign-in", address).status_code == 302, "hers are counted by themselves"
    desk, right = Client(), {"username": "ravi", "password": PASSWORD}
    assert desk.post("/sign-in/", right).status_code == 302
    desk.post("/sign-in/out")
    for _ in range(10):
        stranger.post("/sign-in/", right | {"password": "wrong"})
    assert stranger.post("/sign-in/", right).status_code == 429
    assert desk.post("/sign-in/", right).status_code == 302
    forged = Client()
    forged.cookies["moothall_known"] = "eyJuYW1lIjoieCJ9:1:forged"
    assert forged.post("/sign-in/", right).status_code == 429


class Elsewhere:
    """A sign-in of Tom's somewhere, which proves no identity."""

    name, proves = "it", False

    def begin(self, errand):
        return f"https://id.example.org/?state={errand.state}"

    def finish(self, code, errand):
        return ProviderSays(
            issuer="https://id.example.org/", subject="tom", trust="Cl", email="Tom@Example.net", given_name="Tom"
        )


def comes_from_elsewhere(client):
    """Go to the provider and come back; his address has an account here, so the link waits until he shows that it is his."""
    away = client.get("/account/sign-in/identity")["Location"]
    answer = client.get("/account/sign-in/identity/back", {"state": away.partition("state=")[2], "code": "c"})
    assert "You have an account already" in answer.content.decode()


def test_a_link_that_waits_on_a_shared_computer_is_made_with_nobody_elses_account(resident, come_in, monkeypatch):
    monkeypatch.setattr("moothall.interfaces.account.identity.provider", Elsewhere)
    tom = come_in(Client(), address="tom@example.net", name=("Tom", "Hale"))
    comes_from_elsewhere(resident)
    mary = come_in(resident)  # she sits down where he got up
    assert not mary.identities.exists()
    resident.post("/account/out")
    comes_from_elsewhere(resident)
    come_in(resident, address="tom@example.net")
    assert tom.identities.get().waiting
