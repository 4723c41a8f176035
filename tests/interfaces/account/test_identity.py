"""Coming in by an identity provider over real HTTP: the twin of GOV.UK One Login, and a plain provider."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
import requests

from moothall.customers.accounts.adapters.oidc import wire
from moothall.customers.accounts.models import Account, Identity, Verification
from moothall.customers.models import Customer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
ALMA, SAM = "urn:fdc:gov.uk:2022:alma", "urn:fdc:gov.uk:2022:sam"


def through(client, who, *, prove=False, spoil=None):
    """Go to the provider, say who one is there, and come back; returns our answer."""
    away = client.get("/account/sign-in/identity" + ("?prove=1" if prove else ""))
    assert away.status_code == 302, away.content.decode()
    where = urlsplit(away["Location"])
    chosen = client.post(f"{where.path}?{where.query}", {"who": who})
    back = urlsplit(chosen["Location"])
    query = {key: values[0] for key, values in parse_qs(back.query).items()}
    return client.get(back.path, spoil(query) if spoil else query)


def asked(client, prove=False):
    """The request object that is sent to the provider, read without its signature."""
    away = client.get("/account/sign-in/identity" + ("?prove=1" if prove else ""))
    query = parse_qs(urlsplit(away["Location"]).query)
    return query, jwt.decode(query["request"][0], options={"verify_signature": False})


def test_the_question_is_signed_and_says_how_sure_we_must_be(client, twin):
    query, claims = asked(client)
    assert query["client_id"] == ["council"]
    assert claims["vtr"] == ["Cl.Cm"]
    assert "claims" not in claims
    assert claims["aud"] == f"{twin}/demo/identity/authorize"
    assert claims["redirect_uri"] == f"{twin}/account/sign-in/identity/back"
    _, proving = asked(client, prove=True)
    assert proving["vtr"] == ["P2.Cl.Cm"]
    assert "https://vocab.account.gov.uk/v1/coreIdentityJWT" in proving["claims"]["userinfo"]


def test_signing_in_opens_an_account_and_knows_her_by_her_subject(client, twin):
    assert through(client, ALMA)["Location"] == "/account/"
    assert client.get("/account/").status_code == 200
    assert Identity.objects.get().subject == ALMA
    client.post("/account/out")
    through(client, ALMA)
    assert Account.objects.count() == 1
    assert not Verification.objects.exists()


def test_a_proved_identity_is_written_down(client, twin):
    through(client, ALMA, prove=True)
    row = Verification.objects.get()
    assert (row.how, row.level) == ("provider", "P2")
    person = Customer.objects.get()
    assert (person.given_name, person.family_name, str(person.date_of_birth)) == ("Alma", "Dunn", "1988-06-21")
    assert person.proof == "verified"
    assert "Identity proved" in client.get("/account/").content.decode()


def test_documents_that_are_not_good_enough_change_nothing(client, twin):
    answer = through(client, SAM, prove=True)
    assert answer.status_code == 409
    assert "was not proved" in answer.content.decode()
    assert not Account.objects.exists()


def test_who_turns_back_is_where_she_was(client, twin):
    answer = through(client, "nobody", prove=True)
    assert answer.status_code == 409
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda q: {**q, "state": "another"},
        lambda q: {"code": q["code"]},
        lambda q: {**q, "code": "guessed"},
    ],
    ids=["another-visit", "no-state", "guessed-code"],
)
def test_an_answer_that_does_not_fit_lets_nobody_in(client, twin, spoil):
    answer = through(client, ALMA, spoil=spoil)
    assert answer.status_code in {302, 502}
    assert client.get("/account/").status_code == 302
    assert not Account.objects.exists()


def test_an_answer_is_good_once(client, twin):
    used = {}

    def keep(query):
        used.update(query)
        return query

    through(client, ALMA, spoil=keep)
    client.post("/account/out")
    client.get("/account/sign-in/identity/back", used)
    assert client.get("/account/").status_code == 302


def test_an_identity_signed_by_another_key_is_refused(client, twin, tmp_path):
    through(client, ALMA)  # our side has fetched the provider's keys
    client.post("/account/out")
    Account.objects.all().delete()
    (
        tmp_path / "identity" / "identity.pem"
    ).unlink()  # the provider now signs with a key its document did not name then
    wire._kept[f"{twin}/demo/identity/.well-known/did.json"] = wire._kept.get(
        f"{twin}/demo/identity/.well-known/did.json", (1e18, wire.fetch(f"{twin}/demo/identity/.well-known/did.json"))
    )
    (tmp_path / "identity" / "identity.pem").unlink()
    answer = through(client, ALMA, prove=True)
    assert answer.status_code == 502
    assert not Verification.objects.exists()


def test_a_provider_that_does_not_answer_says_so(client, twin, settings):
    wire.forget()
    settings.RESIDENT_PROVIDER = settings.RESIDENT_PROVIDER | {"issuer": "http://127.0.0.1:9/"}
    answer = client.get("/account/sign-in/identity")
    assert answer.status_code == 502
    assert "did not answer" in answer.content.decode()


def test_without_a_provider_there_is_no_such_way(client, council):
    assert client.get("/account/sign-in/identity").status_code == 404
    assert client.get("/account/sign-in/identity/back?code=a&state=b").status_code == 404


def test_an_account_with_the_same_address_is_linked_only_from_inside(client, twin, council):
    from tests.interfaces.account.conftest import last_code

    client.post("/account/sign-in", {"address": "alma.dunn@example.org"})
    client.post("/account/sign-in/code", {"code": last_code()})
    client.post("/account/sign-in/name", {"given": "Alma", "family": "Dunn"})
    client.post("/account/out")
    answer = through(client, ALMA)
    assert answer.status_code == 409
    assert not Identity.objects.exists()
    client.post("/account/sign-in", {"address": "alma.dunn@example.org"})
    client.post("/account/sign-in/code", {"code": last_code()})
    assert client.get("/account/").status_code == 200
    assert Identity.objects.get().account == Account.objects.get()


# -- a plain provider ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    import oidc_provider_mock

    with oidc_provider_mock.run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the stand-in's own libraries give some
def test_a_plain_provider_lets_her_in_and_proves_nothing_it_does_not_say(client, issuer, settings, council, clock):
    wire.forget()
    registered = requests.post(
        f"{issuer}/oauth2/clients",
        json={
            "redirect_uris": ["http://testserver/account/sign-in/identity/back"],
            "token_endpoint_auth_method": "client_secret_basic",
        },
        timeout=5,
    ).json()
    settings.PUBLIC_URL = "http://testserver"
    settings.RESIDENT_PROVIDER = settings.RESIDENT_PROVIDER | {
        "flavour": "plain", "issuer": issuer, "client_id": registered["client_id"], "secret": registered["client_secret"],
    }  # fmt: skip
    claims = {"email": "joe.bloggs@example.com", "email_verified": True, "given_name": "Joe", "family_name": "Bloggs"}
    requests.put(f"{issuer}/users/joe", json=claims, timeout=5)
    away = client.get("/account/sign-in/identity?prove=1")["Location"]
    assert parse_qs(urlsplit(away).query)["code_challenge_method"] == ["S256"]
    back = requests.post(away, data={"sub": "joe"}, allow_redirects=False, timeout=5)
    where = urlsplit(back.headers["Location"])
    answer = client.get(f"{where.path}?{where.query}")
    assert answer["Location"] == "/account/", urlencode({"why": answer.content.decode()[:500]})
    person = Customer.objects.get()
    assert (person.given_name, person.proof) == ("Joe", "confirmed")
    assert not Verification.objects.exists()
