# ruff: noqa: F811  fixtures come by import
"""Alma is signed in by a code and asks for what needs a proved identity. She proves it in the middle and loses nothing:
not when she turns back there either, nor when the identity turns out to be somebody else's."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from moothall.cases.models import Case, Task
from moothall.customers.accounts.adapters.oidc import wire
from moothall.customers.accounts.models import Account, Identity, Verification
from moothall.customers.models import Customer
from moothall.intake.models import Dialogue
from tests.browser import goes_on
from tests.interfaces.account.conftest import twin  # noqa: F401  fixture
from tests.interfaces.account.test_identity import issuer  # noqa: F401  fixture
from tests.interfaces.site.conftest import resident, walk  # noqa: F401  fixtures
from tests.journeys.test_an_account_is_begun_in_the_middle import carry_over, sign_in

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.long, pytest.mark.row("B3")]
SERVICE, ACCOUNT_NUMBER, BACK = "council-tax-refund", "70041-22", "To the account or card it was paid from"
TWIN = "the twin"


@pytest.fixture
def asked(twin: str, client: Client, walk: Callable[..., str], no_script: Page, live_server: Any) -> Page:
    """Alma's browser, without JavaScript: signed in by a code, at the last page of a form that needs more than that."""
    told = {
        "acct": ACCOUNT_NUMBER,
        "why": "moved",
        "back": "keep",
        "contact": {"by": "email", "email": "a@example.org"},
    }
    check = walk(SERVICE, told)
    sign_in(no_script, "alma.dunn@example.org", ("Alma", "Dunn"))
    carry_over(client, no_script, live_server)
    no_script.goto(check)
    expect(no_script.get_by_text(ACCOUNT_NUMBER)).to_be_visible()
    with goes_on(no_script):
        no_script.get_by_role("link", name=re.compile("^Change.*how shall we pay it back", re.IGNORECASE)).click()
    no_script.get_by_label(BACK).check()
    with goes_on(no_script):
        no_script.get_by_role("button", name="Carry on").click()
    expect(no_script.get_by_role("heading", name="Check your answers")).to_be_visible()
    return no_script


def sends(page: Page) -> None:
    with goes_on(page):
        page.get_by_role("button", name=re.compile("^Send it")).click()


def goes_to_the_provider(page: Page, words: str = f"Prove who I am with {TWIN}") -> None:
    expect(page.get_by_role("heading", name="Show us it is you")).to_be_visible()
    with goes_on(page):
        page.get_by_role("button", name=words).click()


def answers_stand(page: Page) -> None:
    """She is where she was, with all that she had told us, what she changed a moment before she left too."""
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    expect(page.get_by_text(ACCOUNT_NUMBER)).to_be_visible()
    expect(page.get_by_text(BACK)).to_be_visible()


def test_she_proves_it_at_the_provider_and_finishes(asked: Page, shot: Callable[[Page, str], object]) -> None:
    sends(asked)
    assert not Case.objects.exists()
    shot(asked, "1-show-us")
    goes_to_the_provider(asked)
    expect(asked.get_by_role("heading", name="Who are you today?")).to_be_visible()
    with goes_on(asked):
        asked.get_by_role("button", name="Carry on as Alma").click()
    answers_stand(asked)
    assert not Case.objects.exists(), "nothing is sent for her: she looks at it once more"
    sends(asked)
    expect(asked).to_have_url(re.compile("/sent$"))
    case, row = Case.objects.get(), Verification.objects.get()
    assert (case.answers["acct"], case.answers["back"], case.answers["why"]) == (ACCOUNT_NUMBER, "same", "moved")
    assert case.customer_id == row.customer_id == Account.objects.get().customer_id
    assert (row.how, row.level) == ("provider", "P2")
    assert not Task.objects.filter(kind="check").exists()


def test_she_turns_back_at_the_provider_and_comes_with_papers(asked: Page, shot: Callable[[Page, str], object]) -> None:
    sends(asked)
    goes_to_the_provider(asked)
    expect(asked.get_by_role("heading", name="Who are you today?")).to_be_visible()
    with goes_on(asked):
        asked.get_by_role("button", name="Go back without signing in").click()
    expect(asked.get_by_role("heading", name="Your identity was not proved")).to_be_visible()
    shot(asked, "turned-back")
    with goes_on(asked):
        asked.get_by_role("button", name="Carry on where you were").click()
    answers_stand(asked)
    sends(asked)
    with goes_on(asked):
        asked.get_by_role("button", name="Send it, and I come with proof").click()
    expect(asked).to_have_url(re.compile("/sent$"))
    assert Case.objects.get().answers["back"] == "same"
    assert Task.objects.get(kind="check").case_id == Case.objects.get().id
    assert not Verification.objects.exists()


@pytest.mark.parametrize("whose", ["linked-to-another-account", "of-another-person"])
def test_the_identity_is_somebody_elses_and_her_request_stands(
    asked: Page, council: Any, clock: Any, page: Page, whose: str, shot: Callable[[Page, str], object]
) -> None:
    if whose == "linked-to-another-account":  # it is Joe's own: he signs in with it here
        page.goto("/account/sign-in")
        with goes_on(page):
            page.get_by_text(f"Sign in with {TWIN}").click()
        expect(page.get_by_role("heading", name="Who are you today?")).to_be_visible()
        with goes_on(page):
            page.get_by_role("button", name="Carry on as Joe").click()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    sends(asked)
    goes_to_the_provider(asked)
    expect(asked.get_by_role("heading", name="Who are you today?")).to_be_visible()
    with goes_on(asked):
        asked.get_by_role("button", name="Carry on as Joe").click()
    expect(asked.get_by_role("heading", name="We could not use this")).to_be_visible()
    said = "belongs to another account" if whose == "linked-to-another-account" else "not those of your account"
    expect(asked.locator("main")).to_contain_text(said)
    shot(asked, "not-hers")
    with goes_on(asked):
        asked.get_by_role("button", name="Carry on where you were").click()
    answers_stand(asked)
    hers = Dialogue.objects.get(service=SERVICE).customer_id
    assert not Identity.objects.filter(account__customer_id=hers).exists()
    assert not Verification.objects.exists()
    assert not Case.objects.exists()
    sends(asked)  # she finds the right one, and nothing of the wrong one stays
    goes_to_the_provider(asked)
    with goes_on(asked):
        asked.get_by_role("button", name="Carry on as Alma").click()
    answers_stand(asked)
    sends(asked)
    expect(asked).to_have_url(re.compile("/sent$"))
    assert Customer.objects.get(id=Case.objects.get().customer_id).given_name == "Alma"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the stand-in's own libraries give some
def test_a_plain_provider_that_says_how_sure_it_is(asked: Page, issuer: str, settings: Any, twin: str) -> None:
    import requests

    wire.forget()
    registered = requests.post(
        f"{issuer}/oauth2/clients",
        json={
            "redirect_uris": [f"{twin}/account/sign-in/identity/back"],
            "token_endpoint_auth_method": "client_secret_basic",
        },
        timeout=5,
    ).json()
    settings.RESIDENT_PROVIDER = settings.RESIDENT_PROVIDER | {
        "flavour": "plain", "issuer": issuer, "client_id": registered["client_id"], "acr": ["urn:proved"],
        "secret": registered["client_secret"],
    }  # fmt: skip
    claims = {"given_name": "Alma", "family_name": "Dunn", "birthdate": "1988-06-21", "acr": "urn:proved"}
    requests.put(f"{issuer}/users/alma", json=claims, timeout=5)
    asked.context.route("https://cdn.jsdelivr.net/**", lambda route: route.fulfill(content_type="text/css", body=""))
    sends(asked)
    goes_to_the_provider(asked)
    asked.locator("input[name=sub]").fill("alma")
    with goes_on(asked):
        asked.get_by_role("button", name=re.compile("authorize", re.IGNORECASE)).click()
    answers_stand(asked)
    sends(asked)
    expect(asked).to_have_url(re.compile("/sent$"))
    assert Verification.objects.get().provider == issuer
    assert Case.objects.get().answers["back"] == "same"
