"""Mrs Jones rings: her bin was not emptied. Ravi takes the call with his keyboard alone; the promise is broken, owned up
to before she rings again, followed, kept late and rated."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from moothall.cases.models import Case, CaseContact, Task
from moothall.contacts.models import Contact
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.event_feed import events_of_case
from moothall.core.events import Happening, record
from moothall.core.references import spell_reference
from moothall.core.staff import create_staff
from moothall.customers.actions import add_need, create_customer
from moothall.feedback.models import Rating
from moothall.insight import projection
from moothall.notifications.models import Message
from moothall.promises.jobs import sweep_promises
from tests.browser import goes_on, keys, looks_right, tab_to

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PASSWORD = "seven-calm-otters-queueing"


def time_passes(clock: Any, moment: str) -> None:
    """Move the clock, sweep the promises as the worker does every minute, and run what follows."""
    clock.set(moment)
    sweep_promises()
    jobs.drain(at=clock.now())


def sign_in(page: Page, username: str) -> None:
    page.goto("/desk/")
    tab_to(page, page.get_by_label("Name you sign in with"))
    page.keyboard.type(username)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    with goes_on(page):
        page.keyboard.press("Enter")
    expect(page.get_by_label("Number they ring from")).to_be_visible()


@pytest.fixture
def people(council: Any, clock: Any) -> Any:
    """Ravi on the telephones, Tom in the refuse team, and Mrs Jones, who is hard of hearing and likes email."""
    for username, name, role, team in (
        ("ravi", "Ravi Patel", "adviser", "customer-services"),
        ("tom", "Tom Ashworth", "service-officer", "refuse-collection"),
    ):  # fmt: skip
        create_staff(
            username=username,
            name=name,
            roles=[role],
            teams=[team],
            password=PASSWORD,
            pack=council,
            by=SYSTEM,
            at=clock.now(),
        )
    jones = create_customer(
        title="Mrs", given_name="Mary", family_name="Jones", address_text="14 Mill Lane, Otley, LS21 1AA",
        contact_points=[("phone", "07700 900123"), ("email", "mary.jones@example.com")], preferred_channel="email",
        by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    add_need(customer_id=jones.id, code="hard-of-hearing", by=SYSTEM, at=clock.now())
    return jones


@pytest.mark.row("A2", "B6", "C3", "D1", "F2", "E1")
def test_mrs_jones_rings_about_her_bin(
    people: Any, clock: Any, new_page: Callable[..., Page], shot: Callable[[Page, str], object]
) -> None:
    page = new_page()
    sign_in(page, "ravi")

    # The call: the number is typed, the caller recognised, asked, and taken; not once is the mouse touched.
    expect(page.get_by_label("Number they ring from")).to_be_focused()
    keys(page, "07700 900123", "Enter")
    expect(page.get_by_text("This number belongs to")).to_be_visible()
    expect(page.get_by_label("Who is it?")).to_be_focused()
    keys(page, "Escape", "y")
    expect(page.get_by_text("Hard of hearing")).to_be_visible()
    expect(page.get_by_label("What do they want?")).to_be_focused()
    page.keyboard.type("bin men missed us")
    expect(page.get_by_role("button", name="Report a missed bin")).to_be_visible()
    shot(page, "1-want")
    keys(page, "Enter")

    # The form: the address is known; the first question without an answer has the focus.
    expect(page.get_by_label("Which address was missed?")).to_have_value("14 Mill Lane, Otley, LS21 1AA")
    expect(page.get_by_label("General rubbish")).to_be_focused()
    for _ in range(6):
        keys(page, "Space", "Tab")
    expect(page.get_by_text("What did the tag say?")).to_be_visible()
    shot(page, "2-tag")
    tab_to(page, page.locator("#tag"), most=90)  # round by the time line and its kinds
    keys(page, "ArrowDown")
    expect(page.get_by_text("What did the tag say?")).to_be_hidden()
    tab_to(page, page.locator("#assisted"))
    expect(page.locator("[data-promise]")).to_have_text("by Tuesday 3 March, 5pm")  # assisted: a day sooner
    keys(page, "ArrowDown")
    expect(page.locator("[data-promise]")).to_have_text("by Wednesday 4 March, 5pm")
    tab_to(page, page.locator("#still_out"))
    keys(page, "Space")
    expect(page.get_by_text("Saved ")).to_be_visible()
    expect(page.locator("form[data-unsaved]")).to_have_count(0)

    # The line drops and the browser is shut. Nothing is lost.
    page.goto("/desk/")
    expect(page.get_by_text("You have an unfinished contact with Mrs Mary Jones")).to_be_visible()
    shot(page, "3-unfinished")
    keys(page, "Escape", "u")
    expect(page.get_by_label("General rubbish")).to_be_checked()
    expect(page.locator("[data-promise]")).to_have_text("by Wednesday 4 March, 5pm")
    looks_right(page)
    shot(page, "4-form")
    keys(page, "Escape", "s")
    expect(page.get_by_text("Say “We’ll do this by Wednesday 4 March, 5pm.")).to_be_visible()
    case = Case.objects.get()
    expect(page.get_by_text(spell_reference(case.reference))).to_be_visible()
    looks_right(page)
    shot(page, "5-say")
    keys(page, "1", "Enter")
    expect(page.get_by_text("Finished. Ready for the next.")).to_be_visible()
    contact = Contact.objects.get()
    assert (contact.state, contact.cause, contact.done_in_one, case.customer_id) == ("closed", "new", False, people.id)
    jobs.drain(at=clock.now())

    # Handed on: Tom finds it in his queue by keys, and the warning comes before the break.
    tom = new_page()
    sign_in(tom, "tom")
    time_passes(clock, "2026-03-04T12:00")
    keys(tom, "Escape", "q")
    expect(tom.get_by_text("today, 5pm")).to_be_visible()
    expect(tom.get_by_role("row", name="Report a missed bin").get_by_text("At risk")).to_be_visible()
    looks_right(tom)
    shot(tom, "6-at-risk")
    assert "promise.at_risk" in [event.name for event in events_of_case(case.id)]

    # Broken: the customer is told, with a new date, before anyone rings.
    time_passes(clock, "2026-03-04T17:30")
    names = [event.name for event in events_of_case(case.id)]
    assert names.index("promise.broken") < names.index("promise.explained")
    told = Message.objects.filter(case_id=case.id, purpose__contains="broken").count() or sum(
        "sorry" in m.body.lower() for m in Message.objects.filter(case_id=case.id)
    )
    assert told == 1, [(m.purpose, m.body[:80]) for m in Message.objects.filter(case_id=case.id)]
    keys(tom, "q")
    expect(tom.get_by_role("row", name="Report a missed bin").get_by_text("First date missed")).to_be_visible()
    keys(tom, "j", "Enter")
    expect(tom.get_by_role("heading", level=1)).to_contain_text("Report a missed bin")
    looks_right(tom)
    keys(tom, "e")
    expect(tom.get_by_label("Why? The customer reads this")).to_be_focused()
    tom.keyboard.type("Vehicle out")
    keys(tom, "Tab", "9", "Tab", "3", "Tab")
    tom.keyboard.type("2026")
    shot(tom, "7-explain")
    keys(tom, "Enter")
    expect(tom.get_by_text("New date: Monday 9 March, 5pm", exact=True)).to_be_visible()
    shot(tom, "8-explained")
    jobs.drain(at=clock.now())

    # She follows it herself.
    phone = new_page(width=320, height=640)
    phone.goto("/track")
    phone.get_by_label("Your reference").fill(case.reference)
    phone.get_by_label("Your email address or postcode").fill("mary.jones@example.com")
    phone.get_by_role("button", name="Find it").click()
    expect(phone.get_by_text("Monday 9 March").first).to_be_visible()
    shot(phone, "9-tracked")

    # She rings all the same: the call joins the case, the words to say are there, and it counts as avoidable.
    clock.set("2026-03-05T10:00")
    expect(page.get_by_label("Number they ring from")).to_be_focused()
    keys(page, "07700 900123", "Enter")
    expect(page.get_by_label("Who is it?")).to_be_focused()
    keys(page, "Escape", "y")
    expect(page.get_by_text("We now expect to do it by Monday 9 March, 5pm.")).to_be_visible()
    shot(page, "10-chasing")
    tab_to(page, page.get_by_role("button", name="They’re chasing this"))
    keys(page, "Enter")
    expect(page.get_by_text("They asked how it is getting on")).to_be_visible()
    keys(page, "2", "Enter")
    expect(page.get_by_text("Finished. Ready for the next.")).to_be_visible()
    assert set(CaseContact.objects.filter(case=case).values_list("role", flat=True)) == {"opened", "chased"}

    # Done and closed by keys, honestly; and she says how we did.
    clock.set("2026-03-06T09:30")
    keys(tom, "z")
    expect(tom.get_by_label("How did it end?")).to_be_focused()
    tom.keyboard.type("Emptied on return")
    keys(tom, "Tab", "Space", "Enter")
    expect(tom.get_by_text("Closed: Emptied on return visit").first).to_be_visible()
    looks_right(tom)
    shot(tom, "11-closed")
    jobs.drain(at=clock.now())
    phone.reload()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("This is finished")
    with goes_on(phone):
        phone.get_by_role("button", name="Tell us how we did").click()
    phone.get_by_label("Average").check()
    phone.get_by_label("Why?").fill("You told me before I had to ask.")
    phone.get_by_role("button", name="Send it").click()
    expect(phone.get_by_text("Thank you")).to_be_visible()
    assert Rating.objects.get().case_id == case.id
    promise = next(
        event for event in events_of_case(case.id) if event.name == "promise.met" and event.data["kind"] == "complete"
    )
    assert promise.data["on_time"] is False, "a new date never makes a broken promise kept"

    # And the month after, everyone can see it: hers was the one in ten that was late.
    nine_others_in_time(promise.occurred_at)
    clock.set("2026-04-02T10:00")
    projection.catch_up()
    phone.goto("/performance/missed-bin")
    expect(phone.get_by_text("In March 2026 we kept this promise 90 times in 100: 9 of 10.")).to_be_visible()
    looks_right(phone)
    shot(phone, "12-published")


def nine_others_in_time(at: datetime) -> None:
    """Nine neighbours' bins that were emptied as promised, in the same week."""
    rows = []
    for _ in range(9):
        subject, due = uuid4(), at.isoformat()
        data = {"kind": "complete", "standard": "missed-bin.standard.complete", "due_at": due}
        more: dict[str, Any] = {"service": "missed-bin", "channel": "web"}
        rows.append(Happening("promise.made", "promise", subject, at, data=data, **more))
        rows.append(Happening("promise.met", "promise", subject, at, data=data | {"on_time": True}, **more))
    with transaction.atomic():
        record(rows, by=SYSTEM)


@pytest.mark.long
@pytest.mark.row("A2")
def test_a_call_back_is_promised_by_keyboard(
    people: Any, new_page: Callable[..., Page], shot: Callable[[Page, str], object]
) -> None:
    page = new_page()
    sign_in(page, "ravi")
    keys(page, "07700 900123", "Enter")
    expect(page.get_by_label("Who is it?")).to_be_focused()
    keys(page, "Escape", "y")
    expect(page.get_by_label("What do they want?")).to_be_focused()
    page.keyboard.type("my bin was missed")
    expect(page.get_by_role("button", name="Report a missed bin")).to_be_visible()
    keys(page, "Enter")
    expect(page.get_by_label("General rubbish")).to_be_focused()
    keys(page, "Space", "Escape", "b")
    expect(page.get_by_label("What about?")).to_be_focused()
    page.keyboard.type("the second bin")
    shot(page, "1-call-back")
    page.set_viewport_size({"width": 320, "height": 640})
    looks_right(page)
    shot(page, "2-call-back-320")
    with goes_on(page):
        page.keyboard.press("Enter")
    expect(page.get_by_text("There is a problem")).to_be_hidden()
    expect(page.get_by_text("Handed on with a promise")).to_be_visible()
    task, case = Task.objects.get(), Case.objects.get()
    assert (task.title, case.service, case.answers["bin"]) == ("Call back: the second bin", "missed-bin", "general")


def test_a_sign_in_that_ran_out_loses_nothing(people: Any, clock: Any, new_page: Callable[..., Page]) -> None:
    page = new_page()
    sign_in(page, "ravi")
    expect(page.get_by_label("Number they ring from")).to_be_focused()
    with goes_on(page):
        keys(page, "Enter")
    page.get_by_label("What do they want?").fill("missed bin")
    with goes_on(page):
        page.get_by_role("button", name="Begin").click()
    page.get_by_label("Which address was missed?").fill("3 Mill Lane, Otley")
    for question in ("bin", "out_time", "extent"):
        page.locator(f"#{question}").check()
    for question in ("tag", "assisted", "still_out"):
        page.locator(f"#{question}-2").check()
    page.get_by_label("Telephone number").fill("07700 900123")
    page.context.clear_cookies(name="moothall_session")
    with goes_on(page):
        page.locator("[data-send]").click()
    page.get_by_label("Name you sign in with").fill("ravi")
    page.get_by_label("Password").fill(PASSWORD)
    with goes_on(page):
        page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Carry on where you were")).to_be_visible()
    assert Case.objects.count() == 0
    page.get_by_role("button", name="Send it now").click()
    expect(page.get_by_text("Handed on with a promise")).to_be_visible()
    assert Case.objects.get().place_text == "3 Mill Lane, Otley"
