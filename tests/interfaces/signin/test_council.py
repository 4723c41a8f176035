"""Staff sign-in by the council's own OpenID Connect provider, against a provider that runs here."""

import html
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client

from moothall.core.actors import SYSTEM
from moothall.core.models import Staff
from moothall.core.staff import actor_of_staff, create_staff
from moothall.intake.desk_actions import begin_contact
from moothall.interfaces.policy import IDLE_MINUTES, SEEN
from moothall.interfaces.signin import council as provider

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # the stand-in provider's own libraries give some
]


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    import oidc_provider_mock

    with oidc_provider_mock.run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def set_up(issuer, settings):
    client = requests.post(
        f"{issuer}/oauth2/clients",
        json={
            "redirect_uris": ["http://testserver/sign-in/council/back"],
            "token_endpoint_auth_method": "client_secret_post",
        },
        timeout=5,
    ).json()
    settings.OIDC_RP_CLIENT_ID = client["client_id"]
    settings.OIDC_RP_CLIENT_SECRET = client["client_secret"]
    settings.OIDC_ISSUER = issuer
    settings.OIDC_OP_AUTHORIZATION_ENDPOINT = f"{issuer}/oauth2/authorize"
    settings.OIDC_OP_TOKEN_ENDPOINT = f"{issuer}/oauth2/token"
    settings.OIDC_OP_USER_ENDPOINT = f"{issuer}/userinfo"
    settings.OIDC_OP_JWKS_ENDPOINT = f"{issuer}/jwks"
    settings.OIDC_VERIFY_KID = False  # this provider's tokens name no key
    settings.AUTHENTICATION_BACKENDS = [*settings.AUTHENTICATION_BACKENDS, provider.BACKEND]


@pytest.fixture
def staff(council, clock):
    return create_staff(
        username="r.patel", name="Ravi Patel", email="ravi@example.org", roles=["adviser"], pack=council, by=SYSTEM,
        at=clock.now(),
    )  # fmt: skip


def through_the_provider(client, issuer, subject, claims, wanted="/desk/cases"):
    requests.put(f"{issuer}/users/{subject}", json=claims, timeout=5)
    away = client.get(f"/sign-in/council?next={wanted}")
    asked = parse_qs(urlsplit(away["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert "nonce" in asked
    back = requests.post(away["Location"], data={"sub": subject}, allow_redirects=False, timeout=5)
    where = urlsplit(back.headers["Location"])
    assert where.path == "/sign-in/council/back"
    return client.get(f"{where.path}?{where.query}"), where


def inside(client):
    return client.get("/sign-in/account").status_code == 200


def test_without_a_provider_there_is_no_such_address(client, council):
    assert client.get("/sign-in/council").status_code == 404
    assert client.get("/sign-in/council/back?code=a&state=b").status_code == 404
    assert "council account" not in client.get("/sign-in/").content.decode()


def test_someone_with_an_account_is_let_in_and_known_by_subject_from_then_on(client, issuer, set_up, staff):
    assert "council account" in client.get("/sign-in/").content.decode()
    answer, _ = through_the_provider(client, issuer, "s-1", {"email": "ravi@example.org", "email_verified": True})
    assert answer["Location"] == "/desk/cases"
    assert inside(client)
    staff.refresh_from_db()
    assert staff.oidc_subject == "s-1"
    client.post("/sign-in/out")
    answer, _ = through_the_provider(client, issuer, "s-1", {"email": "new.name@example.org"})
    assert inside(client)


@pytest.mark.parametrize(
    ("subject", "claims"),
    [
        ("s-2", {"email": "ravi@example.org", "email_verified": False}),
        ("s-3", {"email": "ravi@example.org"}),
        ("s-4", {"email": "stranger@example.org", "email_verified": True}),
        ("s-5", {}),
    ],
)
def test_a_stranger_is_not_and_no_account_is_made(client, issuer, set_up, staff, subject, claims):
    answer, _ = through_the_provider(client, issuer, subject, claims)
    assert answer["Location"] == "/sign-in/?council=no"
    assert "did not let you in" in client.get(answer["Location"]).content.decode()
    assert not inside(client)
    assert Staff.objects.count() == 1


def test_a_closed_account_stays_closed(client, issuer, set_up, staff):
    Staff.objects.update(is_active=False, oidc_subject="s-1")
    through_the_provider(client, issuer, "s-1", {"email": "ravi@example.org", "email_verified": True})
    assert not inside(client)


def test_an_answer_is_good_once_and_only_for_who_asked(client, issuer, set_up, staff, django_user_model):
    from django.test import Client

    _, where = through_the_provider(client, issuer, "s-1", {"email": "ravi@example.org", "email_verified": True})
    for other in (client, Client()):
        other.post("/sign-in/out")
        answer = other.get(f"{where.path}?{where.query}")
        assert answer["Location"] == "/sign-in/?council=no"
        assert not inside(other)


def test_a_token_meant_for_another_or_from_another_is_refused(client, issuer, set_up, staff, settings):
    settings.OIDC_ISSUER = "https://another.example.org"
    through_the_provider(client, issuer, "s-1", {"email": "ravi@example.org", "email_verified": True})
    assert not inside(client)


def test_a_provider_that_does_not_answer_lets_nobody_in(client, issuer, set_up, staff, settings):
    settings.OIDC_OP_TOKEN_ENDPOINT = "http://127.0.0.1:9/token"
    answer, _ = through_the_provider(client, issuer, "s-1", {"email": "ravi@example.org", "email_verified": True})
    assert answer["Location"].startswith("/sign-in/?council=away")
    assert not inside(client)


def test_nobody_is_sent_away_from_here(client, issuer, set_up, staff):
    claims = {"email": "ravi@example.org", "email_verified": True}
    answer, _ = through_the_provider(client, issuer, "s-1", claims, wanted="https://example.org/")
    assert answer["Location"] == "/desk/"


def test_a_form_sent_after_the_sign_in_ran_out_comes_back_by_the_council_account(
    client, issuer, set_up, staff, council
):
    """At the desk, in the middle of a note: signed out, in again by the provider, and what was typed is there, for her."""
    claims = {"email": "ravi@example.org", "email_verified": True}
    through_the_provider(client, issuer, "s-1", claims)
    held = begin_contact(
        channel="phone", caller="+447700900123", by=actor_of_staff(staff, council), at=datetime.now(UTC)
    )
    finish = f"/desk/contacts/{held.id}/finish"
    session = client.session
    session[SEEN] = int(time.time()) - IDLE_MINUTES * 60 - 1
    session.save()
    page = client.post(finish, {"cause": "new", "note": "She will ring the landlord first, then us."})
    assert page.status_code == 401
    assert "kept for you alone" in page.content.decode()
    assert "landlord" not in page.content.decode()
    link = html.unescape(re.search(r'href="(/sign-in/council[^"]*)"', page.content.decode())[1])

    create_staff(
        username="jo", name="Jo Lee", email="jo@example.org", roles=["adviser"], pack=council, by=SYSTEM,
        at=datetime.now(UTC),
    )  # fmt: skip
    stranger, _ = through_the_provider(Client(), issuer, "s-9", {"email": "jo@example.org", "email_verified": True})
    assert stranger["Location"] == "/desk/cases"
    assert link.startswith("/sign-in/council?next=")
    again, _ = through_the_provider(client, issuer, "s-1", claims, wanted=parse_qs(urlsplit(link).query)["next"][0])
    assert again["Location"] == "/sign-in/carry-on"
    offered = client.get("/sign-in/carry-on").content.decode()
    assert "She will ring the landlord first, then us." in offered
    assert f'action="{finish}"' in offered
    assert (
        client.post(finish, {"cause": "new", "note": "She will ring the landlord first, then us."}).status_code == 303
    )
    held.refresh_from_db()
    assert (held.state, held.note) == ("closed", "She will ring the landlord first, then us.")
