"""The desk on a tablet away from the office: where it was is kept with the contact, and nothing is lost without a line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from moothall.cases.models import Case
from moothall.contacts.models import Contact
from moothall.core.models import Event
from moothall.customers.models import Customer
from moothall.intake.models import Draft
from tests.browser import looks_right
from tests.interfaces.desk.conftest import Officer
from tests.interfaces.desk.test_calls import FILLED, begin, text_of

NO_LINE = """const line = window.fetch
window.fetch = (where, how) => String(where).includes('/keep') && sessionStorage.getItem('no-line')
  ? Promise.reject(new TypeError('no line')) : line(where, how)"""


@pytest.mark.row("A16")
@pytest.mark.django_db
def test_where_it_was_is_said_once_and_kept_with_each_visit(adviser: Officer, amina: Customer) -> None:
    desk = adviser.client
    assert "Away from the office" in text_of(desk.get("/desk/"))
    desk.post("/desk/away", {"outreach": "surgery", "outreach-at": "  Gipton   Methodist Church "})
    assert "At a surgery: Gipton Methodist Church." in text_of(desk.get("/desk/"))
    desk.post("/desk/contacts/begin", {"channel": "counter"})
    met = Contact.objects.get()
    assert (met.outreach, met.outreach_at) == ("surgery", "Gipton Methodist Church")
    assert Event.objects.get(name="contact.received").data["outreach"] == "surgery"
    begun = desk.post("/desk/contacts/begin", {"channel": "phone", "another": "1", "number": "07700 900456"})
    assert begun.status_code == 303
    assert Contact.objects.get(channel="phone").outreach == "", "a call is taken, wherever the adviser is"
    desk.post("/desk/away", {"outreach": "home", "outreach-at": "14 Mill Lane"})
    desk.post("/desk/contacts/begin", {"channel": "counter", "another": "1", "customer": str(amina.id)})
    at_home = Contact.objects.get(outreach="home")
    assert at_home.outreach_at == "", "nothing of a home but that it was one"
    desk.post("/desk/away", {})
    desk.post("/desk/contacts/begin", {"channel": "counter", "another": "1"})
    assert Contact.objects.filter(channel="counter", outreach="").count() == 1
    desk.post(f"/desk/contacts/{met.id}/finish", {"cause": "new"})
    assert "At a surgery: Gipton Methodist Church" in text_of(desk.get(f"/desk/contacts/{met.id}/"))


@pytest.mark.row("A16")
@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_without_a_line_it_waits_on_the_tablet_and_is_sent_once(
    new_page: Callable[..., Page], adviser: Officer, on_the_line: Callable[..., Contact], sits_at: Any,
    shot: Callable[[Page, str], Path],
) -> None:  # fmt: skip
    contact = on_the_line(channel="counter")
    matter = begin(adviser, contact)
    adviser.client.post(f"/desk/contacts/{contact.id}/matters/{matter.id}/keep", FILLED | {"contact-name": ""})
    tablet = new_page(width=768, height=1024, has_touch=True)
    sits_at(adviser, tablet)
    tablet.goto("/desk/")
    looks_right(tablet)
    tablet.set_viewport_size({"width": 768, "height": 1024})
    shot(tablet, "home")
    tablet.goto(f"/desk/contacts/{contact.id}/?matter={matter.id}")
    send = tablet.locator("[data-send]")
    for control in (send, tablet.locator("#call-back > summary"), tablet.locator("#share > summary")):
        box = control.bounding_box()
        assert box is not None
        assert box["height"] >= 44, "large enough for a finger"
    tablet.locator("#share > summary").click()
    expect(tablet.locator("#share-other")).to_be_visible()
    looks_right(tablet)
    tablet.set_viewport_size({"width": 768, "height": 1024})
    shot(tablet, "matter")
    tablet.locator("#share > summary").click()
    expect(tablet.locator("#share-other")).to_be_hidden()
    tablet.context.set_offline(True)
    tablet.locator("[name='contact-name']").fill("Amina Dunn")
    send.click()
    expect(tablet.get_by_text("No signal. It is kept here and sent when the line is back.").first).to_be_visible()
    send.click()
    expect(tablet.get_by_text("No signal. It is kept here and sent when the line is back.").first).to_be_visible()
    assert not Case.objects.exists()
    tablet.context.set_offline(False)
    expect(tablet.locator(".matter__say")).to_be_visible()
    assert Case.objects.get().answers["contact"]["name"] == "Amina Dunn"


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_what_was_typed_without_a_line_is_there_after_a_reload_and_gone_once_it_is_saved(
    page: Page, adviser: Officer, on_the_line: Callable[..., Contact], sits_at: Any
) -> None:
    contact = on_the_line(channel="counter")
    matter = begin(adviser, contact)
    adviser.client.post(f"/desk/contacts/{contact.id}/matters/{matter.id}/keep", {"bin": "general"})
    sits_at(adviser, page)
    page.add_init_script(NO_LINE)
    page.goto(f"/desk/contacts/{contact.id}/?matter={matter.id}")
    name = page.locator("[name='contact-name']")
    expect(name).to_be_visible()
    page.evaluate("sessionStorage.setItem('no-line', 'yes')")
    name.fill("Amina Dunn")
    expect(page.get_by_text("Not saved yet.").first).to_be_visible()
    page.reload()
    expect(name).to_have_value("Amina Dunn")
    assert not Draft.objects.get().fields.get("contact-name"), "only this tab holds it"
    page.evaluate("sessionStorage.removeItem('no-line')")
    expect(page.locator("#matter-form [data-saved]")).to_contain_text("Saved ")
    page.wait_for_function("() => !Object.keys(sessionStorage).some((name) => name.startsWith('moothall:unsent'))")
