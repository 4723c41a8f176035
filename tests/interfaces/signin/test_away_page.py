"""The pages on which one signs in, while the sign-in elsewhere is away: read on a wide screen and on a telephone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.core import away
from tests.browser import axe, fits

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]


def test_both_pages_say_it_plainly(
    council: Any, clock: Any, settings: Any, new_page: Callable[..., Page], shot: Callable[[Page, str], Path]
) -> None:
    clock.set("2026-11-23T10:00:00+00:00")
    settings.OIDC_RP_CLIENT_ID = "moothall"
    settings.RESIDENT_PROVIDER = settings.RESIDENT_PROVIDER | {"client_id": "moothall", "name": "GOV.UK One Login"}
    for why in (away.Why.SILENT, away.Why.CLOCKS):
        for code in ("staff-sign-in", "residents-sign-in"):
            away.note(code, why, at=clock.now())
        for width in (1280, 320):
            page = new_page(width=width, height=900)
            page.goto("/sign-in/?council=away&next=/desk/")
            expect(page.get_by_role("alert")).to_contain_text("council’s own sign-in")
            axe(page)
            fits(page)
            shot(page, f"staff-{why}-{width}")
            page.goto("/account/sign-in")
            expect(page.get_by_text("It has been away since Monday 23 November, 10am")).to_be_visible()
            axe(page)
            fits(page)
            shot(page, f"residents-{why}-{width}")
            page.close()
