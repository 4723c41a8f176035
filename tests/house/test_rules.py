from pathlib import Path

import pytest

from tests.house.rules import breaches, broken_rules, claims_rows, hasty, hasty_browsing, rows_at_large, unmerged


def test_the_house_keeps_its_rules():
    assert broken_rules() == []


@pytest.mark.parametrize(
    ("path", "source", "what"),
    [
        ("moothall/cases/queries.py", "from django.http import Http404", "no HTTP"),
        ("moothall/cases/queries.py", "from django import http", "no HTTP"),
        ("moothall/cases/actions.py", "from datetime import datetime\nx = datetime.now()", "core.clock"),
        ("moothall/cases/actions.py", "from django.db.models.signals import post_save", "signals"),
        ("moothall/cases/models.py", "class A:\n    def save(self): ...", "overrides save"),
        ("moothall/interfaces/desk/views.py", "x = Case.objects.all()", "touches rows"),
        ("moothall/interfaces/desk/views.py", "case.save()", "writes rows"),
        ("moothall/cases/utils.py", "", "name it"),
        ("moothall/cases/rules.py", "\n" * 600, "long"),
    ],
)
def test_a_breach_is_seen(path: str, source: str, what: str):
    assert any(what in said for said in breaches(Path(path), source))


def test_what_is_allowed_passes():
    assert breaches(Path("moothall/interfaces/desk/views.py"), "from django.http import HttpRequest") == []
    assert breaches(Path("moothall/core/clock.py"), "x = datetime.now(UTC)") == []


def test_no_browser_test_looks_before_the_page_is_there():
    assert hasty_browsing() == []


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        (["page.get_by_role('link').click()", "looks_right(page)"], [2]),
        (["page.get_by_role('link').click()"], [2]),
        (["keys(page, 'a name', 'Enter')", "shot(page, 'x')"], [2]),
        (["page.keyboard.press('e')", "page.evaluate('1')"], [2]),
        (["if wide:", "    page.get_by_role('link').click()", "expect(page).to_have_url('x')"], [3]),
        (["page.get_by_role('link').click()", "expect(page.get_by_role('heading')).to_be_visible()"], []),
        (["with goes_on(page):", "    keys(page, 'Enter')", "looks_right(page)"], []),
        (["with page.expect_download():", "    page.get_by_role('link').click()"], []),
        (["keys(page, 'Tab')", "looks_right(page)"], []),
    ],
)
def test_haste_is_seen(lines: list[str], wrong: list[int]):
    assert hasty("from tests.browser import keys\n" + "\n".join(lines)) == wrong


def test_a_row_is_claimed_by_the_test_that_performs_it():
    assert rows_at_large() == []
    assert claims_rows('pytestmark = [pytest.mark.long, pytest.mark.row("A4")]')
    assert not claims_rows('@pytest.mark.row("A4")\ndef test_one(): ...')


def test_no_merge_was_left_unfinished(tmp_path: Path):
    assert unmerged() == []
    (tmp_path / "councils").mkdir()
    (tmp_path / "councils" / "roles.yaml").write_text(f"- code: adviser\n{'<' * 7} HEAD\n", encoding="utf-8")
    assert unmerged(tmp_path) == ["councils/roles.yaml:2: a merge was not finished here"]
