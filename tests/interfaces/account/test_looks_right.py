"""Every page of an account, of the provider's twin, and what the console shows of seals and equality, in a real browser."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.core import clock as time
from moothall.core.actors import SYSTEM
from moothall.core.seals import seal_next
from moothall.core.staff import create_staff
from moothall.customers.accounts.models import Account
from moothall.customers.actions import create_customer
from moothall.customers.models import ContactPoint
from moothall.customers.monitoring.actions import answer_freely
from tests.browser import goes_on, looks_right
from tests.interfaces.account.conftest import last_code
from tests.interfaces.console.test_looks_right import PASSWORD, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey, pytest.mark.long]
MARY = "mary.featherstonehaugh-jones@example.com"
OWN = (
    ("", "Mary Jones"), ("claim", "Bring in earlier requests"), ("ways", "Ways to sign in"), ("details", "My details"),
    ("looks", "Who looked at my record"), ("messages", "Messages from us"),
    ("payments", "My payments"), ("bookings", "My bookings"), ("agreements", "What I agreed to"),
    ("about-me", "Tell us about yourself, if you like"), ("ways/app", "Set up an app"),
    ("ways/password", "Choose a password"), ("ways/add", "Add an address or number"),
    ("reach/add", "Add a way to reach you"), ("wishes", "Language, format and needs"),
)  # fmt: skip


def seen(page: Page, heading: str, name: str, shot: Callable[..., Any]) -> None:
    """One page: it is there, is clean and fits; wide and narrow pictures are kept."""
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
    looks_right(page)
    shot(page, name)
    page.set_viewport_size({"width": 320, "height": 640})
    shot(page, f"{name}-320")
    page.set_viewport_size({"width": 1280, "height": 900})


def test_every_page_of_an_account(council: Any, clock: Any, page: Page, shot: Callable[..., Any]) -> None:
    page.goto("/account/sign-in")
    seen(page, "Sign in or make an account", "sign-in", shot)
    page.get_by_label("Email address or mobile number").fill(MARY)
    with goes_on(page):
        page.get_by_role("button", name="Send me a code").click()
    seen(page, "Enter the code", "code", shot)
    page.get_by_label("Your code").fill(last_code())
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()
    seen(page, "What is your name?", "name", shot)
    page.get_by_label("First name").fill("Mary")
    page.get_by_label("Last name").fill("Jones")
    with goes_on(page):
        page.get_by_role("button", name="Make my account").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    for address, heading in OWN:
        page.goto(f"/account/{address}")
        seen(page, heading, address.replace("/", "-") or "home", shot)
    page.goto(f"/account/reach/add?instead={ContactPoint.objects.get().id}")
    seen(page, f"Change {MARY}", "reach-instead", shot)
    page.goto("/account/ways/password")
    page.locator("input[type=password]").fill("short")
    with goes_on(page):
        page.get_by_role("button", name="Keep it").click()
    seen(page, "Choose a password", "password-refused", shot)


def test_the_twin_of_the_provider(twin: str, page: Page, shot: Callable[..., Any]) -> None:
    page.goto("/account/sign-in")
    with goes_on(page):
        page.get_by_text("Sign in with the twin").click()
    seen(page, "Who are you today?", "twin", shot)
    with goes_on(page):
        page.get_by_role("button", name="Carry on as Alma").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    assert Account.objects.count() == 1
    page.goto("/demo/identity/authorize?request=spoilt")
    seen(page, "This request cannot be read", "twin-refuses", shot)


def test_the_console_on_seals_and_equality(council: Any, clock: Any, page: Page, shot: Callable[..., Any]) -> None:
    now = time.now()
    create_staff(
        username="sunita", name="Sunita Rao", roles=["equality-officer", "auditor"], password=PASSWORD, pack=council,
        by=SYSTEM, at=now,
    )  # fmt: skip
    before = now.date() - timedelta(days=92)
    for number in range(12):
        person = create_customer(given_name="Amina", family_name=f"Dunn {number}", by=SYSTEM, at=now)
        answer_freely(person.id, {"sex": ["female"]}, on=before)
    assert seal_next(at=now) > 0
    sign_in(page)
    page.goto("/console/chain")
    expect(page.get_by_text("Everything is as it was sealed")).to_be_visible()
    seen(page, "The chain of events", "chain", shot)
    page.goto("/console/chain?first=never&last=2026-03")
    expect(page.get_by_text("Enter both months")).to_be_visible()
    looks_right(page)
    page.goto("/console/equality")
    expect(page.get_by_role("region", name="What is your sex?")).to_be_visible()
    seen(page, "Equalities", "equality", shot)
