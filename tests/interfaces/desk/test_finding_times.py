"""The desk finds a time as the site does: any centre, tonight, near the caller, without steps; how far, and for how much."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from moothall.bookings import actions
from moothall.bookings.models import Booking, Wait
from moothall.bookings.queries import Wish, find
from moothall.bookings.rules import Spot
from moothall.cases.models import Case
from moothall.contacts.models import Contact
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.notifications.models import Message
from moothall.places.actions import Premises, import_premises
from tests.browser import goes_on, looks_right

from .conftest import Officer
from .pages import text_of

MOBILE = "+447700900123"


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
    adviser: Officer,
    amina: Any,
    on_the_line: Callable[..., Contact],
    at_home: None,
    page: Page,
    sits_at: Callable[[Officer, Page], None],
    shot: Callable[[Page, str], object],
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


@pytest.fixture
def full(clock: Any) -> list[Any]:
    """Every squash court is taken tonight."""
    wish = Wish("squash", since=clock.now(), until=clock.now().replace(hour=23), from_minute=17 * 60)
    made = [
        actions.hold("squash", one.key, for_kind="staff", for_id=uuid4(), any_time=True, by=SYSTEM, at=clock.now())
        for one in find(wish, at=clock.now()).slots
        for _ in range(one.free)
    ]
    return [actions.confirm(one.id, by=SYSTEM, at=clock.now()) for one in made]


@pytest.mark.long
@pytest.mark.row("D6", "A14")
@pytest.mark.django_db
def test_put_on_the_list_offered_by_text_taken_at_the_desk_and_let_go_and_left(
    adviser: Officer, amina: Any, on_the_line: Callable[..., Contact], at_home: None, full: list[Any], clock: Any
) -> None:
    contact = on_the_line("07700 900123")
    adviser.client.post(f"/desk/contacts/{contact.id}/who", {"customer": str(amina.id)})
    here = court(adviser, contact)
    matter = f"/desk/contacts/{contact.id}/matters/{contact.matters.get().id}"
    asked = {"activity": "squash", "slot-day": "2026-11-19", "slot-part": "evening", "slot-near": ""}
    adviser.client.post(f"{matter}/send", asked | {"matter-do": "times"})
    page = text_of(adviser.client.get(here))
    assert "No squash court is free then. Try another day or place, or put them on the waiting list." in page
    assert 'name="slot-tell" type="text" value="07700 900123"' in page

    wrong = adviser.client.post(f"{matter}/send", asked | {"slot-tell": "0113 4960000", "matter-do": "wait"})
    assert wrong.status_code == 422
    assert "We send texts to UK mobile numbers only." in text_of(wrong)
    for _ in range(2):  # pressed twice is once
        put = adviser.client.post(f"{matter}/send", asked | {"slot-tell": "07700 900123", "matter-do": "wait"})
        assert put.status_code == 303
    row = Wait.objects.get()
    assert (row.phone, row.customer_id, row.service, row.from_minute) == (MOBILE, amina.id, "book-court", 17 * 60)
    assert "Squash court, until Thursday 19 November" in text_of(adviser.client.get(here))

    actions.cancel(full[0].id, reason="asked", by=SYSTEM, at=clock.now())
    jobs.drain()
    assert Message.objects.get(template="booking-offered").channel == "sms"
    take = {"wait": f"take:{row.id}"}
    refused = adviser.client.post(f"{matter}/wait", take)
    assert refused.status_code == 409
    assert "First make sure who it is" in text_of(refused)
    adviser.client.post(f"/desk/contacts/{contact.id}/speaking/check", {"how": "facts"})
    contact.refresh_from_db()
    assert contact.identity_check == "facts"
    page = text_of(adviser.client.get(here))
    assert re.search(r"Offered: Thursday 19 November[^<]* 5pm to [^<]*Kept for them until 4pm\.", page)

    adviser.client.post(f"{matter}/wait", {"wait": f"let-go:{row.id}"})
    jobs.drain()
    assert (Wait.objects.get().state, Booking.objects.filter(state="held").count()) == ("waiting", 0)
    actions.cancel(full[1].id, reason="asked", by=SYSTEM, at=clock.now())
    jobs.drain()
    taken = adviser.client.post(f"{matter}/wait", take)
    assert taken.status_code == 303
    held = Booking.objects.get(state="held")
    page = text_of(adviser.client.get(taken["Location"]))
    key = Spot(held.site, held.starts_at).key
    assert f'name="slot" type="radio" value="{key}" checked' in page, "the time that is kept for her stands in the form"
    again = contact.matters.exclude(id=matter.rpartition("/")[2]).get()
    answers = {"activity": "squash", "slot": key}
    by = {"contact-name": "Amina Dunn", "contact-email": "amina.dunn@example.com", "pay": "link", "matter-do": "send"}
    sent = adviser.client.post(f"/desk/contacts/{contact.id}/matters/{again.id}/send", answers | by)
    assert sent.status_code == 303, re.findall(r"govuk-error-message.*?</p>", sent.content.decode())
    held.refresh_from_db()
    assert (held.state, held.case_id) == ("held", Case.objects.get().id), "the very time that was offered"
    assert Booking.objects.filter(state="held").count() == 1


@pytest.mark.django_db
def test_off_the_list_at_the_desk_and_nobody_elses_place(
    adviser: Officer, amina: Any, on_the_line: Callable[..., Contact], at_home: None, full: list[Any], clock: Any
) -> None:
    ids = [
        actions.join_list(
            "squash", since=clock.now(), until=clock.now() + timedelta(hours=8), phone=phone, service="book-court",
            by=SYSTEM, at=clock.now(),
        )
        for phone in (MOBILE, "+447700900999")
    ]  # fmt: skip
    contact = on_the_line("07700 900123")
    adviser.client.post(f"/desk/contacts/{contact.id}/who", {"customer": str(amina.id)})
    adviser.client.post(f"/desk/contacts/{contact.id}/speaking/check", {"how": "facts"})
    court(adviser, contact)
    matter = f"/desk/contacts/{contact.id}/matters/{contact.matters.get().id}"
    assert adviser.client.post(f"{matter}/wait", {"wait": f"leave:{ids[1]}"}).status_code == 404
    assert adviser.client.post(f"{matter}/wait", {"wait": "leave:nonsense"}).status_code == 404
    assert adviser.client.post(f"{matter}/wait", {"wait": f"leave:{ids[0]}"}).status_code == 303
    assert adviser.client.post(f"{matter}/wait", {"wait": f"leave:{ids[0]}"}).status_code == 404, "gone already"
    assert [Wait.objects.get(id=one).state for one in ids] == ["left", "waiting"]
