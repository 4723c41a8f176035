"""What is away, and what is back, as an adviser, the post room and an administrator read it: wide, and on a telephone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.core import away
from moothall.inbox.post_actions import begin_reading, note_trouble
from moothall.inbox.post_queries import FOLDERS, MAILBOX
from moothall.notifications.actions import quarantine
from tests.browser import axe, fits
from tests.conftest import MovableClock
from tests.interfaces.desk.conftest import Officer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
TROUBLE = "It cannot be opened: No such file or directory."


def test_everybody_reads_it_where_they_would_look(
    new_page: Callable[..., Page], live_server: Any, sits_at: Callable[..., None], officer: Callable[..., Officer],
    clock: MovableClock, shot: Callable[[Page, str], Path],
) -> None:  # fmt: skip
    clock.set("2026-11-23T10:00:00+00:00")
    away.note("residents-sign-in", away.Why.SILENT, at=clock.now())
    for feed in (FOLDERS["post"], MAILBOX):
        begin_reading(feed, at=clock.now())
        note_trouble(feed, TROUBLE, at=clock.now(), wait=timedelta())
    away.note("sending:sms", away.Why.WAITS, at=clock.now())
    away.came_back("sending:post", since=clock.now() - timedelta(hours=3), at=clock.now())
    away.came_back("staff-sign-in", since=clock.now() - timedelta(hours=3), at=clock.now())
    quarantine(source="email", reason="It has more than 600,000 lines.", raw=b"From: a", details={}, at=clock.now())
    who = officer("administrator", "adviser", "post-room-officer", teams=("customer-services",), name="Moira Field")
    said = {
        "/desk/": "The identity service residents sign in with does not answer since",
        "/desk/post/": "The folder of scanned post cannot be read since",
        "/console/": "The council’s own sign-in is back since",
        "/console/quarantine": "It has more than 600,000 lines.",
    }
    for width in (1280, 320):
        page = new_page(width=width, height=900)
        sits_at(who, page)
        for path, words in said.items():
            page.goto(f"{live_server.url}{path}")
            expect(page.get_by_text(words).first).to_be_visible()
            axe(page)
            fits(page)
            shot(page, f"{path.strip('/').replace('/', '-')}-{width}")
        page.close()
