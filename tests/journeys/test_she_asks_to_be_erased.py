# ruff: noqa: F811  fixtures come by import
"""She asks in her account to be erased; the officer finds the request with the law's month, erases, and it is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from moothall.cases.models import Case
from moothall.core.jobs import drain
from moothall.customers.models import Customer
from moothall.notifications.models import Message
from tests.browser import goes_on, looks_right
from tests.interfaces.account.conftest import twin  # noqa: F401  fixture
from tests.interfaces.account.test_identity import ALMA, through
from tests.interfaces.desk.conftest import officer, sits_at  # noqa: F401  fixtures

pytestmark = [pytest.mark.journey, pytest.mark.long, pytest.mark.django_db(transaction=True)]


@pytest.mark.row("B9")
def test_asked_in_her_account_and_done_within_the_month(
    twin: str, client: Client, officer: Any, sits_at: Any, new_page: Callable[..., Page], live_server: Any,
    shot: Callable[[Page, str], object],
) -> None:  # fmt: skip
    through(client, ALMA, prove=True)
    hers, page = new_page(), new_page()
    hers.context.add_cookies(
        [
            {"name": name, "value": one.value, "url": live_server.url}
            for name, one in client.cookies.items()
            if one.value
        ]
    )
    hers.goto("/account/data")
    expect(hers.get_by_role("heading", name="Have it erased")).to_be_visible()
    looks_right(hers)
    with goes_on(hers):
        hers.get_by_role("button", name="Ask to be erased").click()
    expect(hers.get_by_text("You will have our answer by")).to_be_visible()
    expect(hers.get_by_role("button", name="Ask to be erased")).to_have_count(0)
    looks_right(hers)
    shot(hers, "1-asked")
    case = Case.objects.get()
    assert (case.service, case.team) == ("erasure-request", "information-governance")

    sits_at(officer("data-protection-officer", name="Alison Whitcombe"), page)
    page.goto("/console/erasures")
    expect(page.get_by_role("heading", name="Asked for")).to_be_visible()
    looks_right(page)
    shot(page, "2-waiting")
    reference = Customer.objects.get(id=case.customer_id).reference
    with goes_on(page):
        page.get_by_role("link", name=f"{reference[:4]}-{reference[4:]}").click()
    expect(page.get_by_role("button", name="Erase for good")).to_be_visible()
    looks_right(page)
    page.get_by_label("Their reference again").fill(reference)
    with goes_on(page):
        page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_text("are gone from our records")).to_be_visible()
    drain()
    case.refresh_from_db()
    assert (case.state, case.outcome, case.answers) == ("closed", "erased", {})
    assert Message.objects.filter(template="erasure-done").count() == 1
    page.goto("/console/erasures")
    expect(page.get_by_role("heading", name="Done before")).to_be_visible()
    expect(page.get_by_role("heading", name="Asked for")).to_have_count(0)
    hers.goto("/account/")
    expect(hers.get_by_role("heading", level=1)).to_contain_text("Sign in")
