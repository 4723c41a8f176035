"""Amina Dunn comes into the centre: called in her turn, and the expert is called in so that nothing is asked twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.contacts.models import Contact
from moothall.core.models import Event
from moothall.core.packs import Pack
from moothall.customers.models import Customer
from moothall.insight.projection import catch_up
from moothall.promises.models import Promise
from moothall.reception.models import Visit
from tests.browser import axe, fits, goes_on, looks_right
from tests.conftest import MovableClock
from tests.interfaces.desk.conftest import Officer, adviser, amina, officer, sits_at  # noqa: F401 - fixtures

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("A4"), pytest.mark.long]


@pytest.fixture
def host(officer: Callable[..., Officer]) -> Officer:  # noqa: F811
    return officer("reception-host", name="Elsie Moor")


@pytest.fixture
def expert(officer: Callable[..., Officer]) -> Officer:  # noqa: F811
    return officer("service-officer", "visiting-expert", teams=("benefits",), name="Janet Hirst")


def test_a_visitor_is_served_in_ten_minutes(
    council: Pack, clock: MovableClock, new_page: Callable[..., Page], host: Officer, adviser: Officer,  # noqa: F811
    expert: Officer, amina: Customer, sits_at: Any, shot: Callable[[Page, str], Path],  # noqa: F811
) -> None:  # fmt: skip
    at_door, at_desk, at_call, tv = (new_page() for _ in range(4))
    for who, page in ((host, at_door), (adviser, at_desk), (expert, at_call)):
        sits_at(who, page)
    _on_duty(at_desk, at_call, shot)

    # the host books her in; what she wants is kept in her words
    at_door.goto("/reception/?centre=city")
    at_door.get_by_label("What they came for").fill("My hours at work changed")
    at_door.locator("summary", has_text="how to call them").click()
    expect(at_door.get_by_label("First name on the screen")).to_be_visible()
    at_door.get_by_label("First name on the screen").fill("Amina")
    with goes_on(at_door):
        at_door.get_by_role("button", name="Give a ticket").click()
    expect(at_door.locator(".host__given")).to_contain_text("Give them ticket A1")
    looks_right(at_door)
    shot(at_door, "host")
    at_door.goto("/reception/floor")
    expect(at_door.get_by_role("heading", name="1 waiting")).to_be_visible()
    at_door.set_viewport_size({"width": 320, "height": 640})
    fits(at_door)
    axe(at_door)
    shot(at_door, "floor")

    # the room sees her first name, because she chose it, and nothing else of her
    at_door.set_viewport_size({"width": 1280, "height": 900})
    at_door.goto("/reception/?centre=city")
    at_door.locator("summary", has_text="The screen in the room").click()
    expect(at_door.get_by_role("link", name="Open the screen")).to_be_visible()
    link = at_door.get_by_role("link", name="Open the screen").get_attribute("href")
    tv.goto(str(link))
    expect(tv.get_by_text("1 waiting")).to_be_visible()
    clock.advance(minutes=4)

    at_desk.goto("/reception/desk")
    with goes_on(at_desk):
        at_desk.get_by_role("button", name="Call the next").click()
    expect(at_desk.locator(".mine")).to_contain_text("A1")
    expect(tv.locator(".room__first")).to_have_text(re.compile(r"Amina\s*Desk 1"))
    assert not re.search("hours|Dunn", tv.content())
    axe(tv)
    shot(tv, "room")
    shot(at_desk, "called")
    with goes_on(at_desk):
        at_desk.get_by_role("button", name="They are here: begin").click()
    expect(at_desk.locator(".beside")).to_contain_text("My hours at work changed")

    # she says who she is; an expert is asked for, by what she should know
    at_desk.goto(f"{at_desk.url.split('?')[0]}?who=Amina+Dunn")
    with goes_on(at_desk):
        at_desk.locator(".people, main").get_by_role("button", name=re.compile("Amina Dunn")).first.click()
    expect(at_desk.locator(".caller__name")).to_contain_text("Amina Dunn")
    at_desk.locator("summary", has_text="Call an expert").click()
    expect(at_desk.get_by_label("What the expert should know")).to_be_visible()
    at_desk.get_by_label("What the expert should know").select_option(label="Benefits and council tax")
    looks_right(at_desk)
    shot(at_desk, "beside")
    with goes_on(at_desk):
        at_desk.get_by_role("button", name="Ask them to come").click()
    expect(at_desk.locator(".beside__ask")).to_contain_text("No answer yet")

    expect(at_call.locator(".asked")).to_contain_text("asks for you")  # by itself, on the page she had open
    looks_right(at_call)
    shot(at_call, "asked")
    with goes_on(at_call):
        at_call.get_by_role("button", name="I am coming").click()
    expect(at_desk.locator(".beside__ask")).to_contain_text("Janet Hirst is coming")
    with goes_on(at_call):
        at_call.get_by_role("button", name="I am with them: take over").click()
    expect(at_call.locator(".caller__name")).to_contain_text("Amina Dunn")
    expect(at_call.locator(".beside")).to_contain_text("My hours at work changed")

    # the visit ends with the contact; the promise was kept, and the figures say so
    visit = Visit.objects.get()
    at_call.locator("[data-cause-key='1']").check(force=True)
    with goes_on(at_call):
        at_call.get_by_role("button", name="Finish").click()
    expect(at_call.get_by_text("Finished. Ready for the next.")).to_be_visible()
    visit.refresh_from_db()
    contact = Contact.objects.get(id=visit.contact_id)
    assert (visit.state, contact.staff_id, contact.customer_id) == ("done", expert.staff.id, amina.id)
    kept = Promise.objects.get(subject_id=contact.id, kind="visit_seen")
    assert kept.state == "met"
    assert Event.objects.filter(name="visit.ended", data__expert=True).exists()
    catch_up()
    at_door.goto("/performance/")
    expect(at_door.get_by_role("heading", level=1)).to_be_visible()


def _on_duty(at_desk: Page, at_call: Page, shot: Callable[[Page, str], Path]) -> None:
    at_desk.goto("/reception/desk?centre=city")
    at_desk.get_by_label(re.compile("Your desk")).select_option("1")
    looks_right(at_desk)
    with goes_on(at_desk):
        at_desk.get_by_role("button", name="I am on duty").click()
    expect(at_desk.get_by_role("heading", name="Desk 1, City centre One Stop Centre")).to_be_visible()
    at_call.goto("/reception/desk?centre=city")
    at_call.get_by_label("Benefits and council tax").check()
    with goes_on(at_call):
        at_call.get_by_role("button", name="I am on duty").click()
    expect(at_call.get_by_text("You are on call")).to_be_visible()
