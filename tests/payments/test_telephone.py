"""Paying on the telephone: the caller types her number on the payment line, the adviser sees how it stands and no more."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from moothall.cases.models import Case
from moothall.core import jobs
from moothall.core.actors import SYSTEM
from moothall.core.packs import current_pack
from moothall.core.staff import create_staff
from moothall.customers.actions import create_customer
from moothall.customers.models import ContactPoint
from moothall.intake.actions import raise_request
from moothall.intake.dialogue import read_all
from moothall.notifications.models import Message
from moothall.payments.adapters.govuk_pay import twin as govuk
from moothall.payments.links import pay_token
from moothall.payments.models import Attempt, Intent, IntentState
from moothall.services.pack import SERVICES
from tests.browser import looks_right
from tests.payments.conftest import books
from tests.payments.test_site import ANSWERS, TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("council")]


@pytest.fixture
def line(pay: govuk.Twin, settings: Any) -> govuk.Twin:
    """A payment line to put callers through to."""
    settings.PAY_KEYPAD, settings.PAY_KEYPAD_KEY, settings.PAY_URL = f"{pay.url}/_twin", govuk.KEY, pay.url
    return pay


def officer(council: Any, clock: Any, role: str = "adviser") -> Client:
    staff = create_staff(
        username=role, name="Priya Shah", roles=[role], teams=["customer-services"], password="seven-calm-otters",
        pack=council, by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    client = Client()
    client.force_login(staff)
    return client


def asked_for(clock: Any) -> Intent:
    """Mrs Jones asked for garden waste on the telephone, and said that she would pay on it."""
    points = [("email", "mary.jones@example.com")]
    jones = create_customer(given_name="Mary", family_name="Jones", contact_points=points, by=SYSTEM, at=clock.now())
    service = current_pack().of(SERVICES)["garden-waste"]
    answers, wrong = read_all(service, {**ANSWERS, "pay": "phone"}, today=TODAY, channel="phone")
    assert not wrong, wrong
    raise_request(
        service, answers, pack=current_pack(), channel="phone", customer_id=jones.id, by=SYSTEM, at=clock.now()
    )
    return Intent.objects.latest("created_at")


def press(client: Client, intent: Intent, do: str, key: str = "k") -> str:
    answer = client.post(f"/desk/cases/{intent.case_id}/pay", {"do": do, "key": key}, headers={"HX-Request": "true"})
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return answer.content.decode()


def test_she_is_put_through_pays_and_the_adviser_sees_it_and_no_number(council, clock, line):
    intent, adviser = asked_for(clock), officer(council, clock)
    assert "Put them through to pay £98" in adviser.get(f"/desk/cases/{intent.case_id}/").content.decode()
    assert "On the payment line" in press(adviser, intent, "line")
    press(adviser, intent, "line")  # the button twice
    attempt = Attempt.objects.get()
    assert (attempt.method, line.callers) == ("moto", [attempt.provider_id] * 2)
    assert line.payments[attempt.provider_id]["moto"] is True
    live = f"/desk/cases/{intent.case_id}/payment"
    assert "On the payment line" in adviser.post(live).content.decode()
    line.play(attempt.provider_id, "pay")
    shown = adviser.post(live).content.decode()
    assert "Paid" in shown
    assert "hx-trigger" not in shown  # it asks no more
    assert (Case.objects.get().state, books()["provider:govuk_pay"]) == ("open", 9800)


def test_declined_stopped_and_the_line_not_answering_are_said_and_nothing_is_taken(council, clock, line, settings):
    intent, adviser = asked_for(clock), officer(council, clock)
    press(adviser, intent, "line")
    line.play(Attempt.objects.get().provider_id, "decline")
    assert "Ask for another card" in adviser.post(f"/desk/cases/{intent.case_id}/payment").content.decode()
    press(adviser, intent, "line")
    assert "Put them through" in press(adviser, intent, "stop")
    line.down = True
    assert "Nothing has been taken" in press(adviser, intent, "line")
    line.down = False
    settings.PAY_KEYPAD = "http://127.0.0.1:9/none"
    assert "Send the link instead" in press(adviser, intent, "line")
    settings.PAY_KEYPAD = ""
    assert "Put them through" not in adviser.get(f"/desk/cases/{intent.case_id}/").content.decode()
    assert "no payment line here" in press(adviser, intent, "line")
    assert (books(), Intent.objects.get().state) == ({}, IntentState.OWED)


def test_the_link_goes_once_for_a_press_and_to_nobody_without_an_address(council, clock, pay):
    intent, adviser = asked_for(clock), officer(council, clock)
    jobs.drain()
    before = Message.objects.filter(template="payment-owed").count()
    assert "on its way" in press(adviser, intent, "link", "one")
    press(adviser, intent, "link", "one")
    jobs.drain()
    assert Message.objects.filter(template="payment-owed").count() == before + 1
    assert pay_token(intent.id) in Message.objects.filter(template="payment-owed").latest("created_at").body
    ContactPoint.objects.all().delete()
    Case.objects.update(track_email="")
    assert "no email address" in press(adviser, intent, "link", "two")
    without_a_script = adviser.post(f"/desk/cases/{intent.case_id}/pay", {"do": "link"})
    assert (without_a_script.status_code, b"no email address" in without_a_script.content) == (409, True)


@pytest.mark.usefixtures("line")
def test_only_who_takes_payments_may_and_a_bill_without_a_case_is_not_there(council, clock):
    intent = asked_for(clock)
    finance = officer(council, clock, "finance-manager")
    assert finance.post(f"/desk/cases/{intent.case_id}/pay", {"do": "line"}).status_code == 403
    assert Attempt.objects.count() == 0
    adviser = officer(council, clock)
    assert adviser.post(f"/desk/cases/{intent.id}/pay", {"do": "line"}).status_code == 404


@pytest.mark.row("D16")
@pytest.mark.long
@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_mrs_jones_pays_while_she_is_on_the_line(council, clock, line, page, new_page, live_server, shot):
    line.pages = f"{live_server.url}/demo/card"
    intent, adviser = asked_for(clock), officer(council, clock)
    cookie = adviser.cookies["moothall_session"].value
    page.context.add_cookies([{"name": "moothall_session", "value": cookie, "url": live_server.url}])
    page.goto(f"/desk/cases/{intent.case_id}/")
    looks_right(page)
    page.get_by_role("button", name="Put them through to pay £98").click()
    expect(page.get_by_text("On the payment line", exact=True)).to_be_visible()
    looks_right(page)
    shot(page, "on-the-line")
    caller = new_page()
    caller.goto(f"/demo/card/{Attempt.objects.get().provider_id}")
    with caller.expect_navigation():
        caller.get_by_role("button", name="Pay", exact=True).click()
    expect(caller.get_by_text("The adviser sees how it ended.")).to_be_visible()
    expect(page.locator("#paying").get_by_text("Paid", exact=True)).to_be_visible()
    looks_right(page)
    shot(page, "paid")
    assert Intent.objects.get().state == IntentState.DONE


def test_a_provider_without_telephone_payments_is_said_before_anything_is_pressed(council, clock, checkout, settings):
    settings.PAY_KEYPAD = "http://localhost:9/keypad"
    intent, adviser = asked_for(clock), officer(council, clock)
    shown = adviser.get(f"/desk/cases/{intent.case_id}/").content.decode()
    assert "takes no cards by telephone" in shown
    assert "Put them through" not in shown
    assert "Send the link: they type the number themselves." in press(adviser, intent, "line")  # an old page
    assert not Attempt.objects.exists()


def test_what_is_only_set_aside_is_said_and_nothing_more_can_be_asked_for(council, clock, line):
    intent, adviser = asked_for(clock), officer(council, clock)
    line.dawdles = True
    press(adviser, intent, "line")
    line.play(line.callers[-1], "pay")
    here = adviser.post(f"/desk/cases/{intent.case_id}/payment").content.decode()
    assert "Being confirmed" in here
    for gone in ("Put them through", "Send the link", "They do not go on"):
        assert gone not in here
