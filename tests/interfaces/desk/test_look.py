"""Every desk screen in a real browser: clean for axe and at home at 1280 and 320 px, in light and in dark."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.contacts.models import Contact
from moothall.core.actors import SYSTEM
from moothall.customers.actions import add_need, add_warning
from moothall.customers.models import Customer
from moothall.intake.actions.raising import Raised
from tests.browser import axe, looks_right
from tests.conftest import MovableClock
from tests.interfaces.desk.conftest import Officer

pytestmark = [pytest.mark.django_db(transaction=True)]
Shot = Callable[[Page, str], Path]


def seen(page: Page, address: str, shot: Shot, name: str) -> None:
    """Open a screen, look at it at both widths, keep its pictures in light and dark."""
    page.goto(address)
    looks_right(page)
    shot(page, name)
    page.emulate_media(color_scheme="dark")
    axe(page)
    shot(page, f"{name}-dark")
    page.set_viewport_size({"width": 320, "height": 640})
    shot(page, f"{name}-phone-dark")
    page.emulate_media(color_scheme="light")
    shot(page, f"{name}-phone")
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.fixture
def known(amina: Customer, clock: MovableClock) -> Customer:
    """Amina with a need and a warning."""
    add_need(customer_id=amina.id, code="hard-of-hearing", note="Left ear is better.", by=SYSTEM, at=clock.now())
    add_warning(customer_id=amina.id, code="do-not-visit-alone", note="", by=SYSTEM, at=clock.now())
    return amina


@pytest.mark.long
def test_the_desk_between_contacts(
    page: Page, adviser: Officer, known: Customer, on_the_line: Any, shot: Shot, sits_at: Any
) -> None:
    sits_at(adviser, page)
    seen(page, "/desk/", shot, "home")
    on_the_line("07700 900123")
    seen(page, "/desk/?number=07700900123", shot, "home-call")


@pytest.mark.long
def test_a_contact_in_hand(
    page: Page, adviser: Officer, known: Customer, on_the_line: Any, missed_bin: Callable[..., Raised], shot: Shot,
    clock: MovableClock, sits_at: Any,
) -> None:  # fmt: skip
    missed_bin(known)
    clock.advance(hours=2)
    sits_at(adviser, page)
    contact: Contact = on_the_line("07700 900123", waited=9)
    address = f"/desk/contacts/{contact.id}/"
    seen(page, address, shot, "who")
    adviser.client.post(f"{address}who", {"customer": str(known.id)})
    clock.advance(seconds=42)
    seen(page, f"{address}?want=bin+not+emptied", shot, "want")
    adviser.client.post(f"{address}matters", {"service": "missed-bin"})
    seen(page, address, shot, "form")
    matter = contact.matters.get()
    adviser.client.post(f"{address}matters/{matter.id}/send", {"do": "send"})
    page.goto(address)
    page.locator("[data-send]").click()
    expect(page.get_by_role("alert")).to_be_visible()
    looks_right(page)
    shot(page, "wrong")


@pytest.mark.long
def test_who_is_speaking_the_question_before_a_second_and_what_is_over(
    page: Page, adviser: Officer, known: Customer, on_the_line: Any, shot: Shot, sits_at: Any
) -> None:
    sits_at(adviser, page)
    contact: Contact = on_the_line("07700 900123")
    address = f"/desk/contacts/{contact.id}/"
    adviser.client.post(f"{address}who", {"customer": str(known.id)})
    adviser.client.post(f"{address}speaking/for", {"speaker": "Ann Dunn", "speaks_as": "family"})
    adviser.client.post(f"{address}speaking/check", {"how": "facts"})
    seen(page, address, shot, "speaking")
    page.goto("/desk/")
    page.get_by_role("button", name="Visitor at the counter").click()
    expect(page.get_by_role("heading", name="Begin another?")).to_be_visible()
    looks_right(page)
    shot(page, "second")
    adviser.client.post(f"{address}finish", {"cause": "new", "note": "Ring before noon."})
    seen(page, address, shot, "finished")


@pytest.mark.long
def test_the_queue_the_case_and_the_person(
    page: Page,
    waste: Officer,
    known: Customer,
    missed_bin: Callable[..., Raised],
    shot: Shot,
    clock: MovableClock,
    sits_at: Any,
) -> None:
    first = missed_bin(known)
    clock.advance(days=1)
    for n in range(6):
        missed_bin(known, address={"text": f"{20 + n} Mill Lane, Otley, LS21 1AA"}, bin="recycling")
    clock.advance(hours=26)
    sits_at(waste, page)
    waste.client.post(
        f"/desk/cases/{first.case_id}/note", {"text": "Crew says the lane was blocked by a skip.", "seen_at": ""}
    )
    waste.client.post(f"/desk/cases/{first.case_id}/task", {"title": "Ring the crew", "team": "refuse-collection"})
    seen(page, "/desk/queue/", shot, "queue")
    seen(page, f"/desk/cases/{first.case_id}/?list=all", shot, "case")
    page.keyboard.press("e")
    expect(page.get_by_label("Why? The customer reads this")).to_be_focused()
    shot(page, "case-explain")
    seen(page, f"/desk/people/{known.id}/", shot, "person")  # a case of hers is the waste team's: nothing is asked
    seen(page, "/desk/tasks/", shot, "tasks")
    seen(page, "/desk/search?q=dunn", shot, "search")


@pytest.mark.long
def test_whom_we_know_shows_while_a_newcomer_is_typed(
    page: Page, adviser: Officer, known: Customer, on_the_line: Any, shot: Shot, sits_at: Any
) -> None:
    """The list comes by itself, is told politely, takes no focus, and one press says that it is them."""
    from moothall.customers.linking.actions.indexing import index_missing

    index_missing()
    sits_at(adviser, page)
    contact: Contact = on_the_line("07700 900456", waited=9)
    page.goto(f"/desk/contacts/{contact.id}/")
    page.get_by_text("Somebody new").click()
    expect(page.get_by_label("First name", exact=True)).to_be_visible()
    page.get_by_label("First name", exact=True).fill("Ameena")
    page.get_by_label("Last name", exact=True).fill("Dun")
    page.locator("#newcomer-address").press_sequentially("Otley LS21")
    expect(page.locator("#alike")).to_contain_text("We may know them already")
    expect(page.locator("#alike")).to_have_attribute("aria-live", "polite")
    expect(page.locator("#newcomer-address")).to_be_focused()
    looks_right(page)
    shot(page, "newcomer-known")
    page.set_viewport_size({"width": 320, "height": 640})
    page.locator("#alike").scroll_into_view_if_needed()
    shot(page, "newcomer-known-phone")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.locator("#alike").get_by_role("button", name="Amina Dunn").click()
    expect(page.locator(".caller__name")).to_contain_text("Amina Dunn")
    contact.refresh_from_db()
    assert contact.customer_id == known.id
