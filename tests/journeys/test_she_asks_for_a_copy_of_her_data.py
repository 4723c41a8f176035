# ruff: noqa: F811  fixtures come by import
"""She asks in her account; it is built, looked through line by line and released; she fetches what is hers alone."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from moothall.core.jobs import drain
from moothall.customers.privacy.models import Copy
from moothall.notifications.models import Message
from tests.browser import goes_on, looks_right
from tests.interfaces.account.conftest import twin  # noqa: F401  fixture
from tests.interfaces.account.test_identity import ALMA, through
from tests.interfaces.desk.conftest import officer, sits_at  # noqa: F401  fixtures

pytestmark = [pytest.mark.journey, pytest.mark.long, pytest.mark.django_db(transaction=True)]


@pytest.mark.row("B9")
def test_asked_looked_through_released_and_fetched(
    twin: str, client: Client, officer: Any, sits_at: Any, page: Page, no_script: Page, live_server: Any,
    shot: Callable[[Page, str], object],
) -> None:  # fmt: skip
    through(client, ALMA, prove=True)
    hers = no_script
    cookies = [
        {"name": name, "value": one.value, "url": live_server.url} for name, one in client.cookies.items() if one.value
    ]
    hers.context.add_cookies(cookies)
    hers.goto("/account/")
    with goes_on(hers):
        hers.get_by_role("link", name="A copy of my data").click()
    expect(hers.get_by_role("heading", name="My data")).to_be_visible()
    shot(hers, "1-ask")
    with goes_on(hers):
        hers.get_by_role("button", name="Ask for a copy").click()
    expect(hers.get_by_text("You will have it by")).to_be_visible()
    shot(hers, "2-asked")
    drain()

    sits_at(officer("data-protection-officer", name="Alison Whitcombe"), page)
    page.goto("/console/copies")
    expect(page.get_by_role("heading", name="To look through")).to_be_visible()
    looks_right(page)
    shot(page, "3-list")
    with goes_on(page):
        page.get_by_role("link", name="Alma Dunn").click()
    with goes_on(page):
        page.get_by_role("link", name="Record", exact=True).click()
    expect(page.get_by_role("rowheader", name="Family name")).to_be_visible()
    looks_right(page)
    shot(page, "4-lines")
    page.get_by_role("row", name="Family name").get_by_role("checkbox").check()
    page.get_by_label("Why it is taken out").select_option("somebody-else")
    with goes_on(page):
        page.get_by_role("button", name="Take the ticked lines out").click()
    expect(page.get_by_text("1 line taken out")).to_be_visible()
    looks_right(page)
    shot(page, "5-taken-out")
    with goes_on(page):
        page.get_by_role("button", name="Release it to them").click()
    expect(page.get_by_role("heading", name="Released lately")).to_be_visible()
    looks_right(page)
    drain()
    assert Message.objects.filter(template="copy-released").count() == 1

    hers.reload()
    expect(hers.get_by_role("link", name="Fetch it (zip)")).to_be_visible()
    looks_right_without_script(hers, page, cookies)
    shot(hers, "6-ready")
    with hers.expect_download() as fetched:
        hers.get_by_role("link", name="Fetch it (zip)").click()
    with zipfile.ZipFile(fetched.value.path()) as archive:
        told, readable = json.loads(archive.read("data.json")), archive.read("index.html").decode()
    assert told["record"]["given_name"] == "Alma"
    assert told["record"]["family_name"].startswith("Taken out")
    assert "Alma" in readable
    assert Copy.objects.get().fetched_at is not None


def looks_right_without_script(hers: Page, page: Page, cookies: Any) -> None:
    """Check her page in a window that runs scripts, as axe needs one."""
    page.context.clear_cookies()
    page.context.add_cookies(cookies)
    page.goto("/account/data")
    expect(page.get_by_role("heading", name="My data")).to_be_visible()
    looks_right(page)
