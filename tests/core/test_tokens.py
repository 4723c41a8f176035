"""The secrets of private links: for one use and one thing, and never an error, whatever is typed."""

from __future__ import annotations

from uuid import UUID

import pytest

from moothall.core.tokens import opens, read_signed_id, signed_id, token_of

ONE, OTHER = UUID(int=1), UUID(int=2)


def test_a_secret_opens_its_thing_for_its_use_alone():
    token = token_of("repairs.order", ONE)
    assert len(token) == 32
    assert opens(token, "repairs.order", ONE)
    assert not opens(token, "repairs.order", OTHER)
    assert not opens(token, "reports.stop", ONE)
    assert not opens(token[:31], "repairs.order", ONE)


@pytest.mark.parametrize("typed", ["", "é" * 32, "0" * 32, "\x00"])
def test_what_is_no_secret_opens_nothing(typed):
    assert not opens(typed, "repairs.order", ONE)
    assert read_signed_id("feedback", typed) is None


def test_a_signed_id_is_read_for_its_use_alone():
    token = signed_id("feedback", ONE)
    assert read_signed_id("feedback", token) == ONE
    assert read_signed_id("messages.read", token) is None
    assert read_signed_id("feedback", token.replace("1", "2", 1)) is None
