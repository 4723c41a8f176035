"""Every provider in every kind of trouble has its test, or the reason why that cannot happen is written down."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from moothall.notifications.adapters.social import KINDS
from tests.outages import (
    test_providers_in_trouble,
    test_the_identity_provider,
    test_the_mail_server,
    test_the_mailbox,
    test_the_scan_folder,
    test_the_staff_sign_in,
)
from tests.outages.providers import OUTGOING
from tests.outages.test_what_comes_in import TELLERS

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = ("Away for a day", "Slow", "Wrong", "Twice", "In another order", "The wait is shown")
OTHERS = {"mailbox", "lmtp", "scans", "reports", "identity", "staff-sign-in"}
OF_OUTGOING, OF_TOLD = {"day", "queue"}, {"told", "forged"}


def rows(head: str) -> list[list[str]]:
    """The cells of the table of the page that begins with this column."""
    lines = (ROOT / "docs/outages.md").read_text(encoding="utf-8").splitlines()
    begins = next(n for n, line in enumerate(lines) if line.startswith(f"| {head} |"))
    found = []
    for line in lines[begins + 2 :]:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


PROVIDERS = {cells[1].strip("`"): dict(zip(COLUMNS, cells[2:], strict=True)) for cells in rows("Whom")}
WORDS = {word: test.strip("`") for word, test in rows("Word")}
REASONS = dict(rows("Number"))


@cache
def names_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_each_provider_has_its_row() -> None:
    assert set(PROVIDERS) == set(OUTGOING) | (set(TELLERS) - set(OUTGOING)) | OTHERS
    for network in KINDS:
        assert {f"{network}-public", f"{network}-private", f"{network}-reading"} <= set(PROVIDERS)


@pytest.mark.parametrize("provider", sorted(PROVIDERS))
def test_each_cell_has_its_test_or_its_reason(provider: str) -> None:
    for column, word in PROVIDERS[provider].items():
        assert word in WORDS or word in REASONS, f"{column}: “{word}”"
        if word in OF_OUTGOING:
            assert provider in OUTGOING, column
        if word in OF_TOLD:
            assert provider in TELLERS, column


def test_each_word_is_a_test_that_is_there_and_each_is_needed() -> None:
    for word, test in WORDS.items():
        path, _, name = test.partition("::")
        assert name in names_in(path), word
    used = {word for cells in PROVIDERS.values() for word in cells.values()}
    assert used == set(WORDS) | set(REASONS)
    assert all(len(why) > 20 for why in REASONS.values())


def test_the_names_in_a_day_know_each_trouble() -> None:
    for module in (test_providers_in_trouble, test_the_mailbox, test_the_identity_provider, test_the_staff_sign_in):
        assert set(module.TROUBLES) == {"down", "wrong", "garbage", "slow", "cut"}, module.__name__
    for own in (test_the_mail_server, test_the_scan_folder):
        assert {"down", "wrong", "full", "cut"} <= set(own.TROUBLES), own.__name__
