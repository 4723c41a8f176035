"""What people really do on a payment page: leave it, come too late, press back, while webhooks and providers misbehave."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from moothall.core import jobs
from moothall.payments.links import pay_path
from moothall.payments.models import Attempt, Intent, IntentState, Refund
from tests.browser import goes_on, looks_right
from tests.payments.conftest import books
from tests.payments.test_site import raised
from tests.payments.test_telephone import officer

pytestmark = [
    pytest.mark.long, pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("council")
]  # fmt: skip


@pytest.fixture
def site(pay: Any, live_server: Any, settings: Any) -> Any:
    """The provider's pages stand on the site under test, as they do in the demonstration."""
    pay.pages, settings.PAY_URL, settings.PUBLIC_URL = f"{live_server.url}/demo/card", pay.url, live_server.url
    return pay


def to_the_provider(page: Page, intent: Intent) -> None:
    page.goto(pay_path(intent.id))
    with goes_on(page):
        page.get_by_role("button", name="Pay by card").click()
    expect(page.get_by_text("This stands for the payment provider’s own page")).to_be_visible()


def webhook(live: Any, hook: tuple[bytes, dict[str, str]]) -> int:
    raw, headers = hook
    sent = {name: value for name, value in headers.items() if name != "Content-Type"}
    return Client().post("/hooks/pay/govuk_pay", raw, content_type="application/json", headers=sent).status_code


@pytest.mark.row("D16")
def test_she_leaves_the_page_and_comes_back_the_next_day(clock, site, page: Page):
    intent = raised(clock)
    to_the_provider(page, intent)
    page.goto(pay_path(intent.id))  # she closed it, and opens our message
    expect(page.get_by_role("heading", name="We are checking your payment")).to_be_visible()
    looks_right(page)
    clock.advance(days=1)
    jobs.drain()
    page.reload()
    expect(page.get_by_text("The payment page was open too long")).to_be_visible()
    with goes_on(page):
        page.get_by_role("button", name="Pay by card").click()
    with goes_on(page):
        page.get_by_role("button", name="Pay", exact=True).click()
    expect(page.get_by_role("heading", name="Paid")).to_be_visible()
    assert (Attempt.objects.count(), books()["provider:govuk_pay"]) == (2, 9800)


def test_the_webhook_is_there_before_her_and_comes_twice(clock, site, page: Page, live_server):
    intent = raised(clock)
    to_the_provider(page, intent)
    payment = Attempt.objects.get().provider_id
    site.play(payment, "pay")
    for _ in range(2):
        assert webhook(live_server, site.hooks[-1]) == 204
    jobs.drain()
    assert Intent.objects.get().state == IntentState.DONE
    page.goto(f"{pay_path(intent.id)}/back")
    expect(page.get_by_role("heading", name="Paid")).to_be_visible()
    assert books() == {"income:waste-collections": -9800, "provider:govuk_pay": 9800}


def test_the_provider_is_down_when_she_returns(clock, site, page: Page):
    intent = raised(clock)
    to_the_provider(page, intent)
    site.play(Attempt.objects.get().provider_id, "pay")
    site.down = True
    page.goto(f"{pay_path(intent.id)}/back")
    expect(page.get_by_text("do not pay again")).to_be_visible()
    looks_right(page)
    site.down = False
    clock.advance(minutes=3)
    jobs.drain()
    with goes_on(page):
        page.get_by_role("button", name="Check again").click()
    expect(page.get_by_role("heading", name="Paid")).to_be_visible()
    assert Attempt.objects.count() == 1


def test_two_people_give_it_back(council, clock, site, page: Page, new_page, live_server):
    intent = raised(clock)
    to_the_provider(page, intent)
    with goes_on(page):
        page.get_by_role("button", name="Pay", exact=True).click()
    expect(page.get_by_role("heading", name="Paid")).to_be_visible()

    def at_the_console(role: str) -> Page:
        desk = new_page()
        cookie = officer(council, clock, role).cookies["moothall_session"].value
        desk.context.add_cookies([{"name": "moothall_session", "value": cookie, "url": live_server.url}])
        return desk

    first, second = at_the_console("finance-officer"), at_the_console("finance-manager")
    first.goto(f"/console/payments/{intent.id}")
    first.get_by_label("Amount in pounds").fill("98")
    with goes_on(first):
        first.get_by_role("button", name="Give it back").click()
    expect(first.get_by_text("Somebody else has to agree to it now")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Paid")).to_be_visible()  # nobody has agreed yet
    second.goto("/console/refunds")
    with goes_on(second):
        second.get_by_role("button", name="Agree").click()
    expect(second.get_by_text("Agreed. It goes back by the way it came.")).to_be_visible()
    jobs.drain()
    page.reload()
    expect(page.get_by_role("heading", name="You have your money back")).to_be_visible()
    assert (Refund.objects.get().state, books()) == ("done", {})
