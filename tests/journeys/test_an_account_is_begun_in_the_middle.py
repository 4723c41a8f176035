# ruff: noqa: F811  fixtures come by import
"""Mrs Jones asks before she has an account, signs up, brings her request in; a code in the middle of a form loses nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from moothall.cases.models import Case
from moothall.core.references import show_reference
from moothall.customers.accounts.models import Passkey
from tests.browser import goes_on, looks_right
from tests.interfaces.account.conftest import last_code
from tests.interfaces.site.conftest import resident, walk  # noqa: F401  fixtures

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.long, pytest.mark.row("B3")]
MARY = "mary.jones@example.com"


def carry_over(client: Client, page: Page, live_server: Any) -> None:
    """Let the browser hold the request under way that a client began."""
    cookie = client.cookies["moothall_request"]
    page.context.add_cookies(
        [{"name": "moothall_request", "value": cookie.value, "url": f"{live_server.url}{cookie['path']}"}]
    )


def sign_in(page: Page, address: str, name: tuple[str, str] | None = None) -> None:
    """Sign in by a code; a newcomer gives her name."""
    page.goto("/account/sign-in")
    page.get_by_label("Email address or mobile number").fill(address)
    with goes_on(page):
        page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Your code").fill(last_code())
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()
    if name:
        page.get_by_label("First name").fill(name[0])
        page.get_by_label("Last name").fill(name[1])
        with goes_on(page):
            page.get_by_role("button", name="Make my account").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_an_earlier_request_is_claimed_after_signing_up_without_javascript(
    council: Any, clock: Any, client: Client, walk: Any, no_script: Page
) -> None:
    contact = next(q.id for q in council.services["pothole"].questions if q.type == "contact")
    check = walk("pothole", {contact: {"name": "Mary Jones", "email": MARY}})
    client.post(check.replace("/check", "/send"))
    case = Case.objects.get()

    sign_in(no_script, MARY, ("Mary", "Jones"))
    expect(no_script.get_by_text("We found earlier requests")).to_be_visible()
    with goes_on(no_script):
        no_script.get_by_role("link", name="Bring them in").click()
    expect(no_script.get_by_role("heading", name="Bring in earlier requests")).to_be_visible()
    no_script.get_by_label(re.compile("pothole")).check()
    with goes_on(no_script):
        no_script.get_by_role("button", name="Bring these in").click()
    expect(no_script.get_by_text("Added to your account")).to_be_visible()
    expect(no_script.get_by_text(f"{show_reference(case.reference)}")).to_be_visible()


def test_a_code_in_the_middle_of_a_form_loses_nothing(
    council: Any, clock: Any, client: Client, walk: Any, page: Page, live_server: Any,
    shot: Callable[[Page, str], object],
) -> None:  # fmt: skip
    check = walk("bulky-waste")
    carry_over(client, page, live_server)
    page.goto(check)
    with goes_on(page):
        page.get_by_role("button", name=re.compile("^Send it")).click()
    expect(page.get_by_role("heading", name="Show us it is you")).to_be_visible()
    assert Case.objects.count() == 0
    looks_right(page)
    shot(page, "prove")
    with goes_on(page):
        page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_role("heading", name="Enter the code")).to_be_visible()
    looks_right(page)
    page.get_by_label("Your code").fill("000")
    with goes_on(page):
        page.get_by_role("button", name="Send my request").click()
    expect(page.get_by_role("alert")).to_contain_text("not the code we sent")
    page.get_by_label("Your code").fill(last_code())
    with goes_on(page):
        page.get_by_role("button", name="Send my request").click()
    expect(page).to_have_url(re.compile("/sent$"))
    assert Case.objects.count() == 1


def test_a_passkey_is_made_and_lets_her_in(
    council: Any, clock: Any, page: Page, live_server: Any, settings: Any, shot: Callable[[Page, str], object]
) -> None:
    settings.PUBLIC_URL = live_server.url
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                "isUserVerified": True, "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip
    sign_in(page, MARY, ("Mary", "Jones"))
    page.goto("/account/ways")
    page.get_by_label("What shall we call it?").fill("My telephone")
    with goes_on(page):
        page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_text("Your passkey is kept.")).to_be_visible()
    assert Passkey.objects.get().name == "My telephone"
    page.goto("/account/")
    with goes_on(page):
        page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Say it in your own words")).to_be_visible()
    page.goto("/account/sign-in")
    looks_right(page)
    shot(page, "sign-in")
    with goes_on(page):
        page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", level=1, name="Mary Jones")).to_be_visible()
