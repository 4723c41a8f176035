"""A resident with a browser, and the messages that reach her."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from moothall.customers.accounts.adapters.oidc import wire
from moothall.customers.accounts.models import Account
from moothall.interfaces.demo.identity_keys import ensure_keys
from moothall.notifications.models import Message


@pytest.fixture
def resident(council: Any, clock: Any, client: Client) -> Client:
    return client


def last_code() -> str:
    """The code of the newest message that carries one."""
    message = Message.objects.filter(template="account-code").order_by("-created_at", "-id").first()
    assert message is not None
    return "".join(re.findall(r"\d{3}", message.values["code"]))


@pytest.fixture
def come_in(resident: Client) -> Callable[..., Account]:
    """Sign in by a code, opening the account when it is the first time."""

    def go(
        client: Client = resident, address: str = "mary.jones@example.com", name: tuple[str, str] = ("Mary", "Jones"),
        then: str = "/account/",
    ) -> Account:  # fmt: skip
        client.post("/account/sign-in", {"address": address, "next": then})
        answer = client.post("/account/sign-in/code", {"code": last_code()})
        if answer["Location"] == "/account/sign-in/name":
            answer = client.post("/account/sign-in/name", {"given": name[0], "family": name[1]})
        assert answer["Location"] == then, answer["Location"]
        return Account.objects.filter(points__value=address).get()

    return go


@pytest.fixture
def twin(live_server: Any, settings: Any, tmp_path: Path, council: Any, clock: Any) -> str:
    """The demonstration's own provider, over the wire."""
    wire.forget()
    settings.PUBLIC_URL, settings.DATA_DIR = live_server.url, tmp_path
    settings.ALLOWED_HOSTS = ["*"]
    settings.RESIDENT_PROVIDER = settings.RESIDENT_PROVIDER | {
        "flavour": "one-login", "client_id": "council", "issuer": f"{live_server.url}/demo/identity/",
        "did": f"{live_server.url}/demo/identity/.well-known/did.json",
        "private_key_file": str(tmp_path / "identity" / "council.pem"), "name": "the twin",
    }  # fmt: skip
    ensure_keys()
    return str(live_server.url)
