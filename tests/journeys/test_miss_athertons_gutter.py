"""Miss Atherton's gutter leaks above her child's room: found by pictures, ordered, visited, scaffolded, mended, and told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.cases.models import Case
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.references import show_reference
from moothall.notifications.models import Message
from moothall.places.actions import Premises, import_premises
from moothall.repairs.adapters.works_orders.twin import KEY, Twin
from moothall.repairs.links import order_path
from moothall.repairs.models import Order
from tests.browser import looks_right
from tests.interfaces.account.conftest import last_code
from tests.journeys.by_keyboard import answer, pick, press, write

pytestmark = [pytest.mark.journey, pytest.mark.long, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def contractors(council: Any, clock: Any, settings: Any, live_server: Any) -> Iterator[Twin]:
    """The contractors' own systems, which tell us each step by the wire."""
    running = Twin(callback=f"{live_server.url}/hooks/repairs/{{code}}").start()
    settings.CONTRACTOR_ADDRESSES, settings.CONTRACTOR_KEYS = {"*": running.url}, {"*": KEY}
    settings.PUBLIC_URL = live_server.url
    yield running
    running.stop()


def told(template: str) -> Message:
    return Message.objects.filter(template=template).latest("created_at")


@pytest.mark.row("D5", "A12", "C3")
def test_from_the_pictures_to_the_new_gutter_by_the_keyboard(
    contractors: Twin, clock: Any, new_page: Callable[..., Page], desk_of: Callable[..., Page],
    shot: Callable[[Page, str], object],
) -> None:  # fmt: skip
    import_premises([Premises(uprn=31, address="3 Beech Walk", postcode="LS1 1UR")], by=SYSTEM)
    phone = new_page(width=360, height=740)
    phone.goto("/services/housing-repair")
    press(phone, "Start now")
    answer(phone, "Roof, gutters, outside")
    answer(phone, "Gutter or downpipe")
    answer(phone, "Leaking")
    write(phone, "Postcode", "LS1 1UR")
    press(phone, "Find the address")
    answer(phone, "3 Beech Walk, LS1 1UR")
    answer(phone, "Yes")  # the tenant
    answer(phone, "Yes")  # she can catch the water
    answer(phone, "No")  # none comes in
    answer(phone, "A baby or child under 5")
    for question in ("When did it start?", "Can you add a photo safely?", "How do we get in?"):
        expect(phone.get_by_role("heading", level=1)).to_contain_text(question)
        press(phone, "Carry on")
    answer(phone, "Mornings")
    expect(phone.get_by_role("heading", level=1)).to_contain_text("charged")
    press(phone, "Carry on")
    expect(phone.get_by_role("heading", level=1)).to_contain_text("How should we keep you up to date?")
    write(phone, "Your name", "Rose Atherton")
    write(phone, "Telephone number", "07700 900007")
    write(phone, "Email address", "rose.atherton@example.com")
    press(phone, "Carry on")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Check your answers")
    press(phone, "Send it")
    expect(phone.get_by_role("heading", name="Show us it is you")).to_be_visible()
    pick(phone, "Text the number ending 007")
    press(phone, "Send me a code")
    write(phone, "Your code", last_code())
    press(phone, "Send my request")
    expect(phone.get_by_role("heading", name="We have it")).to_be_visible()
    shot(phone, "1-sent")
    jobs.drain(at=clock.now())
    case, row = Case.objects.get(), Order.objects.get()
    assert (row.contractor, row.at_risk, row.state) == ("hilltop-roofing", True, "sent")

    first = clock.now().replace(hour=9, minute=0) + timedelta(days=1)
    windows = [(first + timedelta(days=n), first + timedelta(days=n, hours=3)) for n in (0, 1)]
    contractors.say(str(row.id), "accepted")
    contractors.say(str(row.id), "offered", offers=[{"starts_at": one, "ends_at": two} for one, two in windows])
    jobs.drain(at=clock.now())
    assert contractors.answered == [200, 200]
    assert "Choose here" in told("repair-times").body

    phone.goto(order_path(row.id))
    expect(phone.get_by_role("heading", level=1)).to_have_text("Choose a time for the visit")
    looks_right(phone)
    shot(phone, "2-times")
    pick(phone, "Wednesday 4 March, between 9am and midday")
    press(phone, "Choose this time")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Your visit is booked")
    looks_right(phone)
    shot(phone, "3-booked")
    jobs.drain(at=clock.now())
    assert [one["kind"] for one in contractors.orders[str(row.id)]["told"]] == ["agreed"]
    assert "Wednesday 4 March" in told("repair-booked").body

    clock.set(windows[1][0])
    for kind, words in (("going", ""), ("visited", ""), ("follow_on", "Scaffolding is needed to reach it")):
        contractors.say(str(row.id), kind, words=words)
        jobs.drain(at=clock.now())
    assert "Scaffolding" in told("repair-follow-on").body
    more = Order.objects.get(follows=row)
    contractors.say(
        str(more.id), "booked", starts_at=windows[1][0] + timedelta(days=2), ends_at=windows[1][1] + timedelta(days=2)
    )
    jobs.drain(at=clock.now())

    phone.goto("/track")  # she never rings: the reference says it all
    write(phone, "Your reference", show_reference(case.reference))
    write(phone, "Your email address or postcode", "rose.atherton@example.com")
    press(phone, "Find it")
    expect(phone.get_by_text("Friday 6 March, between 9am and midday").first).to_be_visible()
    looks_right(phone)
    shot(phone, "4-tracked")
    press(phone, "See the visit and every step")
    expect(phone.get_by_text("Scaffolding is needed to reach it").first).to_be_visible()
    expect(phone.get_by_text("You chose Wednesday 4 March").first).to_be_visible()
    looks_right(phone)
    shot(phone, "5-every-step")

    officer = desk_of("Yusuf Adan", "repairs-officer", teams=("roofing-contractor",))
    officer.goto("/desk/contractors/")
    expect(officer.get_by_role("heading", name="More work ordered: 1")).to_be_visible()
    looks_right(officer)
    shot(officer, "6-board")
    officer.get_by_role("link", name="Scaffolding is needed to reach it").click()
    expect(officer.get_by_role("heading", name="With contractors")).to_be_visible()
    looks_right(officer)
    shot(officer, "7-case")

    clock.set(windows[1][0] + timedelta(days=2))
    contractors.say(str(more.id), "done", words="New gutter fitted")
    jobs.drain(at=clock.now())
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "repaired-after-follow-on")
    assert "Repaired after" in told("case-closed-done").body
    phone.reload()
    expect(phone.get_by_role("heading", level=1)).to_have_text("The work is done")
