"""Mr Bloggs books the collection of three things by the keyboard alone. The crew cannot take one of them; he hears by text
why, and when it is fetched, before he comes home; and moves that to a day that suits him. A supervisor plans both days."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.bookings.models import Booking, Tally
from moothall.cases.models import Case
from moothall.core import clock as time
from moothall.core import jobs
from moothall.core.packs import Pack
from moothall.core.zone import council_date
from moothall.field.models import Job
from moothall.notifications.models import Message
from tests.browser import keys, looks_right, tab_to
from tests.field.devices import join, plans_the_day
from tests.interfaces.account.conftest import last_code
from tests.journeys.by_keyboard import answer, pick, press, write

pytestmark = [
    pytest.mark.journey, pytest.mark.long, pytest.mark.row("D3", "C3", "A12"), pytest.mark.django_db(transaction=True),
]  # fmt: skip
PHONE = {"width": 360, "height": 740}
MOBILE = "+447700900002"


def books(phone: Page) -> None:
    """From the service's page to the booking, by keys."""
    phone.goto("/services/bulky-waste")
    press(phone, "Start now")
    write(phone, "Building and street", "9 Mill Lane")
    write(phone, "Town or city", "Leeds")
    write(phone, "Postcode", "LS1 1UR")
    press(phone, "Carry on")
    for item in ("Sofa", "Mattress", "Wardrobe"):
        write(phone, item, "1", exact=True)
    looks_right(phone)
    press(phone, "Carry on")
    press(phone, "Carry on")  # no photo
    answer(phone, "No")  # good enough to be used again
    answer(phone, "Yes")  # council tax support
    write(phone, "What is your council tax account number?", "7001")
    press(phone, "Carry on")
    answer(phone, "Front garden or drive")
    expect(phone.get_by_role("heading", name="Which day suits you?")).to_be_visible()
    tab_to(phone, phone.locator("input[name=slot]").first)
    keys(phone, "Space")
    press(phone, "Carry on")
    write(phone, "Your name", "Joe Bloggs")
    write(phone, "Telephone number", "07700 900002")
    press(phone, "Carry on")
    expect(phone.get_by_role("heading", name="Check your answers")).to_be_visible()
    looks_right(phone)
    press(phone, "Send it")


def test_one_of_three_stays_and_he_hears_why_and_when(
    council: Pack, clock: Any, new_page: Callable[..., Page], live_server: Any, settings: Any,
    desk_of: Callable[..., Page], shot: Callable[[Page, str], object],
) -> None:  # fmt: skip
    settings.PUBLIC_URL = live_server.url
    clock.set("2026-11-19T09:00")
    phone = new_page(**PHONE)
    books(phone)
    expect(phone.get_by_role("heading", name="Show us it is you")).to_be_visible()
    press(phone, "Send me a code")
    write(phone, "Your code", last_code())
    press(phone, "Send my request")
    expect(phone.get_by_role("heading", name="We have it")).to_be_visible()
    jobs.drain(at=clock.now())
    first, case = Booking.objects.get(), Case.objects.get()
    assert (first.state, first.load["units"], first.load["kilograms"]) == ("confirmed", 3, 140)

    day = first.starts_at.astimezone(time.LONDON).date()
    clock.set(first.starts_at - timedelta(minutes=30))
    assert council_date(clock.now()) == day
    board = desk_of("Grace Hall", "field-supervisor", teams=("bulky-waste",))
    plans_the_day(board, "1 job with a crew")
    looks_right(board)
    shot(board, "0-board")
    crew = new_page(**PHONE)
    join(crew, council, crew="Bulky collection 1", team="bulky-waste", name="bulky.one")
    clock.advance(hours=4)
    tab_to(crew, crew.locator(".cards a").first)
    keys(crew, "Enter")
    expect(crew.get_by_text("1 Sofa, 1 Mattress, 1 Wardrobe")).to_be_visible()
    assert "Bloggs" not in crew.content()
    tab_to(crew, crew.get_by_role("link", name="Can’t do it"))
    keys(crew, "Enter")
    expect(crew.get_by_role("heading", name="Why can’t it be done?")).to_be_visible()
    for taken in ("Sofa", "Mattress"):
        tab_to(crew, crew.get_by_label(taken, exact=True))
        keys(crew, "Space")
        expect(crew.get_by_label(taken, exact=True)).not_to_be_checked()
    pick(crew, "Too heavy for two")
    looks_right(crew)
    shot(crew, "1-crew")
    tab_to(crew, crew.get_by_role("button", name="Send"))
    keys(crew, "Enter")
    expect(crew.get_by_text("All done for today.")).to_be_visible()
    expect(crew.locator("#strip")).to_contain_text("Everything is sent")
    jobs.drain(at=clock.now())

    new, job = Booking.objects.get(), Job.objects.get()
    assert (new.state, new.visits_failed, new.starts_at > first.starts_at) == ("confirmed", 1, True)
    assert (new.load["units"], new.load["kilograms"], job.left) == (1, 60, {"wardrobe": 1})
    assert [(one.starts_at, one.units) for one in Tally.objects.filter(units__gt=0)] == [(new.starts_at, 1)]
    text = Message.objects.get(template="visit-part-new-date")
    assert (text.channel, text.to) == ("sms", MOBILE)
    assert "we took sofa and mattress" in text.body
    assert "we left wardrobe: it was too heavy for two people to lift safely" in text.body
    assert not Message.objects.filter(template__startswith="visit-failed").exists(), "told once"
    link = re.search(r"http\S+/bookings/\S+", text.body)
    assert link

    phone.goto(link[0])  # he opens the text at work
    expect(phone.get_by_role("heading", level=1)).to_have_text("You’re booked")
    looks_right(phone)
    shot(phone, "2-booked")
    press(phone, "Move it")
    expect(phone.get_by_role("button", name="Move it")).to_be_visible()
    tab_to(phone, phone.locator("input[name=slot]").first)
    keys(phone, "Space")
    press(phone, "Move it")
    expect(phone.get_by_text("We’ve moved it").first).to_be_visible()
    jobs.drain(at=clock.now())

    last = Booking.objects.get()
    assert last.starts_at != new.starts_at
    clock.set(last.starts_at)
    plans_the_day(board, "1 job with a crew")
    crew.reload()
    expect(crew.locator(".cards > li")).to_have_count(1)
    tab_to(crew, crew.locator(".cards a").first)
    keys(crew, "Enter")
    expect(crew.get_by_text("1 Wardrobe", exact=True)).to_be_visible()
    tab_to(crew, crew.get_by_role("button", name="Start"))
    keys(crew, "Enter")
    expect(crew.get_by_role("button", name="Pause")).to_be_visible()
    tab_to(crew, crew.get_by_role("link", name="Done"))
    keys(crew, "Enter")
    expect(crew.get_by_role("heading", name="Done")).to_be_visible()
    write(crew, "Anything to add? If you can’t take a photo, say why.", "Camera broken")
    tab_to(crew, crew.get_by_role("button", name="It is done"))
    keys(crew, "Enter")
    expect(crew.get_by_text("All done for today.")).to_be_visible()  # what the strip says of the start is not of this
    expect(crew.locator("#strip")).to_contain_text("Everything is sent")
    jobs.drain(at=clock.now())
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "all-collected")
