"""The council's own sign-in for its staff, in each kind of trouble for a day: nobody gets in who should not, who is in stays
in, who has another way comes in by it, and everybody is told since when it is away and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt.api_jwt
import oidc_provider_mock
import pytest
import requests
from django.test import Client

from moothall.core import away
from moothall.core.actors import SYSTEM, Actor, ActorKind
from moothall.core.ids import new_id
from moothall.core.jobs import _jobs
from moothall.core.models import AwayService, Staff
from moothall.core.staff import create_staff
from moothall.interfaces.console import attention
from moothall.interfaces.signin import council as provider
from tests.outages.line import Line

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # the stand-in provider's own libraries give some
]
NAME, PASSWORD = "r.patel", "tram heather seven kettles"
ADMINISTRATOR = Actor(ActorKind.STAFF, new_id(), "Ada", permissions=frozenset({"console.view", "staff.manage"}))
TROUBLES = ("down", "wrong", "garbage", "slow", "cut")
SINCE = "It has been away since Monday 23 November, 10am"
CLAIMS = {"email": "ravi@example.org", "email_verified": True}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with oidc_provider_mock.run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def line(issuer: str, settings: Any) -> Iterator[Line]:
    """The line between us and the provider; the browser of an officer has one of its own."""
    made = Line(urlsplit(issuer).port or 0, patience=lambda seconds: setattr(settings, "OIDC_TIMEOUT", seconds))
    client = requests.post(
        f"{issuer}/oauth2/clients",
        json={
            "redirect_uris": ["http://testserver/sign-in/council/back"],
            "token_endpoint_auth_method": "client_secret_post",
        },
        timeout=5,
    ).json()
    settings.OIDC_RP_CLIENT_ID, settings.OIDC_RP_CLIENT_SECRET = client["client_id"], client["client_secret"]
    settings.OIDC_OP_AUTHORIZATION_ENDPOINT = f"{issuer}/oauth2/authorize"
    settings.OIDC_ISSUER = here = f"http://localhost:{made.port}"
    settings.OIDC_OP_TOKEN_ENDPOINT = f"{here}/oauth2/token"
    settings.OIDC_OP_USER_ENDPOINT = f"{here}/userinfo"
    settings.OIDC_OP_JWKS_ENDPOINT = f"{here}/jwks"
    settings.OIDC_VERIFY_KID = False
    settings.AUTHENTICATION_BACKENDS = [*settings.AUTHENTICATION_BACKENDS, provider.BACKEND]
    yield made
    made.close()


@pytest.fixture
def ravi(council: Any, clock: Any) -> Staff:
    clock.set("2026-11-23T10:00:00+00:00")
    made = create_staff(
        username=NAME, name="Ravi Patel", email="ravi@example.org", roles=["adviser"], pack=council, by=SYSTEM,
        at=clock.now(),
    )  # fmt: skip
    made.set_password(PASSWORD)
    made.save(update_fields=["password"])
    return made


def goes_there(client: Client, issuer: str, wanted: str = "/desk/cases") -> str:
    """He goes to the provider and says who he is; where its page leads him back to."""
    requests.put(f"{issuer}/users/s-1", json=CLAIMS, timeout=5)
    gone = client.get("/sign-in/council", {"next": wanted})
    assert gone["Location"].startswith(issuer), gone["Location"]
    back = requests.post(gone["Location"], data={"sub": "s-1"}, allow_redirects=False, timeout=5)
    where = urlsplit(back.headers["Location"])
    return f"{where.path}?{where.query}"


def inside(client: Client) -> bool:
    return bool(client.get("/sign-in/account").status_code == 200)


def shown(client: Client, address: str = "/sign-in/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def a_minute_passes(clock: Any) -> None:
    clock.advance(minutes=1)
    _jobs["customers.accounts.ask_again"].function()


@pytest.mark.long
@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_day_without_it(trouble: str, line: Line, issuer: str, ravi: Staff, clock: Any, client: Client) -> None:
    early, late = Client(), Client()
    assert early.get(goes_there(early, issuer))["Location"] == "/desk/cases"
    back = goes_there(client, issuer)
    assert "away since" not in shown(client)

    line.set(trouble)
    sorry = client.get(back)
    assert parse_qs(urlsplit(sorry["Location"]).query) == {"council": ["away"], "next": ["/desk/cases"]}
    said = shown(client, sorry["Location"])
    assert SINCE in said
    assert "a colleague who is an administrator can give you a password" in said
    assert 'href="/sign-in/council?next=/desk/cases"' in said.replace("%2F", "/"), "where he was going is kept"
    assert client.get(back)["Location"].startswith("/sign-in/"), "to load it again is harmless"
    assert not inside(client)
    assert inside(early), "who is in stays in"

    for _ in range(3):
        clock.advance(hours=8)
        a_minute_passes(clock)
        nowhere = client.get("/sign-in/council", {"next": "/desk/cases"})
        assert "council=away" in nowhere["Location"], "nobody is sent to where nobody answers"
    assert SINCE in shown(late), "since the first time, to whoever comes, before they try"
    late.post("/sign-in/", {"username": NAME, "password": PASSWORD})
    assert inside(late), "who has another way in comes in"

    line.set("")
    a_minute_passes(clock)
    assert "away since" not in shown(Client()), "it is forgotten by itself"
    assert client.get(goes_there(client, issuer))["Location"] == "/desk/cases"
    assert inside(client)
    assert Staff.objects.count() == 1


def test_back_in_through_it_the_trouble_is_over_at_once(line: Line, issuer: str, ravi: Staff, clock: Any) -> None:
    away.note("staff-sign-in", away.Why.CLOCKS, at=clock.now())
    client = Client()
    client.get(goes_there(client, issuer))
    assert inside(client)
    assert not AwayService.objects.exists()


def test_administrators_are_told_and_a_form_that_was_sent_is_kept(line: Line, ravi: Staff, clock: Any) -> None:
    line.set("down")
    Client().get("/sign-in/council")
    told = [words for words, page, _ in attention.wanting(ADMINISTRATOR) if page == "staff"]
    assert told == [
        "The council’s own sign-in does not answer since Monday 23 November, 10am."
        " Give those who have no password here one, and they come in by it"
    ]
    line.set("")
    a_minute_passes(clock)
    back = (
        "The council’s own sign-in is back since Monday 23 November, 10.01am. It was away from Monday 23 November, 10am"
    )
    assert back in [words for words, _, _ in attention.wanting(ADMINISTRATOR)]
    line.set("down")
    Client().get("/sign-in/council")
    assert back not in [words for words, _, _ in attention.wanting(ADMINISTRATOR)], "not while it is away again"
    away.answers("staff-sign-in", at=clock.now())
    clock.set("2026-11-23T10:00:00+00:00")
    away.note("staff-sign-in", away.Why.SILENT, at=clock.now())
    hers = Client()
    hers.post("/sign-in/", {"username": NAME, "password": PASSWORD})
    del hers.cookies["moothall_session"]  # it ran out
    late = hers.post("/desk/inbox/", {"text": "Typed for ten minutes"})
    assert late.status_code == 401
    said = " ".join(late.content.decode().split())
    assert SINCE in said
    assert "kept for you alone" in said
    hers.post("/sign-in/", {"username": NAME, "password": PASSWORD})
    assert "Typed for ten minutes" in shown(hers, "/sign-in/carry-on"), "what she sent waits for her password"


@pytest.mark.parametrize("minutes", [-90, -10, -0.5, 0.5, 90])
def test_clocks_that_differ(
    minutes: float, line: Line, issuer: str, ravi: Staff, clock: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = goes_there(client, issuer)

    class Ours(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz or UTC) + timedelta(minutes=minutes)

    monkeypatch.setattr(jwt.api_jwt, "datetime", Ours)
    answer = client.get(back)
    assert inside(client) is (abs(minutes) < 1), "half a minute apart is nothing"
    if abs(minutes) > 1:
        said = shown(client, answer["Location"])
        assert "Our clock and that of the council’s own sign-in differ" in said
        assert "one of the two clocks is wrong" in said
        assert AwayService.objects.get().why == "clocks"


def test_what_one_visit_does_wrong_tells_nobody_that_it_is_away(line: Line, issuer: str, ravi: Staff) -> None:
    client = Client()
    where = urlsplit(goes_there(client, issuer))
    state = parse_qs(where.query)["state"][0]
    assert client.get(where.path, {"code": "made-up", "state": state})["Location"] == "/sign-in/?council=no"
    assert client.get(where.path, {"error": "access_denied", "state": "x"})["Location"] == "/sign-in/?council=no"
    assert "council=away" in client.get(where.path, {"error": "temporarily_unavailable", "state": "x"})["Location"]
    assert "Wait a minute, then try again" in shown(client, "/sign-in/?council=away")
    assert not AwayService.objects.exists()
    assert not inside(client)


def test_the_same_answer_twice_and_two_windows_in_the_wrong_order(line: Line, issuer: str, ravi: Staff) -> None:
    client = Client()
    first, second = goes_there(client, issuer), goes_there(client, issuer)
    assert client.get(second)["Location"] == "/desk/cases"
    client.get(second)
    client.get(first)
    assert inside(client), "he stays in"
    assert not AwayService.objects.exists()
