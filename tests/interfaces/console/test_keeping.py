# ruff: noqa: F811  fixtures come by import
"""The privacy officer sees what is due and when, keeps a request for a claim, and lifts it; the night does the rest."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner
from playwright.sync_api import Page, expect

from moothall.cases.actions import close_case
from moothall.cases.models import Case
from moothall.core.actors import SYSTEM
from moothall.core.jobs import drain
from moothall.customers.models import Customer
from moothall.customers.privacy.models import Hold
from tests.browser import goes_on, looks_right
from tests.interfaces.desk.conftest import amina, missed_bin, officer, sits_at  # noqa: F401  fixtures


@pytest.fixture
def old(amina: Customer, missed_bin: Any, clock: Any) -> Case:
    """A missed bin of eight years ago."""
    raised = missed_bin(amina)
    clock.advance(hours=30)
    close_case(raised.case_id, outcome="collected", resolved=True, by=SYSTEM, at=clock.now())
    clock.advance(days=8 * 366)
    return Case.objects.get(id=raised.case_id)


@pytest.mark.row("B9")
@pytest.mark.journey
@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_kept_for_a_claim_lifted_and_gone_by_itself(
    old: Case, officer: Any, sits_at: Any, page: Page, clock: Any, shot: Callable[[Page, str], object]
) -> None:
    shown = f"{old.reference[:4]}-{old.reference[4:]}"
    sits_at(officer("data-protection-officer", name="Alison Whitcombe"), page)
    page.goto("/console/")
    with goes_on(page):
        page.get_by_role("link", name="What is due to go").click()
    expect(page.get_by_role("row", name="Closed requests").get_by_role("cell").nth(1)).to_have_text("1")
    looks_right(page)
    shot(page, "1-due")
    with goes_on(page):
        page.get_by_role("link", name="Closed requests").click()
    expect(page.get_by_role("cell", name="Tonight")).to_be_visible()
    looks_right(page)
    shot(page, "2-class")
    with goes_on(page):
        page.get_by_role("link", name=f"Keep Report a missed bin {old.reference} longer").click()
    expect(page.get_by_role("heading", level=1, name="Keep it longer")).to_be_visible()
    with goes_on(page):
        page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose why it is kept.")
    looks_right(page)
    page.get_by_label("Why it is kept").select_option("legal-claim")
    page.get_by_label("Which one").fill("Claim 26/114")
    with goes_on(page):
        page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("cell", name="Kept: A legal claim")).to_be_visible()
    looks_right(page)

    drain()
    assert Case.objects.get().answers
    page.goto("/console/retention")
    expect(page.get_by_role("heading", name=f"Closed requests {shown}")).to_be_visible()
    looks_right(page)
    shot(page, "3-kept")
    with goes_on(page):
        page.get_by_role("button", name="Lift it").click()
    expect(page.get_by_text("Lifted. It goes when it is due.")).to_be_visible()
    clock.advance(days=1)
    drain()
    assert (Case.objects.get().answers, Case.objects.get().customer_id) == ({}, None)
    page.reload()
    expect(page.get_by_role("heading", name="What went lately")).to_be_visible()
    expect(page.get_by_text("Closed requests: 1").first).to_be_visible()
    looks_right(page)
    shot(page, "4-gone")


@pytest.mark.django_db
def test_a_person_is_kept_by_reference_and_nonsense_is_answered(amina: Customer, officer: Any, clock: Any) -> None:
    web = officer("data-protection-officer", name="Alison Whitcombe").client
    wrong = web.post("/console/retention", {"reference": "K", "reason": "complaint"})
    assert wrong.status_code == 422
    assert web.post("/console/retention", {"reference": amina.reference, "reason": ""}).status_code == 422
    late = {"reference": amina.reference, "reason": "complaint", "review": "yesterday"}
    assert "like 2027-03-31" in web.post("/console/retention", late).content.decode()
    right = {"reference": amina.reference, "reason": "complaint", "note": "Ombudsman", "review": "2027-03-31"}
    assert web.post("/console/retention", right).status_code == 302
    assert Hold.objects.get().customer_id == amina.id
    for address in (
        "nothing",
        f"case/{uuid4()}/keep?since=2020-01-01T00:00:00%2B00:00",
        f"case/{uuid4()}/keep?since=soon",
    ):
        assert web.get(f"/console/retention/{address}").status_code == 404
    assert officer("auditor", name="Idris Bell").client.get("/console/retention").status_code == 403


@pytest.mark.django_db
def test_the_command_says_what_would_go_and_lets_it_go(old: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    from moothall.interfaces.cli import retention, support

    monkeypatch.setattr(support, "database", _same_database)
    runner = CliRunner()
    told = runner.invoke(retention.command, ["--json", "--class", "case"])
    assert json.loads(told.stdout)[0] | {"first": ""} == {
        "class": "case", "name": "Closed requests", "due": 1, "soon": 0, "first": "",
    }  # fmt: skip
    assert Case.objects.get().answers, "only told"
    gone = runner.invoke(retention.command, ["--run", "--json"])
    assert json.loads(gone.stdout)["gone"]["Closed requests"] == 1
    assert Case.objects.get().answers == {}
    assert "Nothing was due." in runner.invoke(retention.command, ["--run"]).stdout
    assert runner.invoke(retention.command, ["--class", "sofa"]).exit_code == 2


def _same_database() -> Any:
    from contextlib import nullcontext

    return nullcontext()
