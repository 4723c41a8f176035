"""She is told that her bin was not due, and says that it was: on the web and on the telephone she goes on with the same
request, nothing is asked twice, and a person looks at it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.cases.models import Case
from moothall.core.references import show_reference
from tests.browser import goes_on, looks_right
from tests.journeys.test_mrs_jones_third_missed_bin import choose, send_it
from tests.rounds.conftest import HOME, round_  # noqa: F401 - a fixture

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.long]
NARROW, WIDE = {"width": 320, "height": 640}, {"width": 1280, "height": 800}


def both(page: Page, shot: Callable[[Page, str], object], name: str) -> None:
    """Look at a page wide and narrow."""
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        looks_right(page)
        shot(page, f"{name}-{size['width']}")


def test_on_the_web(
    page: Page, clock: Any, round_: Any, shot: Callable[[Page, str], object]  # noqa: F811
) -> None:  # fmt: skip
    clock.set("2026-03-02T10:00")
    page.goto("/search?q=my+bin+was+missed")
    expect(page.locator("main a").filter(has_text="bin").first).to_contain_text("Report a missed bin")
    both(page, shot, "1-search")
    page.goto("/services/missed-bin")
    with goes_on(page):
        page.get_by_role("button", name="Start now").click()
    page.get_by_label("Postcode").fill("LS1 1UR")
    with goes_on(page):
        page.get_by_role("button", name="Find the address").click()
    page.get_by_label("14 Mill Lane, LS1 1UR").check()
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()
    choose(page, "Recycling")
    both(page, shot, "2-is-that-right")
    choose(page, "Yes")
    with goes_on(page):
        page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("We’ve noted that you asked")
    both(page, shot, "3-noted")
    with goes_on(page):
        page.get_by_role("button", name="That is not right: tell us").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("When did you put it out?")
    send_it(page)
    with goes_on(page):
        page.get_by_role("button", name="Send it").click()
    case = Case.objects.get()
    expect(page.get_by_text(show_reference(case.reference)).first).to_be_visible()
    both(page, shot, "4-sent")
    assert (case.team, case.answers["record_right"]) == ("round-supervisors", "no")


def test_at_the_desk(
    desk_of: Callable[..., Page],
    clock: Any,
    round_: Any,  # noqa: F811
    shot: Callable[[Page, str], object],
) -> None:
    clock.set("2026-03-02T10:00")
    page = desk_of("Ravi Patel", "adviser", teams=("customer-services",))
    page.goto("/desk/")
    with goes_on(page):
        page.get_by_role("button", name="Begin the call").click()
    page.get_by_label("What do they want?").fill("my bin was missed")
    with goes_on(page):
        page.get_by_role("button", name="Report a missed bin").click()
    page.get_by_label("Which address was missed?").fill("14 Mill Lane")
    page.get_by_role("option", name="14 Mill Lane").click()
    expect(page.get_by_label("Which address was missed?")).to_have_value("14 Mill Lane, LS1 1UR")
    page.get_by_label("Recycling").check()
    expect(page.locator("[data-promise]")).to_have_text("none, it is not taken on")
    page.locator("#record_right").check()
    with goes_on(page):
        page.locator("[data-send]").click()
    expect(page.get_by_text("Not taken on: That bin has not been due in the last few days.")).to_be_visible()
    expect(page.get_by_text("Its next collection is Monday 9 March. Put it out by 7am")).to_be_visible()
    both(page, shot, "1-decided")
    with goes_on(page):
        page.get_by_role("button", name="They say that is not right").click()
    expect(page.get_by_label("Recycling")).to_be_checked()
    expect(page.get_by_text("When did you put it out?")).to_be_visible()
    both(page, shot, "2-disputed")


def test_a_leader_sees_what_is_late_in_all_teams(
    desk_of: Callable[..., Page],
    clock: Any,
    round_: Any,  # noqa: F811
    shot: Callable[[Page, str], object],
) -> None:
    page = desk_of("Ruth Bell", "team-leader", teams=("customer-services",))
    page.goto("/desk/")
    expect(page.get_by_text("Of all teams, nothing is late.")).to_be_visible()
    both(page, shot, "1-home")
    page.goto("/desk/queue/?pace=late")
    both(page, shot, "2-hers")
    with goes_on(page):
        page.get_by_role("link", name="Show the same of all teams").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("All teams")
    both(page, shot, "3-all")
