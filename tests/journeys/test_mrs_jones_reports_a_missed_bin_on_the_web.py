"""Mrs Jones's bin was not emptied. She says so on the web, keeps her reference, follows it, and says how we did."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.cases.actions import close_case
from moothall.cases.models import Case
from moothall.core.actors import SYSTEM
from moothall.feedback.models import Rating
from tests.browser import axe, goes_on, looks_right

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def choose(page: Page, words: str) -> None:
    page.get_by_label(words, exact=True).check()
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()


@pytest.mark.row("A1", "A14", "C2", "D1", "E1")
def test_without_javascript_from_first_word_to_rating(
    council: Any, clock: Any, new_page: Callable[..., Page], shot: Callable[[Page, str], object]
) -> None:
    page = new_page(java_script_enabled=False)
    seen = new_page()  # the same pages with scripts on: axe needs them

    def look(name: str) -> None:
        seen.context.add_cookies(page.context.cookies())
        seen.goto(page.url)
        looks_right(seen)
        shot(seen, name)
        seen.set_viewport_size({"width": 320, "height": 640})
        shot(seen, f"{name}-320")
        seen.set_viewport_size({"width": 1280, "height": 900})

    page.goto("/")
    look("1-home")
    page.get_by_label("Say it in your own words").fill("binmen didnt come")
    with goes_on(page):
        page.get_by_role("button", name="Search").click()
    look("2-search")
    page.get_by_role("link", name="Report a missed bin").click()
    expect(page.get_by_text("Our promise")).to_be_visible()
    look("3-service")

    page.get_by_role("button", name="Start now").click()
    expect(page.get_by_role("heading", name="Which address was missed?")).to_be_visible()
    look("4-address")
    page.get_by_label("Building and street").fill("14 Mill Lane")
    page.get_by_label("Postcode").fill("LS1")
    page.get_by_role("button", name="Carry on").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter a full UK postcode")
    expect(page.get_by_label("Building and street")).to_have_value("14 Mill Lane")
    shot(page, "5-address-error")
    page.get_by_label("Postcode").fill("ls1 1ur")
    with goes_on(page):
        page.get_by_role("button", name="Carry on").click()
    look("6-choice")
    choose(page, "General rubbish")
    choose(page, "The night before")
    choose(page, "Only my bin")
    choose(page, "Yes")
    expect(page.get_by_role("heading", name="What did the tag say? (optional)")).to_be_visible()
    with goes_on(page):
        page.get_by_role("link", name="Back", exact=True).click()
    choose(page, "No")
    choose(page, "No")
    choose(page, "Yes")
    look("7-contact")
    page.get_by_label("Your name").fill("Mary Jones")
    page.get_by_label("Email address").fill("mary.jones@example.com")
    page.get_by_role("button", name="Carry on").click()

    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    expect(page.get_by_text("Wednesday 4 March, 5pm")).to_be_visible()
    look("8-check")
    with goes_on(page):
        page.get_by_role("link", name=re.compile("Change.*Which bin")).click()
    choose(page, "Recycling")
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    page.get_by_role("button", name="Send it").click()

    expect(page.get_by_role("heading", name="We have it")).to_be_visible()
    look("9-done")
    case = Case.objects.get()
    reference = f"{case.reference[:4]}-{case.reference[4:]}"
    expect(page.get_by_text(reference)).to_be_visible()
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", name="We have it")).to_be_visible()
    assert Case.objects.count() == 1

    # Two days later, from her sister's telephone.
    phone = new_page(width=320, height=640, java_script_enabled=False)
    phone.goto("/track")
    phone.get_by_label("Your reference").fill(reference.lower())
    phone.get_by_label("Your email address or postcode").fill("someone.else@example.com")
    phone.get_by_role("button", name="Find it").click()
    expect(phone.get_by_role("alert")).to_contain_text("We could not find a request with both of these")
    phone.get_by_label("Your email address or postcode").fill("LS1 1UR")
    phone.get_by_role("button", name="Find it").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("It is with")
    phone.get_by_label("What should we know?").fill("It is behind the gate.")
    phone.get_by_role("button", name="Send it").click()
    expect(phone.get_by_text("We’ve added it")).to_be_visible()
    page = phone
    look("10-tracked")

    clock.advance(days=1)
    close_case(case.id, outcome="emptied-on-return-visit", resolved=True, by=SYSTEM, at=clock.now())
    phone.reload()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("This is finished: emptied on return visit.")
    look("11-finished")
    with goes_on(phone):
        phone.get_by_role("button", name="Tell us how we did").click()
    look("12-rate")
    phone.get_by_role("button", name="Send it").click()
    expect(phone.get_by_role("alert")).to_contain_text("Choose good, average or poor.")
    phone.get_by_label("Good").check()
    phone.get_by_label("Why?").fill("They came back the next day.")
    phone.get_by_role("button", name="Send it").click()
    expect(phone.get_by_text("Thank you")).to_be_visible()
    rating = Rating.objects.get()
    assert (rating.score, rating.service, rating.why) == ("good", "missed-bin", "They came back the next day.")


@pytest.mark.long
@pytest.mark.row("A1", "C1", "C7")
def test_every_page_that_only_tells_is_accessible_wide_and_narrow(
    council: Any, clock: Any, page: Page, shot: Callable[[Page, str], object]
) -> None:
    for name, address in (
        ("services", "/services"), ("area", "/services/in/waste"), ("contact", "/contact"),
        ("accessibility", "/accessibility"), ("privacy", "/privacy"), ("nothing", "/search?q=xylophone"),
        ("lost", "/no-such-page"), ("track", "/track"),
    ):  # fmt: skip
        page.goto(address)
        looks_right(page)
        shot(page, name)


@pytest.mark.long
@pytest.mark.row("A1")
def test_every_kind_of_question_is_accessible(
    council: Any, clock: Any, page: Page, shot: Callable[[Page, str], object]
) -> None:
    from moothall.services.pack import SERVICES

    wanted: dict[str, tuple[str, str]] = {}
    for code, service in council.of(SERVICES).items():
        if service.visibility == "public" and service.channel("web").level != "no":
            for question in service.questions:
                if question.show_when is None:
                    kind = f"{question.type}{'' if question.options or question.type != 'items' else '-free'}"
                    wanted.setdefault(kind, (code, question.id))
    assert len(wanted) >= 18
    for kind, (code, question) in wanted.items():
        page.goto(f"/services/{code}")
        with goes_on(page):
            page.get_by_role("button", name="Start now").click()
        page.goto(re.sub(r"[^/]+$", question, page.url))
        axe(page)
        page.set_viewport_size({"width": 320, "height": 640})
        axe(page)
        shot(page, f"question-{kind}")
        page.set_viewport_size({"width": 1280, "height": 900})
