"""Miss May posts about her bin. It is taken private, she shows who she is, and is answered within a working day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.channels.social.fetching import fetch
from moothall.core.actors import SYSTEM
from moothall.core.jobs import drain
from moothall.customers.actions import create_customer
from moothall.notifications.adapters.social.twin_pictures import sample
from moothall.promises.models import Promise
from tests.browser import axe, fits
from tests.channels.social_world import social_networks
from tests.conftest import MovableClock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("A8"), pytest.mark.long]


def test_miss_may_is_answered_privately(
    council: Any,
    desk_of: Callable[..., Page],
    clock: MovableClock,
    live_server: Any,
    settings: Any,
    shot: Callable[..., Any],
) -> None:
    clock.set("2026-11-23T09:00:00+00:00")
    settings.PUBLIC_URL = live_server.url
    create_customer(
        given_name="Violet", family_name="May", address_text="3 Harbour Row, Leeds", by=SYSTEM, at=clock.now(),
        contact_points=[("phone", "07700 900456")],
    )  # fmt: skip
    with social_networks(settings) as twin:
        photo = (sample(), "My bin, still full")
        twin.say("@council nobody came about my missed bin. I am fed up.", name="Miss May", pictures=[photo])
        fetch("mastodon", at=clock.now())
        drain()
        desk = desk_of("Priya Shah", "adviser", teams=("customer-services",))
        desk.goto("/desk/inbox/")
        desk.get_by_role("link", name="nobody came about my missed bin").click()
        expect(desk.get_by_text("Everyone can read it", exact=True)).to_be_visible()
        picture = desk.get_by_alt_text("Picture 1 that came with it")
        expect(picture).to_be_visible()
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("naturalWidth", 640)
        expect(desk.get_by_text("Picture 1 shows, they say: My bin, still full")).to_be_visible()
        axe(desk)
        for width in (320, 1280):
            desk.set_viewport_size({"width": width, "height": 900})
            fits(desk)
            shot(desk, f"mention-{width}")

        desk.locator("#answer-text").fill("Is it the bin at LS21 1AA?")
        desk.locator("#finish-cause").check(force=True)
        desk.get_by_role("button", name="Ask a colleague to check it").click()
        expect(desk.get_by_text("it has a postcode (LS21 1AA)").first).to_be_visible()
        desk.get_by_text("Take it private", exact=True).click()
        expect(desk.get_by_role("button", name="Write to them privately")).to_be_visible()
        desk.get_by_role("button", name="Write to them privately").click()
        expect(desk.get_by_text("Taken private,")).to_be_visible()
        drain()
        direct = next(one for one in twin.ours() if one["private"])
        assert "Here only you and we can read along" in direct["text"]
        assert all("LS21" not in one["text"] for one in twin.ours())

        clock.advance(hours=2)
        twin.say("Violet May, 3 Harbour Row. The brown bin.", private=True, answers=direct["number"], name="Miss May")
        fetch("mastodon", at=clock.now())
        desk.goto("/desk/inbox/")
        desk.get_by_role("link", name="Violet May, 3 Harbour Row").click()
        expect(desk.get_by_text("Not shown yet who they are")).to_be_visible()
        desk.locator("#who").fill("Violet May")
        desk.locator("#who").press("Enter")
        expect(desk.get_by_text("1 person found")).to_be_visible()
        desk.get_by_role("button", name="Violet May").first.click()
        expect(desk.get_by_role("heading", name="Violet May").first).to_be_visible()
        desk.get_by_text("Check who they are", exact=True).click()
        expect(desk.locator("#how")).to_be_visible()
        desk.locator("#how").select_option(label="They knew two things we hold")
        desk.locator("#check").get_by_role("button", name="Keep").click()
        expect(desk.get_by_text("Shown who they are")).to_be_visible()
        desk.locator("#answer-text").fill("Thank you. The crew comes back tomorrow before noon for your brown bin.")
        desk.locator("#finish-cause").check(force=True)
        desk.get_by_role("button", name="Send the answer").click()
        expect(desk.get_by_text("Dealt with.")).to_be_visible()
        drain()
        answered, asked = twin.ours()[-2:]
        assert answered["private"]
        assert "before noon" in answered["text"]
        assert asked["private"]
        assert "How did we do?" in asked["text"]
        kept = list(Promise.objects.filter(kind="reply").values_list("state", flat=True))
        assert kept == ["met", "met"]
        expect(desk.get_by_text("Nothing here")).to_be_visible()
