"""A collection that is free and one that is charged: before sending, after it, and in an account, page and money agree."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from playwright.sync_api import Page, expect

from moothall.bookings.links import token_of
from moothall.bookings.models import Booking
from moothall.cases.models import Case
from moothall.core.actors import SYSTEM
from moothall.core.packs import current_pack
from moothall.core.references import show_reference
from moothall.core.staff import create_staff
from moothall.customers.accounts.models import Account
from moothall.payments.links import pay_path
from moothall.payments.models import Intent
from moothall.places.actions import Premises, import_premises
from tests.browser import goes_on, looks_right
from tests.interfaces.account.conftest import come_in, last_code  # noqa: F401  a fixture
from tests.payments.conftest import attempt_of
from tests.payments.test_console import paid
from tests.payments.test_site import send, text

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("council")]
HOME = 72000001
HER = {"contact-name": "Mary Jones", "contact-email": "mary.jones@example.com"}
USED = "The one free collection from April to March is used."


@pytest.fixture
def client(council: Any, clock: Any) -> Client:
    """A browser at the address that the provider takes as one to come back to, of a council that knows her home."""
    clock.set("2026-11-23T02:00")
    import_premises(
        [Premises(uprn=HOME, address="14 Mill Lane, Leeds", postcode="LS1 1UR", area_code="E05")], by=SYSTEM
    )
    return Client(SERVER_NAME="localhost", SERVER_PORT="8000")


@pytest.fixture
def resident(client: Client) -> Client:
    return client


def asks(
    client: Client, *, reuse: str = "no", pay: str = "card", home: dict[str, str] | None = None
) -> tuple[str, str]:
    """Answer all questions of a collection; return the request's address and the page on which paying is asked."""
    here = client.post("/services/bulky-waste/start")["Location"]

    def says(question: str, given: dict[str, str], query: str = "") -> None:
        answer = client.post(f"{here}{question}{query}", given)
        assert answer.status_code == 302, (question, answer.content.decode()[:3000])

    says("address", home or {"address": str(HOME)}, "?by=hand" if home else "")
    says("items", {"items-sofa": "1"})
    says("photo", {"skip": "yes"})
    says("reuse", {"reuse": reuse})
    if reuse == "yes":
        says("fire_label", {"fire_label": "yes"})
    says("support", {"support": "no"})
    says("spot", {"spot": "front"})
    slot = re.search(r'name="slot" type="radio" value="([^"]+)"', text(client, f"{here}slot"))
    assert slot is not None
    says("slot", {"slot": slot[1]})
    asked = text(client, f"{here}pay")
    says("pay", {"pay": pay})
    says("contact", HER)
    return here, asked


def booking_page(client: Client, case: Case) -> str:
    booking = Booking.objects.get(case_id=case.id)
    return text(client, f"/bookings/{booking.id}/{token_of('booking', booking.id)}")


@pytest.mark.parametrize("reuse", ["yes", "no"])
def test_the_first_is_free_on_every_page_and_the_next_is_paid_for(
    client: Client, pay: Any, clock: Any, reuse: str
) -> None:
    here, asked = asks(client, reuse=reuse)
    assert "No charge" in asked
    assert '<h1 class="govuk-fieldset__heading">There is nothing to pay</h1>' in asked
    checked = text(client, f"{here}check")
    assert "Nothing to pay" in checked
    assert "The first collection between April and March is free." in checked
    assert "How would you like to pay" not in checked
    assert "and pay<" not in checked
    assert send(client, here)["Location"].endswith("/sent")
    assert not Intent.objects.exists()
    first = Case.objects.get()
    for page in (text(client, f"{here}sent"), text(client, f"/track/{first.id}"), booking_page(client, first)):
        assert "The first collection between April and March is free." in page
        assert "to pay<" not in page.replace("Nothing to pay<", "").replace("To pay<", "")

    here, asked = asks(client, reuse=reuse)
    assert "£30" in asked
    assert f"{USED} The next free one is from" in asked
    assert "23 November" not in asked, "nobody learns when a neighbour had one"
    assert "The next free one is from Thursday 1 April 2027." in asked
    assert "(optional)" not in asked
    assert "you get a link to pay by when it is sent" in asked
    assert '<p class="ui-payment__amount">£30</p>' in text(client, f"{here}pay?change=1"), (
        "answered, it is still the price"
    )
    checked = text(client, f"{here}check")
    assert "You pay £30." in checked
    assert "Send it and pay" in checked
    assert send(client, here)["Location"].startswith("http://localhost:8000/demo/card/")
    second = Case.objects.exclude(id=first.id).get()
    for page in (text(client, f"{here}sent"), text(client, f"/track/{second.id}"), booking_page(client, second)):
        assert "Pay £30" in page
        assert "Nothing to pay" not in page


def test_paid_later_is_said_before_sending(client: Client, pay: Any) -> None:
    unknown = {"address-line1": "3 New Street", "address-town": "Leeds", "address-postcode": "LS1 1UR"}
    here, asked = asks(client, pay="", home=unknown)
    assert "choose your address from our list" in asked
    checked = text(client, f"{here}check")
    assert "When it is sent, you get a link to pay by." in checked
    assert "and pay<" not in checked
    assert send(client, here)["Location"].endswith("/sent")
    assert "£30 to pay" in text(client, f"{here}sent")


def both(client: Client) -> Case:
    """A free collection and one that waits for its payment, both asked for without an account; the latter is returned."""
    for _ in range(2):
        here, _ = asks(client)
        send(client, here)
    return Case.objects.order_by("-opened_at", "-id")[0]


def test_an_account_shows_what_is_held_and_to_pay_of_requests_brought_in(
    client: Client, pay: Any, come_in: Callable[..., Account]  # noqa: F811
) -> None:  # fmt: skip
    owed = both(client)
    come_in(client)
    assert "You owe us nothing" in text(client, "/account/payments")
    client.post("/account/claim", {"offered": "yes", "case": [str(owed.id)]})
    link = pay_path(Intent.objects.get().id)
    for path in ("/account/", "/account/payments", "/account/bookings"):
        page = text(client, path)
        assert "£30" in page, path
        assert f'href="{link}"' in page, path
    assert "We’re keeping this for you until" in text(client, "/account/bookings")
    home = text(client, "/account/")
    assert "We’re keeping this for you until it is paid" in home
    row = home[: home.index(show_reference(owed.reference))].rsplit("<li>", 1)[1]
    assert "Our clock has stopped for now" in row
    assert "We do it by" not in row
    assert "Our clock has stopped for now" in text(client, f"/track/{owed.id}")


@pytest.mark.long
def test_the_pages_look_right(
    client: Client, pay: Any, clock: Any, come_in: Callable[..., Account], page: Page, live_server: Any,  # noqa: F811
    shot: Callable[[Page, str], Path],
) -> None:  # fmt: skip
    owed = both(client)
    free = Case.objects.exclude(id=owed.id).get()
    here, _ = asks(client)
    come_in(client)

    def let_in(who: Client) -> None:
        at = f"{live_server.url}"
        held = [{"name": one.key, "value": one.value, "url": f"{at}{one['path']}"} for one in who.cookies.values()]
        page.context.add_cookies(held)  # type: ignore[arg-type]  # the keys a cookie has

    def look(name: str, path: str = "") -> None:
        if path:
            page.goto(path)
        looks_right(page)
        shot(page, name)
        page.set_viewport_size({"width": 320, "height": 640})
        shot(page, f"{name}-phone")
        page.set_viewport_size({"width": 1280, "height": 900})

    let_in(client)
    page.goto("/account/claim")
    with goes_on(page):
        page.get_by_role("button", name="Bring these in").click()
    expect(page.get_by_role("alert")).to_contain_text("Tick each request that is yours")
    look("claim-nothing-ticked")
    client.post("/account/claim", {"offered": "yes", "case": [str(owed.id), str(free.id)]})
    booking, held = Booking.objects.get(case_id=free.id), Booking.objects.get(case_id=owed.id)
    client.get(f"/account/requests/{free.id}")
    client.get(f"/account/requests/{owed.id}")
    let_in(client)
    look("pay", f"{here}pay")
    look("check", f"{here}check")
    look("account", "/account/")
    look("payments", "/account/payments")
    look("bookings", "/account/bookings")
    look("track-free", f"/track/{free.id}")
    look("track-owed", f"/track/{owed.id}")
    look("booking-free", f"/bookings/{booking.id}/{token_of('booking', booking.id)}")
    look("booking-held", f"/bookings/{held.id}/{token_of('booking', held.id)}")

    intent, finance = paid(clock, pay), Client()
    finance.force_login(
        create_staff(
            username="fin", name="Priya Shah", roles=["finance-manager"], teams=[], password="seven-calm-otters",
            pack=current_pack(), by=SYSTEM, at=clock.now(),
        )
    )  # fmt: skip
    line = f"{intent.reference}-1,{attempt_of(intent).provider_id},payment,99.00,2026-11-23\n"
    raw = ("Reference,Payment ID,Type,Amount,Date\n" + line).encode()
    sent = {"source": "govuk_pay", "file": SimpleUploadedFile("d.csv", raw)}
    finance.post("/console/reconciliation/statement", sent)
    page.context.clear_cookies()
    let_in(finance)
    look("reconciliation", "/console/reconciliation")
    look("payment", f"/console/payments/{intent.id}")
