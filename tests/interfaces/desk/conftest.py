"""An officer at her desk, people who ring, and work in the queue: all real rows, made by the actions that make them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from moothall.contacts.models import Contact
from moothall.core.actors import SYSTEM, Actor
from moothall.core.models import Staff
from moothall.core.packs import Pack
from moothall.core.staff import actor_of_staff, create_staff
from moothall.customers.actions import create_customer
from moothall.customers.models import Customer
from moothall.intake.actions import raise_request
from moothall.intake.actions.raising import Raised
from moothall.services.pack import SERVICES
from tests.browser import goes_on
from tests.conftest import MovableClock

PASSWORD = "seven-calm-otters-queueing"
BIN = {
    "address": {"text": "14 Mill Lane, Otley, LS21 1AA", "postcode": "LS21 1AA"},
    "bin": "general",
    "out_time": "night_before",
    "extent": "only_me",
    "tag": "no",
    "assisted": "no",
    "still_out": "yes",
    "contact": {"name": "Amina Dunn", "phone": "+447700900123"},
}


def says_why(client: Client, customer: Customer, purpose: str = "contact") -> None:
    """Say why an officer must see a record that no work of hers leads to."""
    answer = client.post(f"/desk/people/{customer.id}/why", {"purpose": purpose})
    assert answer.status_code == 303, answer.content.decode()[:2000]


def chooses_why(page: Page, words: str = "They are in touch with us now") -> None:
    """Press the reason, in the browser."""
    with goes_on(page):
        page.get_by_role("button", name=words).click()
    expect(page.get_by_role("heading", name="Everything, newest first")).to_be_visible()


@dataclass
class Officer:
    """A member of staff with her own browser session."""

    staff: Staff
    actor: Actor
    client: Client


@pytest.fixture
def officer(council: Pack, clock: MovableClock) -> Callable[..., Officer]:
    """Make an officer who is signed in: `officer("adviser", teams=["customer-services"])`."""

    def make(*roles: str, teams: tuple[str, ...] = (), name: str = "Priya Shah", username: str = "") -> Officer:
        staff = create_staff(
            username=username or f"{name.split(maxsplit=1)[0].lower()}.{'-'.join(roles)}", name=name, roles=list(roles),
            teams=list(teams), password=PASSWORD, pack=council, by=SYSTEM, at=clock.now(),
        )  # fmt: skip
        client = Client()
        client.force_login(staff)
        return Officer(staff, actor_of_staff(staff, council), client)

    return make


@pytest.fixture
def adviser(officer: Callable[..., Officer]) -> Officer:
    """An adviser who takes calls."""
    return officer("adviser", teams=("customer-services",))


@pytest.fixture
def waste(officer: Callable[..., Officer]) -> Officer:
    """An officer of the refuse team."""
    return officer("service-officer", teams=("refuse-collection",), name="Tom Ashworth")


@pytest.fixture
def amina(council: Pack, clock: MovableClock) -> Customer:
    """A resident who is hard of hearing and prefers text messages, with a warning on her record."""
    person = create_customer(
        given_name="Amina", family_name="Dunn", date_of_birth=date(1948, 5, 2), address_text="14 Mill Lane, Otley, LS21 1AA",
        contact_points=[("phone", "07700 900123"), ("email", "amina.dunn@example.com")], preferred_channel="sms",
        by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    return person


@pytest.fixture
def missed_bin(council: Pack, clock: MovableClock) -> Callable[..., Raised]:
    """Raise a missed bin by web: `missed_bin(customer)`."""

    def make(customer: Customer | None = None, **answers: Any) -> Raised:
        service = council.of(SERVICES)["missed-bin"]
        return raise_request(
            service, BIN | answers, pack=council, channel="web", customer_id=customer.id if customer else None,
            by=SYSTEM, at=clock.now(),
        )  # fmt: skip

    return make


@pytest.fixture
def on_the_line(adviser: Officer, clock: MovableClock) -> Callable[..., Contact]:
    """Begin a call: `on_the_line("07700 900123", waited=9)`."""

    def make(number: str = "", waited: int = 0, channel: str = "phone") -> Contact:
        offered = (clock.now() - timedelta(seconds=waited)).isoformat() if waited else ""
        told = {"channel": channel, "number": number, "offered": offered, "another": "1"}
        answer = adviser.client.post("/desk/contacts/begin", told)
        assert answer.status_code == 303, answer.content.decode()[:2000]
        return Contact.objects.latest("received_at", "id")

    return make


@pytest.fixture
def sits_at(live_server: Any) -> Callable[[Officer, Page], None]:
    """Let a browser window be an officer's: it carries the session she signed in with."""

    def carry(officer: Officer, page: Page) -> None:
        cookie = officer.client.cookies["moothall_session"]
        page.context.add_cookies([{"name": "moothall_session", "value": cookie.value, "url": live_server.url}])

    return carry
