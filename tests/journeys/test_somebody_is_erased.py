# ruff: noqa: F811  fixtures come by import
"""The data-protection officer erases somebody: refused while work is under way, done when it is over, with a receipt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.cases.actions import close_case
from moothall.core.actors import SYSTEM
from moothall.core.jobs import drain
from moothall.notifications.models import Message
from tests.browser import goes_on, looks_right
from tests.customers.privacy.test_forgetting import left_of
from tests.interfaces.desk.conftest import amina, missed_bin, officer, sits_at  # noqa: F401  fixtures

pytestmark = [pytest.mark.journey, pytest.mark.long, pytest.mark.django_db(transaction=True)]


def ask(page: Page, reference: str) -> None:
    """Show what erasing somebody would do."""
    page.goto("/console/erasures")
    page.get_by_label("Customer’s reference").fill(reference)
    with goes_on(page):
        page.get_by_role("button", name="Show what would happen").click()


@pytest.mark.row("B9")
def test_refused_then_done_with_a_receipt(
    amina: Any, missed_bin: Any, officer: Any, sits_at: Any, page: Page, clock: Any, shot: Callable[[Page, str], object]
) -> None:
    raised = missed_bin(amina)
    drain()
    sits_at(officer("data-protection-officer", name="Alison Whitcombe"), page)
    ask(page, amina.reference)
    expect(page.get_by_role("heading", name="Amina Dunn")).to_be_visible()
    expect(page.get_by_text("Cases under way")).to_be_visible()
    looks_right(page)
    shot(page, "1-in-the-way")
    page.get_by_label("Their reference again").fill(amina.reference)
    with goes_on(page):
        page.get_by_role("button", name="Refuse, and tell them why").click()
    expect(page.get_by_text("We could not erase it.")).to_be_visible()
    looks_right(page)
    assert Message.objects.filter(template="erasure-refused").count() == 1

    clock.advance(minutes=10)
    close_case(raised.case_id, outcome="collected", resolved=True, by=SYSTEM, at=clock.now())
    drain()
    ask(page, amina.reference)
    expect(page.get_by_role("button", name="Erase for good")).to_be_visible()
    looks_right(page)
    shot(page, "2-may-go")
    page.get_by_label("Their reference again").fill("K")
    with goes_on(page):
        page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter the reference again")
    page.get_by_label("Their reference again").fill(amina.reference)
    with goes_on(page):
        page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_text("are gone from our records")).to_be_visible()
    looks_right(page)
    shot(page, "3-receipt")
    page.goto("/console/erasures")
    expect(page.get_by_role("cell", name="Refused")).to_be_visible()
    looks_right(page)
    shot(page, "4-list")

    clock.advance(days=2)  # the address of the receipt goes last
    drain()
    for word in ("Amina", "Dunn", "447700900123", "Mill Lane"):
        assert set(left_of(word)) <= {"reports_report.place"}, word
