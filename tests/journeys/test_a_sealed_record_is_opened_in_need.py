# ruff: noqa: F811  fixtures come by import
"""A team leader meets a sealed record, opens it with a reason, and somebody else judges whether that was right."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.core.jobs import drain
from moothall.core.references import show_reference
from moothall.customers.models import Look
from moothall.notifications.models import Message
from tests.browser import goes_on, looks_right
from tests.customers.linking.conftest import deliver
from tests.customers.privacy.test_glass import REFUGE
from tests.interfaces.desk.conftest import chooses_why, officer, sits_at  # noqa: F401  fixtures
from tests.security.test_restricted import person, raised  # noqa: F401  fixtures

pytestmark = [pytest.mark.journey, pytest.mark.long, pytest.mark.django_db(transaction=True)]
WHY = "Her neighbour rang: the child was left alone tonight."


@pytest.mark.row("B9")
def test_opened_in_need_told_at_once_and_judged(
    raised: Any, officer: Any, sits_at: Any, page: Page, council: Any, clock: Any, shot: Callable[[Page, str], object]
) -> None:
    service = str(council.services["safeguarding-child"].name)
    leader = officer("team-leader", name="Grace Okonjo")
    guardian = officer("data-protection-officer", name="Alison Whitcombe")
    sits_at(leader, page)

    page.goto(f"/desk/search?q={show_reference(raised.reference)}")
    expect(page.get_by_role("heading", name="This record is sealed")).to_be_visible()
    assert service not in page.content()
    looks_right(page)
    shot(page, "1-sealed")
    with goes_on(page):
        page.get_by_role("button", name="Open it for 30 minutes").click()
    expect(page.get_by_role("alert")).to_contain_text("Say in a sentence")
    looks_right(page)
    page.get_by_label("Why must you see it now?").fill(WHY)
    with goes_on(page):
        page.get_by_role("button", name="Open it for 30 minutes").click()
    expect(page.get_by_role("heading", name=service)).to_be_visible()
    expect(page.get_by_text("You can read, not change")).to_be_visible()
    looks_right(page)
    shot(page, "2-open")
    assert list(Look.objects.values_list("purpose", "screen")) == [("break-glass", "desk.sealed-case")] * 1

    drain()
    told = Message.objects.get(template="glass-broken")
    assert told.to == "data.protection@example.org"
    assert "Grace Okonjo" in told.subject

    clock.advance(minutes=31)
    page.reload()
    expect(page.get_by_role("heading", name="It is sealed again")).to_be_visible()
    assert service not in page.content()
    looks_right(page)
    shot(page, "3-over")

    sits_at(guardian, page)
    page.goto("/console/")
    shot(page, "3b-console")
    with goes_on(page):
        page.get_by_role("link", name="1 sealed record opened").click()
    expect(page.get_by_role("heading", name="Grace Okonjo: Social care and safeguarding")).to_be_visible()
    expect(page.get_by_text(WHY)).to_be_visible()
    looks_right(page)
    shot(page, "4-to-judge")
    page.get_by_label("What you found").fill("The duty team was shut; the police were called.")
    with goes_on(page):
        page.get_by_role("button", name="Justified", exact=False).first.click()
    expect(page.get_by_text("Nothing waits for you")).to_be_visible()
    with goes_on(page):
        page.get_by_role("link", name="Those looked into").click()
    expect(page.get_by_text("The duty team was shut")).to_be_visible()
    looks_right(page)
    shot(page, "5-judged")


def test_about_a_person(
    raised: Any, officer: Any, sits_at: Any, page: Page, person: Any, shot: Callable[[Page, str], object]
) -> None:
    sits_at(officer("team-leader", name="Grace Okonjo"), page)
    page.goto(f"/desk/people/{person.id}/")
    chooses_why(page)
    with goes_on(page):
        page.get_by_role("link", name="Sealed records, in an emergency").click()
    expect(page.get_by_role("heading", name="Sealed records of Amina Dunn")).to_be_visible()
    looks_right(page)
    shot(page, "1-kinds")
    page.get_by_label("Social care and safeguarding").check()
    page.get_by_label("Why must you see it now?").fill(WHY)
    with goes_on(page):
        page.get_by_role("button", name="Open it for 30 minutes").click()
    expect(page.get_by_role("heading", name="Social care and safeguarding: Amina Dunn")).to_be_visible()
    looks_right(page)
    shot(page, "2-list")
    with goes_on(page):
        page.get_by_role("button", name="I have what I need").click()
    expect(page.get_by_text("You closed it")).to_be_visible()


def test_somebody_known_only_to_social_care(
    council: Any, clock: Any, officer: Any, sits_at: Any, page: Page, shot: Callable[[Page, str], object]
) -> None:
    deliver("social-care", json.dumps([REFUGE]).encode(), clock.now())
    sits_at(officer("team-leader", name="Grace Okonjo"), page)
    page.goto("/desk/search?q=Amina+Dunnington")
    expect(page.get_by_text("Nothing found")).to_be_visible()
    with goes_on(page):
        page.get_by_role("link", name="Somebody known only behind the seal").click()
    expect(page.get_by_role("heading", name="Somebody known only behind the seal")).to_be_visible()
    looks_right(page)
    shot(page, "1-find")
    page.get_by_label("First name").fill("Amina")
    page.get_by_label("Last name").fill("Dunnington")
    page.get_by_label("Social care and safeguarding").check()
    page.get_by_label("Why must you see it now?").fill(WHY)
    with goes_on(page):
        page.get_by_role("button", name="Look, and open it for 30 minutes").click()
    expect(page.get_by_role("alert")).to_contain_text("the date of birth or the address")
    expect(page.get_by_label("Last name")).to_have_value("Dunnington")
    page.get_by_label("Date of birth").fill("2 5 1948")
    with goes_on(page):
        page.get_by_role("button", name="Look, and open it for 30 minutes").click()
    expect(page.get_by_role("heading", name="Social care and safeguarding: Amina Dunnington")).to_be_visible()
    expect(page.get_by_text("3 Quiet Close, Leeds").first).to_be_visible()
    looks_right(page)
    shot(page, "2-found")
    with goes_on(page):
        page.get_by_role("button", name="I have what I need").click()
    expect(page.get_by_text("You closed it")).to_be_visible()
