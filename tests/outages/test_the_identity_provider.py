"""The service that proves who somebody is, in each kind of trouble: nobody gets in who should not, nobody is shut out who
has another way, what she was doing is kept, and she has one account however often she tried."""

# ruff: noqa: F811 - fixtures are named by the arguments that ask for them

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from moothall.customers.accounts.adapters.oidc import wire
from moothall.customers.accounts.jobs import ask_again
from moothall.customers.accounts.models import Account, Identity, Verification
from tests.interfaces.account.conftest import come_in, resident, twin  # noqa: F401
from tests.interfaces.desk.conftest import Officer, adviser, officer  # noqa: F401
from tests.outages.line import Line

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
ALMA = "urn:fdc:gov.uk:2022:alma"
WANTED = "/account/details"
NAMED = "The identity service residents sign in with"
TROUBLES = ("down", "wrong", "garbage", "slow", "cut")


@pytest.fixture
def line(twin: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """The line between us and the provider; residents reach both of us."""
    made = Line(urlsplit(twin).port or 0, patience=lambda seconds: monkeypatch.setattr(wire, "TIMEOUT", seconds))
    here = f"http://localhost:{made.port}"
    settings.PUBLIC_URL = here
    settings.RESIDENT_PROVIDER = settings.RESIDENT_PROVIDER | {
        "issuer": f"{here}/demo/identity/", "did": f"{here}/demo/identity/.well-known/did.json",
    }  # fmt: skip
    wire.forget()
    yield made
    made.close()
    wire.forget()


def desk(adviser: Officer) -> str:
    """What an adviser reads between two contacts."""
    adviser.client.force_login(adviser.staff)
    return " ".join(adviser.client.get("/desk/").content.decode().split())


def goes_there(client: Client, prove: bool = True) -> tuple[str, dict[str, str]]:
    """She goes to the provider and says who she is; where its page leads her back to."""
    away = client.get("/account/sign-in/identity", {"next": WANTED} | ({"prove": "1"} if prove else {}))
    assert away.status_code == 302, away.content.decode()[:500]
    where = urlsplit(away["Location"])
    chosen = client.post(f"{where.path}?{where.query}", {"who": ALMA})
    back = urlsplit(chosen["Location"])
    return back.path, {key: values[0] for key, values in parse_qs(back.query).items()}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_day_without_the_provider(
    trouble: str,
    line: Line,
    clock: Any,
    client: Client,
    come_in: Callable[..., Account],
    adviser: Officer,
) -> None:
    clock.set("2026-11-23T10:00:00+00:00")
    path, query = goes_there(client)
    line.set(trouble)
    sorry = client.get(path, query)
    assert sorry.status_code == 502
    said = sorry.content.decode()
    assert "did not answer" in said
    assert "Nothing is lost" in said
    assert not Account.objects.exists()
    assert client.get(path, query).status_code == 502, "to load it again is harmless"
    for _ in range(3):
        wire.forget()
        assert client.get("/account/sign-in/identity").status_code == 502
        clock.advance(hours=8)
        ask_again()
    said = Client().get("/account/sign-in").content.decode()
    assert "It has been away since Monday 23 November, 10am" in said, "whoever comes is told before they try"
    assert "Use a code" in said
    assert f"{NAMED} does not answer since Monday 23 November, 10am" in desk(adviser), "and so is whoever they ring"
    other = Client()
    come_in(other, address="joe.bloggs@example.net", name=("Joe", "Bloggs"))
    assert other.get("/account/").status_code == 200, "who has another way in comes in"

    line.set("")
    wire.forget()
    clock.advance(minutes=1)
    ask_again()
    assert "away since" not in Client().get("/account/sign-in").content.decode(), "it is forgotten by itself"
    assert f"{NAMED} is back since Tuesday 24 November, 10.01am" in desk(adviser)
    path, query = goes_there(client)
    assert client.get(path, query)["Location"] == WANTED, "she is where she wanted to be"
    assert Account.objects.count() == 2
    assert Identity.objects.get().subject == ALMA
    assert Verification.objects.filter(how="provider").count() == 1


def test_sent_back_twice_she_has_one_account(line: Line, client: Client) -> None:
    path, query = goes_there(client)
    first, again = client.get(path, query), client.get(path, query)
    assert (first["Location"], again["Location"].startswith("/account/sign-in")) == (WANTED, True)
    assert client.get("/account/").status_code == 200, "she stays in"
    assert (Account.objects.count(), Identity.objects.count(), Verification.objects.count()) == (1, 1, 1)


def test_two_windows_that_come_back_in_the_wrong_order(line: Line, client: Client) -> None:
    (path, first), (_, second) = goes_there(client), goes_there(client)
    assert client.get(path, second)["Location"] == WANTED
    assert client.get(path, first)["Location"].startswith("/account/sign-in"), "an earlier visit is over"
    assert client.get("/account/").status_code == 200
    assert Account.objects.count() == 1
