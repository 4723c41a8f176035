"""The desk finds a time as the site does: any centre, tonight, near the caller, without steps; with the distance and the price."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.bookings.models import Booking
from moothall.cases.models import Case
from moothall.contacts.models import Contact
from moothall.core.actors import SYSTEM
from moothall.places.actions import Premises, import_premises
from tests.browser import goes_on, looks_right

from .conftest import Officer
from .pages import text_of


@pytest.fixture
def at_home(council: Any, clock: Any) -> None:
    """Her home, in the gazetteer, on a Thursday afternoon."""
    clock.set("2026-11-19T15:00")
    home = Premises(
        uprn=72000014, address="14 Mill Lane, Otley, LS21 1AA", number="14", street="Mill Lane", postcode="LS21 1AA",
        area_code="E05011401", latitude=53.905, longitude=-1.694,
    )  # fmt: skip
    import_premises([home], by=SYSTEM)


def court(officer: Officer, contact: Contact) -> str:
    """Begin the matter of a court in a contact; return the address of its form."""
    answer = officer.client.post(f"/desk/contacts/{contact.id}/matters", {"service": "book-court"})
    assert answer.status_code == 303, text_of(answer)[:500]
    matter = contact.matters.get()
    return f"/desk/contacts/{contact.id}/?matter={matter.id}"


@pytest.mark.row("D6", "A14")
@pytest.mark.django_db
def test_any_centre_tonight_near_her_step_free_with_distance_and_price(
    adviser: Officer, amina: Any, on_the_line: Callable[..., Contact], at_home: None
) -> None:
    contact = on_the_line("07700 900123")
    adviser.client.post(f"/desk/contacts/{contact.id}/who", {"customer": str(amina.id)})
    here = court(adviser, contact)
    send = f"/desk/contacts/{contact.id}/matters/{contact.matters.get().id}/send"
    asked = {"activity": "squash", "slot-day": "2026-11-19", "slot-part": "evening", "slot-access": "step_free"}
    assert adviser.client.post(send, asked | {"matter-do": "times"}).status_code == 303
    page = text_of(adviser.client.get(here))
    assert 'name="slot-near" type="text" value="LS21 1AA"' in page, "it is her own postcode until another is typed"
    places = dict(re.findall(r'ui-slots__day"[^>]*>(\w+) [\w ]+, about ([\d.]+) miles away', page))
    assert list(places) == ["Moorside", "Beckfield", "Kirkside"], "the nearest first, and none with steps"
    assert (miles := [float(one) for one in places.values()]) == sorted(miles)
    assert re.search(r">\d[.\d]*pm, £12</label>", page)
    key = re.search(r'name="slot" type="radio" value="([^"]+)"', page)
    assert key is not None
    assert key[1].endswith("~step_free")

    elsewhere = asked | {"slot": key[1], "slot-near": "LS1 9ZZ", "slot-part": "any", "matter-do": "times"}
    adviser.client.post(send, elsewhere)
    page = text_of(adviser.client.get(here))
    assert "We don’t know a postcode in that." in page
    adviser.client.post(send, asked | {"slot": key[1], "slot-near": "", "slot-day": "2026-11-20", "matter-do": "times"})
    page = text_of(adviser.client.get(here))
    assert "Chosen before" in page, "looking on loses nothing"
    assert f'value="{key[1]}" checked' in page

    contact_by = {"contact-name": "Amina Dunn", "contact-email": "amina.dunn@example.com", "pay": "link"}
    answer = adviser.client.post(send, asked | {"slot": key[1], "matter-do": "send"} | contact_by)
    assert answer.status_code == 303, re.findall(r"govuk-error-message.*?</p>", answer.content.decode())
    row = Booking.objects.get()
    assert (row.site, row.needs, row.state) == ("moorside-leisure", ["step_free"], "held")
    assert Case.objects.get().channel == "phone"


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_it_is_found_by_keyboard_and_looks_right(
    adviser: Officer, amina: Any, on_the_line: Callable[..., Contact], at_home: None, sits_at: Callable[[Officer, Page], None],
    page: Page, shot: Callable[[Page, str], object],
) -> None:
    contact = on_the_line("07700 900123")
    adviser.client.post(f"/desk/contacts/{contact.id}/who", {"customer": str(amina.id)})
    sits_at(adviser, page)
    page.goto(court(adviser, contact))
    page.get_by_label("Squash", exact=True).check()
    with goes_on(page):
        page.get_by_role("button", name="Show free times").click()
    expect(page.get_by_label("When?")).to_be_visible()
    page.get_by_label("When?").select_option("2026-11-19")
    page.get_by_label("What time of day?").select_option("evening")
    page.get_by_label("Near which postcode?").focus()
    with goes_on(page):
        page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile(r"times are free")).first).to_be_visible()
    expect(page.get_by_text(re.compile(r"about [\d.]+ miles away")).first).to_be_visible()
    looks_right(page)
    shot(page, "desk-finds")
    page.set_viewport_size({"width": 320, "height": 800})
    shot(page, "desk-finds-narrow")
