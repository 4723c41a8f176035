"""Mrs Dunn's bin is fetched from her door, as the waste system's list says. The crew writes “not out”; she never reads it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from playwright.sync_api import Page, expect

from moothall.cases.models import Case
from moothall.core.actors import SYSTEM
from moothall.customers.actions import create_customer
from moothall.interfaces.cli.main import root
from tests.browser import goes_on, looks_right
from tests.rounds.conftest import HOME, round_  # noqa: F401 - a fixture

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

LIST = "address,postcode,until,notes\n14 Mill Lane,LS1 1UR,31/05/2026,Behind the side gate\n"


def choose(page: Page, words: str) -> None:
    page.get_by_label(words, exact=True).check()
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()


@pytest.mark.long
def test_what_the_list_says_is_on_the_desk_and_not_out_is_never_said(
    council: Any, clock: Any, page: Page, round_: Any, desk_of: Callable[..., Page], tmp_path: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch, shot: Callable[[Page, str], object],
) -> None:  # fmt: skip
    monkeypatch.setattr("moothall.interfaces.cli.support.close_connections", lambda: None)
    path = tmp_path / "assisted.csv"
    path.write_text(LIST)
    words = ["import", "assisted", str(path), "--source", "waste", "--complete", "--report", str(tmp_path / "r.csv")]
    told = CliRunner().invoke(root, words)
    assert "1 rows read: 1 homes new" in told.output, told.output

    clock.set("2026-03-02T10:00")
    round_("not_out", "09:12", uprn=HOME)
    page.goto(f"/bin-day/{HOME}")
    expect(page.get_by_text("The crew came at 9.12am and did not take it.")).to_be_visible()
    expect(page.get_by_text("not out")).to_have_count(0)
    looks_right(page)

    page.goto("/services/missed-bin")
    with goes_on(page):
        page.get_by_role("button", name="Start now").click()
    page.get_by_label("Postcode").fill("LS1 1UR")
    with goes_on(page):
        page.get_by_role("button", name="Find the address").click()
    choose(page, "14 Mill Lane, LS1 1UR")
    choose(page, "General rubbish")
    expect(page.get_by_text("The crew came at 9.12am and did not take it.")).to_be_visible()
    for words_ in ("The night before", "Only my bin", "No", "No", "Yes"):
        choose(page, words_)
    page.get_by_label("Email address").fill("amina.dunn@example.com")
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_role("heading", name="We have it")).to_be_visible()
    assert Case.objects.get().priority == "high"

    dunn = create_customer(
        given_name="Amina",
        family_name="Dunn",
        address_text="14 Mill Lane, LS1 1UR",
        uprn=HOME,
        by=SYSTEM,
        at=clock.now(),
    )
    desk = desk_of("Priya Shah", "adviser", teams=("customer-services",))
    desk.goto(f"/desk/people/{dunn.id}")
    with goes_on(desk):
        desk.get_by_role("button", name="They are in touch with us now").click()
    for name in ("Everything, newest first", "This contact"):
        expect(desk.get_by_role("heading", name=name)).to_be_visible()
        expect(desk.get_by_text("Fetched by the crew, until 31 May 2026")).to_be_visible()
        expect(desk.get_by_text("Behind the side gate")).to_be_visible()
        looks_right(desk)
        shot(desk, name[:4].strip().lower())
        if name.startswith("Everything"):
            desk.get_by_role("button", name="They’re on the line").click()
            expect(desk.get_by_role("heading", name="This contact")).to_be_visible()
