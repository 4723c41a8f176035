"""Rules without code: who gets a larger bin and what a lost one costs are lines of the council's own pack, held to
examples, and told to the customer and to the officer in the words that stand beside them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.cases.models import Case
from moothall.core.packs import queries
from tests.browser import goes_on, looks_right

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.journey, pytest.mark.long, pytest.mark.django_db(transaction=True)]

OWN_RULE = """\
code: new-bin
tables:
  triage:
    rows:
      - id: large-household
        when:
          people:
            at_least: 5
        because: Five or more people live there.
      - id: small-household
        then:
          say: Larger bins are for five or more people. We can help you recycle more.
        because: Fewer than five people live there.
  fee:
    rows:
      - id: ordinary
        then:
          fee: £36
        because: The price of a 240 litre rubbish bin from April.
examples:
"""
HELD = """\
  - says: The price of a 240 litre rubbish bin
    expect:
      fee: £36
  - says: Five people live there
    answers:
      why: bigger
      people: 5
      bin: general
    expect:
      rows:
        triage: large-household
      accept: yes
"""


@pytest.fixture
def packs(tmp_path: Path, settings: Any) -> Path:
    """The council's folder of packs, which it may change as it likes."""
    folder = tmp_path / "councils"
    shutil.copytree(ROOT / "councils", folder)
    settings.PACKS_DIR = folder
    return folder


def choose(page: Page, words: str) -> None:
    page.get_by_label(words, exact=True).check()
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()


def carry_on(page: Page) -> None:
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()


def ask_for_a_bin(page: Page, which: str, why: str) -> None:
    page.goto("/services/new-bin")
    with goes_on(page):
        page.get_by_role("button", name="Start now").click()
    page.get_by_label("Building and street").fill("14 Mill Lane")
    page.get_by_label("Postcode").fill("LS1 1UR")
    carry_on(page)
    choose(page, which)
    choose(page, why)


def leave_her_address(page: Page) -> None:
    page.get_by_label("Your name").fill("Mary Jones")
    page.get_by_label("Email address").fill("mary.jones@example.com")
    carry_on(page)


@pytest.mark.row("C5")
def test_a_council_changes_who_may_have_what_and_everybody_is_told_why(
    council: Any, clock: Any, packs: Path, database_address: str, new_page: Callable[..., Page],
    desk_of: Callable[..., Page], shot: Callable[[Page, str], object],
) -> None:  # fmt: skip
    def moothall(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "moothall.interfaces.cli", *words], capture_output=True, text=True, check=False, cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "DATABASE_URL": database_address, "MOOTHALL_PACKS": str(packs)},
        )  # fmt: skip

    # Five of them live there, and six is the rule.
    page = new_page(java_script_enabled=False)
    ask_for_a_bin(page, "Rubbish bin", "Need a bigger one")
    page.get_by_label("How many people live there?").fill("5")
    carry_on(page)
    leave_her_address(page)
    expect(page.get_by_text("Larger bins are for six or more people.")).to_be_visible()
    assert Case.objects.count() == 0

    # The council writes its own rule. What the catalogue's example says no longer holds, and it is told where.
    own = packs / "leeds" / "services" / "new-bin.yaml"
    own.write_text(OWN_RULE.removesuffix("examples:\n"), encoding="utf-8")
    told = moothall("pack", "check", "leeds")
    assert told.returncode == 1
    assert "new-bin.yaml:" in told.stdout + told.stderr
    assert "The price of a 240 litre rubbish bin" in told.stdout + told.stderr
    assert "£36" in told.stdout + told.stderr
    assert moothall("pack", "apply", "leeds").returncode == 1, "a pack whose examples fail is never in force"

    own.write_text(OWN_RULE + HELD, encoding="utf-8")
    assert moothall("pack", "check", "leeds").returncode == 0
    changed = moothall("pack", "diff", "leeds")
    assert "new-bin" in changed.stdout
    applied = moothall("pack", "apply", "leeds")
    assert applied.returncode == 0, applied.stderr
    queries.forget()

    # The same five may have it now, at no charge, and are told nothing they did not ask.
    page = new_page(java_script_enabled=False)
    ask_for_a_bin(page, "Rubbish bin", "Need a bigger one")
    page.get_by_label("How many people live there?").fill("5")
    carry_on(page)
    leave_her_address(page)
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_role("heading", name="We have it")).to_be_visible()

    # Somebody whose bin is lost sees what it costs, and why, before she sends anything.
    neighbour = new_page()
    ask_for_a_bin(neighbour, "Rubbish bin", "Lost or stolen")
    carry_on(neighbour)
    expect(neighbour.get_by_text("£36").first).to_be_visible()
    expect(neighbour.get_by_text("The price of a 240 litre rubbish bin from April.")).to_be_visible()
    looks_right(neighbour)
    shot(neighbour, "the-price-and-why")

    # The officer sees what was decided, and in whose words.
    case = Case.objects.get()
    officer = desk_of("Bev Stubbs", "service-officer", teams=("refuse-collection",))
    officer.goto(f"/desk/cases/{case.id}/")
    expect(officer.get_by_text("Decided, and why")).to_be_visible()
    expect(officer.get_by_text("Five or more people live there.")).to_be_visible()
    looks_right(officer)
    shot(officer, "decided-and-why")
